package server

import (
	"math/rand/v2"
	"net/http"
	"strings"
)

// newRequestID returns 100 random bits: a count would tell who sees two of them how many
// requests others made in between. The source is the runtime's, which is seeded by the
// system's and costs no call of it.
func newRequestID() string {
	const letters = "abcdefghijklmnopqrstuvwxyz234567"
	var id [20]byte
	for i := 0; i < len(id); i += 10 {
		bits := rand.Uint64()
		for j := range 10 {
			id[i+j] = letters[bits>>(5*j)&31]
		}
	}
	return string(id[:])
}

// maxCallerID is how long an id may be that a caller gives its request.
const maxCallerID = 128

// names are how a request is called, by us and by its caller.
type names struct {
	// id is in the answer: the caller's, where it gave one that can be used, else ours.
	id string
	// own is ours. The audit trail has it: what a caller wrote is kept nowhere.
	own string
	// logged is id as the log shows it: without the values of secrets.
	logged string
	// trace is the id of the trace, as the log shows it; "" for none.
	trace string
	// parent is the caller's span. One that the redactor knows is none.
	parent parentSpan
}

// name reads X-Request-Id and traceparent of r and answers with both.
func (s *Server) name(r *http.Request, answer http.Header) names {
	n := names{own: newRequestID()}
	n.id, n.logged = n.own, n.own
	if given := givenID(r); given != "" {
		n.id, n.logged = given, s.ids.String(given)
	}
	answer["X-Request-Id"] = []string{n.id}
	if given := r.Header["Traceparent"]; len(given) == 1 && isTraceparent(given[0]) {
		if n.trace = s.ids.String(given[0][3:35]); s.redactor.String(given[0]) == given[0] {
			n.parent = parseParent(given[0])
		}
		answer["Traceparent"] = given
	}
	return n
}

// givenID returns the caller's id of a request, or "" for none that can be used.
func givenID(r *http.Request) string {
	if given := r.Header["X-Request-Id"]; len(given) == 1 && isCallerID(given[0]) {
		return given[0]
	}
	return ""
}

// isCallerID reports whether a caller's id has the letters that ids have. Others could
// do harm in a log, or are no id.
func isCallerID(id string) bool {
	for i := range len(id) {
		c := id[i]
		if !isLetter(c) && !isDigit(c) && strings.IndexByte("._:/+=@-", c) < 0 {
			return false
		}
	}
	return id != "" && len(id) <= maxCallerID
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isTraceparent reports whether text is a traceparent of version 00 (W3C Trace Context,
// 3.2): 00-<trace>-<parent>-<flags>, in lower case, neither id being zero.
func isTraceparent(text string) bool {
	const zero = "00000000000000000000000000000000"
	if len(text) != 55 || text[:3] != "00-" || text[35] != '-' || text[52] != '-' {
		return false
	}
	for _, part := range []string{text[3:35], text[36:52], text[53:]} {
		for i := range len(part) {
			if c := part[i]; !isDigit(c) && (c < 'a' || c > 'f') {
				return false
			}
		}
	}
	return text[3:35] != zero && text[36:52] != zero[:16]
}
