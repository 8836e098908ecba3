package admission

import (
	"strconv"
	"time"
)

// Reason says which limit a request met.
type Reason string

// The reasons. The first four are limits of the token or the address, the others
// of the process.
const (
	Rate        Reason = "rate"
	Concurrency Reason = "concurrency"
	Bytes       Reason = "bytes"
	SignIn      Reason = "sign_in"
	Memory      Reason = "memory"
	Queue       Reason = "queue"
)

// Reasons returns all reasons.
func Reasons() []Reason { return []Reason{Rate, Concurrency, Bytes, SignIn, Memory, Queue} }

// Refusal is the error of a request that is not admitted.
type Refusal struct {
	Reason Reason
	// After is when it may be admitted.
	After time.Duration
}

// Error says what to do about it.
func (r *Refusal) Error() string {
	switch r.Reason {
	case Rate:
		return "the token makes more requests in a second than it may: send them more slowly"
	case Concurrency:
		return "the token has more requests in flight than it may: wait for their answers"
	case Bytes:
		return "the requests and answers of the token that are in flight are larger than they may be: read the answers, or send less at once"
	case SignIn:
		return "too many sign-ins from this address failed: a valid token is admitted at any time"
	case Memory:
		return "too much is in flight: read the answers, or send the request again later"
	}
	return "too many requests wait for their turn: send the request again later"
}

// Overloaded reports whether it is the process that cannot take more, and not the
// caller who asks for more than is its own.
func (r *Refusal) Overloaded() bool { return r.Reason == Memory || r.Reason == Queue }

// RetryAfter is the value of the header Retry-After.
func (r *Refusal) RetryAfter() string { return strconv.Itoa(max(1, seconds(r.After))) }
