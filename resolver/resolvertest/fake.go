package resolvertest

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
)

// Fake is a provider in memory, with scopes, changes that are heard at once,
// and outages on demand. It is safe for concurrent use. Make one with
// [NewFake].
type Fake struct {
	name string

	mu      sync.Mutex
	entries map[place]resolver.Entry
	heard   map[int]func(resolver.Change)
	next    int
	down    error
	gate    chan struct{}
	calls   []Call
	opened  int
}

type place struct {
	scope resolver.Scope
	alias string
}

// Call is one call of Fetch that a [Fake] has seen.
type Call struct {
	Scope   resolver.Scope
	Aliases []string
	Values  bool
}

var (
	_ resolver.Provider = (*Fake)(nil)
	_ resolver.Lister   = (*Fake)(nil)
	_ resolver.Keeper   = (*Fake)(nil)
	_ resolver.Notifier = (*Fake)(nil)
	_ resolver.Checker  = (*Fake)(nil)
)

// NewFake returns a provider of that name without secrets.
func NewFake(name string) *Fake {
	return &Fake{name: name, entries: make(map[place]resolver.Entry), heard: make(map[int]func(resolver.Change))}
}

// Name implements [resolver.Provider].
func (f *Fake) Name() string { return f.name }

// Put makes alias in scope hold secret, and tells of the change.
func (f *Fake) Put(scope resolver.Scope, alias string, secret redact.Secret) {
	f.PutUnheard(scope, alias, secret)
	f.Tell(resolver.Change{Scope: scope, Alias: alias})
}

// PutUnheard is Put without telling.
func (f *Fake) PutUnheard(scope resolver.Scope, alias string, secret redact.Secret) {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := place{scope, alias}
	f.entries[at] = resolver.Entry{
		Status: macros.Known, Secret: secret, Version: f.entries[at].Version + 1, Scope: scope,
	}
}

// Archive archives alias in scope, and tells of the change.
func (f *Fake) Archive(scope resolver.Scope, alias string) {
	f.mu.Lock()
	e := f.entries[place{scope, alias}]
	e.Status = macros.Archived
	f.entries[place{scope, alias}] = e
	f.mu.Unlock()
	f.Tell(resolver.Change{Scope: scope, Alias: alias})
}

// Delete removes alias from scope, and tells of the change.
func (f *Fake) Delete(scope resolver.Scope, alias string) {
	f.mu.Lock()
	delete(f.entries, place{scope, alias})
	f.mu.Unlock()
	f.Tell(resolver.Change{Scope: scope, Alias: alias})
}

// Tell tells those who listen of a change.
func (f *Fake) Tell(c resolver.Change) {
	f.mu.Lock()
	var heard []func(resolver.Change)
	for _, h := range f.heard {
		heard = append(heard, h)
	}
	f.mu.Unlock()
	for _, h := range heard {
		h(c)
	}
}

// Break makes every call fail with err until it is called with nil.
func (f *Fake) Break(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.down = err
}

// Hold makes calls of Fetch wait, with the answer that they had when they began, until
// the returned function is called.
func (f *Fake) Hold() (release func()) {
	gate := make(chan struct{})
	f.mu.Lock()
	defer f.mu.Unlock()
	f.gate = gate
	return sync.OnceFunc(func() {
		f.mu.Lock()
		if f.gate == gate {
			f.gate = nil
		}
		f.mu.Unlock()
		close(gate)
	})
}

// Calls returns the calls of Fetch so far.
func (f *Fake) Calls() []Call {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.calls)
}

// Opened returns how many values were given out.
func (f *Fake) Opened() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.opened
}

// Fetch implements [resolver.Provider].
func (f *Fake) Fetch(ctx context.Context, scope resolver.Scope, aliases []string, values bool, entries []resolver.Entry) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	f.mu.Lock()
	f.calls = append(f.calls, Call{scope, slices.Clone(aliases), values})
	gate, err := f.gate, f.down
	for i, alias := range aliases {
		entries[i] = f.find(scope, alias, values)
	}
	f.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return err
}

// find walks up from scope. It is called with the lock held.
func (f *Fake) find(scope resolver.Scope, alias string, values bool) resolver.Entry {
	for ; scope != ""; scope = scope.Parent() {
		e, ok := f.entries[place{scope, alias}]
		if !ok {
			continue
		}
		if !values || e.Status != macros.Known {
			e.Secret = redact.Secret{}
		} else {
			f.opened++
		}
		return e
	}
	return resolver.Entry{}
}

// Keeps implements [resolver.Keeper].
func (f *Fake) Keeps(ctx context.Context, scope resolver.Scope) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	keeps := false
	for at := range f.entries {
		keeps = keeps || at.scope == scope
	}
	return keeps, errors.Join(f.down, ctx.Err())
}

// List implements [resolver.Lister].
func (f *Fake) List(ctx context.Context, scope resolver.Scope) ([]string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.down != nil {
		return nil, f.down
	}
	var aliases []string
	for at := range f.entries {
		if at.scope.Covers(scope) && f.find(scope, at.alias, false).Status == macros.Known {
			aliases = append(aliases, at.alias)
		}
	}
	slices.Sort(aliases)
	return slices.Compact(aliases), ctx.Err()
}

// Ready implements [resolver.Checker].
func (f *Fake) Ready(context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.down
}

// Notify implements [resolver.Notifier].
func (f *Fake) Notify(heard func(resolver.Change)) (stop func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	id := f.next
	f.next++
	f.heard[id] = heard
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.heard, id)
	}
}
