package admission

import (
	"math"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// Account is what one token uses now. It is safe for concurrent use.
type Account struct {
	controller *Controller
	limits     Limits
	// requests is nil where the rate has no limit.
	requests *rate.Limiter
	policy   string
	inFlight atomic.Int64
	held     atomic.Int64
	// share changes under the scheduler's lock.
	share share
}

func newAccount(c *Controller, limits Limits) *Account {
	a := &Account{controller: c, limits: limits}
	if limits.Rate > 0 {
		a.requests = rate.NewLimiter(rate.Limit(limits.Rate), limits.Rate)
		a.policy = `"token";q=` + strconv.Itoa(limits.Rate) + `;w=1`
	}
	return a
}

// idle reports whether nothing is lost with the account. No request enters while
// it is asked.
func (a *Account) idle() bool {
	return a.inFlight.Load() == 0 && (a.requests == nil || a.requests.Tokens() >= float64(a.limits.Rate))
}

// admit refuses the request that has just been counted as one more in flight.
func (a *Account) admit() error {
	if a.limits.Concurrency > 0 && a.inFlight.Load() > int64(a.limits.Concurrency) {
		return &Refusal{Reason: Concurrency, After: time.Second}
	}
	if a.requests != nil && !a.requests.Allow() {
		return &Refusal{Reason: Rate, After: untilNext(a.requests)}
	}
	return nil
}

// untilNext is how long it takes until l allows something again.
func untilNext(l *rate.Limiter) time.Duration {
	lacks := 1 - l.Tokens()
	return time.Duration(max(0, lacks) / float64(l.Limit()) * float64(time.Second))
}

// Leave ends a request.
func (a *Account) Leave() { a.inFlight.Add(-1) }

// Describe sets the headers RateLimit and RateLimit-Policy of the IETF's draft
// where the token's rate is limited.
func (a *Account) Describe(h http.Header) {
	if a.requests == nil {
		return
	}
	left := max(0, a.requests.Tokens())
	h["Ratelimit-Policy"] = []string{a.policy}
	h["Ratelimit"] = []string{`"token";r=` + strconv.Itoa(int(left)) + `;t=` + strconv.Itoa(seconds(untilFull(a.requests, left)))}
}

func untilFull(l *rate.Limiter, left float64) time.Duration {
	return time.Duration((float64(l.Burst()) - left) / float64(l.Limit()) * float64(time.Second))
}

// seconds rounds up, as a client that comes a moment too early is refused again.
func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }
