package server

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/sotto-render/sotto/api"
)

// Values of headers that each answer shares. Nobody changes them.
var (
	headerJSON    = []string{"application/json"}
	headerProblem = []string{"application/problem+json"}
	headerNoStore = []string{"no-store"}
	headerNoSniff = []string{"nosniff"}
	// headerClose has a client open another connection, to another node.
	headerClose = []string{"close"}
	// headerSoon is the value of Retry-After where nobody knows when a store or
	// provider answers again: the breakers ask it about once in a second.
	headerSoon = []string{"1"}
	headerHour = []string{"3600"}
)

// serverBuffer is what net/http holds back of an answer. It adds the length of
// one that fits by itself, for less than the header costs.
const serverBuffer = 2 << 10

// reply sends body, whole. The work is done then: what remains depends on how
// fast the client reads, and others have their turn meanwhile.
func (x *exchange) reply(status int, contentType []string, body []byte) {
	x.turn.End()
	header := x.Header()
	header["Content-Type"] = contentType
	header["Cache-Control"] = headerNoStore
	header["X-Content-Type-Options"] = headerNoSniff
	if len(body) >= serverBuffer || x.r.Method == http.MethodHead {
		header["Content-Length"] = []string{strconv.Itoa(len(body))}
	}
	x.WriteHeader(status)
	if x.r.Method != http.MethodHead {
		x.send(body)
	}
}

// replyNothing says that what was asked for is done.
func (x *exchange) replyNothing() error {
	x.Header()["Cache-Control"] = headerNoStore
	x.WriteHeader(http.StatusNoContent)
	return nil
}

// replyJSON sends answer as JSON.
func (x *exchange) replyJSON(status int, answer any) error {
	if x.repeat.Repeated() {
		x.Header()["Idempotency-Replayed"] = headerTrue
	}
	out := bytes.NewBuffer(x.answer[:0])
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(answer); err != nil {
		// The encoder's text may quote the value.
		return fail(api.Internal, "the answer cannot be written as JSON")
	}
	x.answer = out.Bytes()
	if err := x.holdAnswer(); err != nil {
		return err
	}
	x.reply(status, headerJSON, x.answer)
	return nil
}
