package server

import (
	"errors"
	"mime"
	"strings"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/internal/jsonread"
)

// formType is what curl and others say of any body unless they are told.
const formType = "application/x-www-form-urlencoded"

// mayBeJSON refuses a body whose Content-Type says that it is no JSON. What clients send
// by default says nothing: a browser, which could be made to send such, cannot add our
// token, and with a session another rule holds (see [Server.fromConsole]). lines says that the call
// takes lines of JSON too.
func (x *exchange) mayBeJSON(lines bool) error {
	given := x.header("Content-Type")
	if given == "" || given == "application/json" {
		return nil
	}
	kind, parameters, err := mime.ParseMediaType(given)
	charset := strings.ToLower(parameters["charset"])
	switch {
	case err != nil: // it says nothing
	case isLines(kind) && !lines:
		return x.refuseType("this call takes one JSON document, as application/json: lines of JSON are for /v1/render/batch and /v1/evaluate/batch")
	case isLines(kind):
	case !isJSON(kind) && lines:
		err := x.refuseType("this call takes JSON: send lines as application/x-ndjson, or one document as application/json")
		x.Header()["Accept"] = headerBatches
		return err
	case !isJSON(kind):
		return x.refuseType("this call takes JSON: send it as application/json")
	case charset != "" && charset != "utf-8" && charset != "utf8" && charset != "us-ascii":
		return x.refuseType("JSON is UTF-8: send it as application/json, without another charset")
	}
	return nil
}

// isJSON reports whether kind is one of JSON, or says nothing.
func isJSON(kind string) bool {
	switch kind {
	case "application/json", "text/json", formType, "text/plain", "application/octet-stream":
		return true
	}
	return strings.HasSuffix(kind, "+json")
}

// headerBatches are the kinds that batches take.
var headerBatches = []string{"application/x-ndjson, application/json"}

func isLines(kind string) bool {
	return kind == "application/x-ndjson" || kind == "application/ndjson" || kind == "application/jsonl"
}

func (x *exchange) refuseType(message string) error {
	x.drainShortly()
	x.Header()["Accept"] = headerJSON
	return fail(api.UnsupportedMediaType, message)
}

// asForm adds to the error of a body that is a form by its first letter what it should be.
func (x *exchange) asForm(err error) error {
	var wrong *jsonread.Error
	if !errors.As(err, &wrong) || wrong.Place.Line > 1 || wrong.Place.Column > 1 {
		return err
	}
	if kind, _, _ := mime.ParseMediaType(x.header("Content-Type")); kind != formType {
		return err
	}
	return fail(api.InvalidRequest, wrong.Error()+": send a JSON object, and say so with Content-Type: application/json")
}

// plain refuses a body that is packed where no call unpacks it.
func (x *exchange) plain() error {
	switch strings.ToLower(x.header("Content-Encoding")) {
	case "", "identity":
		return nil
	}
	x.drainShortly()
	x.Header()["Accept-Encoding"] = headerIdentity
	return fail(api.UnsupportedMediaType, "this call takes no packed body: send it without Content-Encoding; the batches take gzip and zstd")
}

var headerIdentity = []string{"identity"}
