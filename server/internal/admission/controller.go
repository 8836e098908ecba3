package admission

import (
	"cmp"
	"context"
	"runtime"
	"sync"
	"time"
)

// Options say how much a process takes on. The zero value limits no token by
// itself.
type Options struct {
	// Bytes is how much of requests and answers is held at once, for all tokens
	// together. Default: 256 MiB.
	Bytes int64
	// Patience is how long a request waits for its first turn. Default: 30 s.
	Patience time.Duration
	// Token is what each token may do that has no limits of its own.
	Token Limits
	// SignIns is how many failed sign-ins in a minute one address may have.
	// Default: 60.
	SignIns int
}

// Limits bound one token. A field that is 0 does not.
type Limits struct {
	// Rate is how many requests it may make in a second.
	Rate int
	// Concurrency is how many of its requests are answered at once.
	Concurrency int
	// Bytes is how much of its requests and answers is held at once.
	Bytes int64
}

// or returns l with what other says where l says nothing.
func (l Limits) or(other Limits) Limits {
	if l.Rate == 0 {
		l.Rate = other.Rate
	}
	if l.Concurrency == 0 {
		l.Concurrency = other.Concurrency
	}
	if l.Bytes == 0 {
		l.Bytes = other.Bytes
	}
	return l
}

// Controller admits the requests of a process. It is safe for concurrent use and
// leaves no goroutine behind when no request is left.
type Controller struct {
	limits   Limits
	patience time.Duration
	turns    *scheduler
	memory   memory

	mu sync.RWMutex
	// accounts :: id of a token -> what it uses
	accounts map[string]*Account
	// sweepAt is how many accounts there may be before those of idle tokens go.
	sweepAt int

	signIns signIns
}

// minSweep is how many accounts are never too many.
const minSweep = 1024

// New returns a controller that has admitted nothing yet.
func New(o Options) *Controller {
	if o.Bytes <= 0 {
		o.Bytes = 256 << 20
	}
	if o.Patience <= 0 {
		o.Patience = 30 * time.Second
	}
	if o.SignIns <= 0 {
		o.SignIns = 60
	}
	return &Controller{
		limits: o.Token, patience: o.Patience,
		turns:    newScheduler(runtime.GOMAXPROCS(0)),
		memory:   memory{limit: o.Bytes},
		accounts: make(map[string]*Account), sweepAt: minSweep,
		signIns: signIns{perMinute: o.SignIns},
	}
}

// Enter admits a request of the token called id, whose own limits come before
// those of all tokens. [Account.Leave] ends the request. A *[Refusal] comes with
// the account, for its headers, and needs no Leave.
func (c *Controller) Enter(id string, own Limits) (*Account, error) {
	a := c.account(id, own)
	if err := a.admit(); err != nil {
		a.inFlight.Add(-1)
		return a, err
	}
	return a, nil
}

// account returns the account of a token, with one request more in flight: an
// account in use is never swept.
func (c *Controller) account(id string, own Limits) *Account {
	c.mu.RLock()
	a := c.accounts[id]
	if a != nil {
		a.inFlight.Add(1)
	}
	c.mu.RUnlock()
	if a != nil {
		return a
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if a = c.accounts[id]; a == nil {
		if len(c.accounts) >= c.sweepAt {
			c.sweep()
		}
		a = newAccount(c, own.or(c.limits))
		c.accounts[id] = a
	}
	a.inFlight.Add(1)
	return a
}

// sweep forgets the tokens that use nothing and would be admitted as if they were
// new.
func (c *Controller) sweep() {
	for id, a := range c.accounts {
		if a.idle() {
			delete(c.accounts, id)
		}
	}
	c.sweepAt = max(minSweep, 2*len(c.accounts))
}

// BytesInFlight is how much of requests and answers is held now.
func (c *Controller) BytesInFlight() int64 { return c.memory.held.Load() }

// Waiting is how many requests wait for a turn now.
func (c *Controller) Waiting() int { return int(c.turns.waiting.Load()) }

// Begin waits for the first turn of a request, which is t from then on until
// [Turn.End].
func (a *Account) Begin(ctx context.Context, t *Turn) error {
	if t.begin(ctx, a.controller.turns, &a.share, a.controller.patience) {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return &Refusal{Reason: Queue, After: time.Second}
}

// Continue is Begin for the next piece of a stream, with so many things to do as
// would be requests by themselves. It waits for as long as ctx lasts, and until
// the token's rate allows so many.
func (a *Account) Continue(ctx context.Context, t *Turn, requests int) error {
	if a.requests != nil {
		for ; requests > 0; requests -= a.limits.Rate {
			if a.requests.WaitN(ctx, min(requests, a.limits.Rate)) != nil {
				return cmp.Or(ctx.Err(), error(&Refusal{Reason: Rate, After: time.Second}))
			}
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	t.stream, t.long = true, true
	if !t.begin(ctx, a.controller.turns, &a.share, 0) {
		return ctx.Err()
	}
	return nil
}
