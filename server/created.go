package server

import (
	"net/http"
	"net/url"
)

// replyCreated sends what was made, and where it is from now on.
func (x *exchange) replyCreated(path, name, scope string, answer any) error {
	x.locate(path, name, scope)
	return x.replyJSON(http.StatusCreated, answer)
}

// locate says where what was made is (RFC 9110, 10.2.2).
func (x *exchange) locate(path, name, scope string) {
	location := path + "/" + url.PathEscape(name)
	if scope != "" {
		location += "?" + url.Values{"scope": {scope}}.Encode()
	}
	x.Header()["Location"] = []string{location}
}
