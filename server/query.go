package server

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/resolver/store"
)

// query reads the parameters behind the path. A parameter that the call does
// not know is refused: a mistyped scope would otherwise mean another one.
func (x *exchange) query(known ...string) (url.Values, error) {
	if x.r.URL.RawQuery == "" {
		return nil, nil
	}
	// ParseQuery's error quotes what was sent.
	values, err := url.ParseQuery(x.r.URL.RawQuery)
	if err != nil {
		return nil, fail(api.InvalidRequest, "the query string is malformed")
	}
	for name, given := range values {
		if !slices.Contains(known, name) {
			return nil, fail(api.InvalidRequest, "a query parameter is unknown: this call takes "+list(known))
		}
		if len(given) != 1 {
			return nil, fail(api.InvalidRequest, "the query parameter "+name+" stands twice: keep one")
		}
	}
	return values, nil
}

func list(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// paging reads cursor and limit.
func paging(values url.Values) (store.Paging, error) {
	page := store.Paging{Cursor: values.Get("cursor")}
	if text := values.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > store.MaxLimit {
			return page, fail(api.InvalidRequest, "limit must be a number from 1 to "+strconv.Itoa(store.MaxLimit))
		}
		page.Limit = n
	}
	return page, nil
}

// flag reads a parameter that is true or false; absent is false.
func flag(values url.Values, name string) (bool, error) {
	switch values.Get(name) {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	}
	return false, fail(api.InvalidRequest, name+" must be true or false")
}
