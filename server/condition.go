package server

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/resolver/store"
)

// etag is the entity tag of a version.
func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// condition reads If-Match and If-None-Match (RFC 9110, 13.1) of a call that
// changes something.
func (x *exchange) condition() (store.Condition, error) {
	var c store.Condition
	if tags := x.header("If-Match"); tags == "*" {
		c.Exists = true
	} else if x.r.Header["If-Match"] != nil { // an empty one names no version, and so matches none
		// A weak tag never matches here, and one of another server neither.
		c.Versions = versions(tags, false)
	}
	switch x.header("If-None-Match") {
	case "":
	case "*":
		c.Absent = true
	default:
		return c, fail(api.InvalidRequest, "If-None-Match takes * alone on this call: name the version that you read in If-Match")
	}
	return c, nil
}

// unchanged answers a GET whose If-None-Match names what would be sent, and reports
// whether it did.
func (x *exchange) unchanged(version int64) bool {
	x.Header()["Etag"] = []string{etag(version)}
	tags := x.header("If-None-Match")
	if tags == "" {
		return false
	}
	same := tags == "*"
	for _, v := range versions(tags, true) {
		same = same || v == version
	}
	if same {
		x.Header()["Cache-Control"] = headerNoStore
		x.WriteHeader(http.StatusNotModified)
	}
	return same
}

// header returns the lines of a header as one.
func (x *exchange) header(name string) string {
	return strings.TrimSpace(strings.Join(x.r.Header[name], ","))
}

// versions are those of the entity tags in a list, never nil. What is no tag of a
// version is left out: it matches nothing.
func versions(tags string, weak bool) []int64 {
	found := []int64{}
	for tag := range strings.SplitSeq(tags, ",") {
		tag = strings.TrimSpace(tag)
		if weak {
			tag = strings.TrimPrefix(tag, "W/")
		}
		inner, opened := strings.CutPrefix(tag, `"`)
		inner, closed := strings.CutSuffix(inner, `"`)
		n, err := strconv.ParseInt(inner, 10, 64)
		if opened && closed && err == nil && etag(n) == `"`+inner+`"` {
			found = append(found, n)
		}
	}
	return found
}
