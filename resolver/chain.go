package resolver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"

	"github.com/sotto-render/sotto/macros"
)

// link is one provider of the chain with its counters.
type link struct {
	Binding

	calls, failures, aliases atomic.Uint64
	nanos                    atomic.Int64
	// circuit opens where the provider leaves calls without an answer.
	circuit circuitbreaker.CircuitBreaker[any]
}

const (
	// maxSlowLoads is how many calls of a provider, one after the other, may
	// end without an answer before the next ones fail at once.
	maxSlowLoads = 3
	// trialPause is how long they do, until one tries the provider again.
	trialPause = retryPause
)

func newLink(b Binding) *link {
	return &link{Binding: b, circuit: circuitbreaker.NewBuilder[any]().
		WithFailureThreshold(maxSlowLoads).WithSuccessThreshold(1).WithDelay(trialPause).Build()}
}

// chain are the providers in the order in which they are asked.
type chain []*link

func newChain(bindings []Binding) chain {
	c := make(chain, len(bindings))
	for i, b := range bindings {
		c[i] = newLink(b)
	}
	return c
}

// serving returns the links that serve scope, in order.
func (c chain) serving(scope Scope) chain {
	var links chain
	for _, l := range c {
		if l.Scope.Covers(scope) {
			links = append(links, l)
		}
	}
	return links
}

// fetch asks one provider after the other for what none before it has. The
// first answer about an alias stands, be it that the secret is archived. A
// provider that cannot tell ends the lookup for all aliases that were left,
// which stay Missing beside the error.
//
// by[i] is the link that answered aliases[i], or nil.
func (c chain) fetch(ctx context.Context, scope Scope, aliases []string, values bool) (entries []Entry, by chain, err error) {
	entries, by = make([]Entry, len(aliases)), make(chain, len(aliases))
	left := aliases
	// at :: index in left -> index in entries
	at := make([]int, len(aliases))
	for i := range at {
		at[i] = i
	}
	for _, l := range c.serving(scope) {
		if len(left) == 0 {
			break
		}
		answers := make([]Entry, len(left))
		if err := l.fetch(ctx, scope, left, values, answers); err != nil {
			return entries, by, err
		}
		var lacking []string
		var lackingAt []int
		for i, answer := range answers {
			if answer.Status == macros.Missing {
				lacking, lackingAt = append(lacking, left[i]), append(lackingAt, at[i])
				continue
			}
			entries[at[i]], by[at[i]] = answer, l
		}
		left, at = lacking, lackingAt
	}
	return entries, by, nil
}

// errPanic stands for whatever a provider panicked with, which may be a value.
var errPanic = errors.New("failed in an unexpected way")

// errSilent stands for the answer of a provider that gave none to the last calls.
var errSilent = errors.New("has not answered lately, and is asked again within seconds")

func (l *link) fetch(ctx context.Context, scope Scope, aliases []string, values bool, entries []Entry) error {
	err := l.call(ctx, len(aliases), func() error { return l.Provider.Fetch(ctx, scope, aliases, values, entries) })
	for i := range entries {
		entries[i].Secret = entries[i].Secret.Named(aliases[i])
	}
	return err
}

// call counts a call of the provider about so many aliases, unless its circuit is
// open.
func (l *link) call(ctx context.Context, aliases int, do func() error) (err error) {
	start := time.Now()
	permitted := l.circuit.TryAcquirePermit()
	defer func() {
		if recover() != nil {
			err = errPanic
		} else if err != nil && ctx.Err() != nil {
			// Whose deadline it was: the caller of Resolve must not take
			// the end of a load for the end of its own time.
			err = context.Cause(ctx)
		}
		switch {
		case !permitted:
		case errors.Is(err, errSlow):
			l.circuit.RecordFailure()
		default:
			// An error is an answer too, for it makes nobody wait.
			l.circuit.RecordSuccess()
		}
		l.calls.Add(1)
		l.aliases.Add(uint64(aliases))
		l.nanos.Add(int64(time.Since(start)))
		if err != nil {
			l.failures.Add(1)
			err = &ProviderError{Provider: l.Provider.Name(), Err: err}
		}
	}()
	if !permitted {
		return errSilent
	}
	return do()
}

// holds reports whether a provider that serves scope may tell it something else
// than its parent. Those that cannot tell are not asked first.
func (c chain) holds(ctx context.Context, scope Scope) (bool, error) {
	return c.keeps(scope, func(l *link) (keeps bool, err error) {
		err = l.call(ctx, 0, func() error {
			keeps, err = l.Provider.(Keeper).Keeps(ctx, scope) // only those are asked
			return err
		})
		return keeps, err
	})
}

// probe is holds for one whom nobody waits for: it opens no circuit, and asks no
// provider whose circuit is open.
func (c chain) probe(ctx context.Context, scope Scope) (bool, error) {
	return c.keeps(scope, func(l *link) (keeps bool, err error) {
		defer func() {
			if recover() != nil {
				err = errPanic
			}
			if err != nil {
				err = &ProviderError{Provider: l.Provider.Name(), Err: err}
			}
		}()
		if l.circuit.IsOpen() && l.circuit.RemainingDelay() > 0 {
			return false, errSilent
		}
		return l.Provider.(Keeper).Keeps(ctx, scope) // only those are asked
	})
}

func (c chain) keeps(scope Scope, ask func(*link) (bool, error)) (bool, error) {
	links := c.serving(scope)
	for _, l := range links {
		if _, ok := l.Provider.(Keeper); !ok || l.Scope == scope {
			return true, nil
		}
	}
	for _, l := range links {
		if keeps, err := ask(l); keeps || err != nil {
			return keeps, err
		}
	}
	return false, nil
}

// list returns all aliases that the providers serving scope can tell, sorted.
func (c chain) list(ctx context.Context, scope Scope) ([]string, error) {
	var all []string
	for _, l := range c.serving(scope) {
		lister, ok := l.Provider.(Lister)
		if !ok {
			continue
		}
		aliases, err := lister.List(ctx, scope)
		if err != nil {
			return nil, &ProviderError{Provider: l.Provider.Name(), Err: err}
		}
		all = append(all, aliases...)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// ready asks every provider that can tell whether it works.
func (c chain) ready(ctx context.Context) error {
	var problems []error
	for _, l := range c {
		if checker, ok := l.Provider.(Checker); ok {
			if err := checker.Ready(ctx); err != nil {
				problems = append(problems, &ProviderError{Provider: l.Provider.Name(), Err: err})
			}
		}
	}
	return errors.Join(problems...)
}

func (c chain) stats() []ProviderStats {
	all := make([]ProviderStats, len(c))
	for i, l := range c {
		hearer, ok := l.Provider.(Hearer)
		all[i] = ProviderStats{
			Name: l.Provider.Name(), Deaf: ok && !hearer.Hearing(), Calls: l.calls.Load(), Failures: l.failures.Load(),
			Aliases: l.aliases.Load(), Time: time.Duration(l.nanos.Load()), Open: !l.circuit.IsClosed(),
		}
	}
	return all
}

// check refuses bindings that cannot work.
func check(bindings []Binding) error {
	for i, b := range bindings {
		if b.Provider == nil {
			return fmt.Errorf("resolver: provider %d is nil", i)
		}
	}
	return nil
}
