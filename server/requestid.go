package server

import (
	"math/rand/v2"
	"net/http"
	"strings"

	"github.com/sotto-render/sotto/redact"
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
	// trace is the id of the trace; "" for none. callerTrace says that the caller sent it.
	trace       string
	callerTrace bool
	// parent is the caller's span. One that the redactor knows is none.
	parent parentSpan
}

// name reads X-Request-Id and traceparent of r and answers with both.
func (s *Server) name(r *http.Request, answer http.Header) names {
	n := names{own: newRequestID()}
	n.id = n.own
	if given := givenID(r); given != "" {
		n.id = given
	}
	answer["X-Request-Id"] = []string{n.id}
	if given := r.Header["Traceparent"]; len(given) == 1 && isTraceparent(given[0]) {
		n.trace, n.callerTrace = given[0][3:35], true
		if foreign(s.redactor, given[0]) == given[0] {
			n.parent = parseParent(given[0])
		}
		answer["Traceparent"] = given
	}
	return n
}

// foreign returns a text that a caller sent as the log and spans show it: without the
// values of secrets, and not at all while the log may not know all of them.
func foreign(known *redact.Redactor, text string) string {
	if known.Learns() {
		return redact.Mask
	}
	return known.String(text)
}

// loggedID is the request's id as the log shows it, by what is known now: the request may
// have been the one that told of the value.
func (x *exchange) loggedID() string {
	if x.id == x.own {
		return x.own
	}
	return foreign(x.server.ids, x.id)
}

// loggedTrace is loggedID for the trace.
func (x *exchange) loggedTrace() string {
	if !x.callerTrace {
		return x.trace
	}
	return foreign(x.server.ids, x.trace)
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
