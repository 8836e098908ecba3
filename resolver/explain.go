package resolver

import (
	"context"
	"time"

	"github.com/sotto-render/sotto/macros"
)

// Resolution says where a secret comes from. It holds no value.
type Resolution struct {
	// Answers are in the order in which they count. A provider that keeps scopes has
	// one for each scope that has the alias, the nearest first; one that lacks it or
	// cannot tell has one.
	Answers []ResolutionAnswer
	// Held is what is in memory and answers for now; nil where nothing is.
	Held *HeldAnswer
}

// ResolutionAnswer is what one provider said.
type ResolutionAnswer struct {
	Provider string
	// Bound is the scope that the provider is bound to, the root for none.
	Bound Scope
	// Entry has no value. Where the provider is down it is zero.
	Entry   Entry
	Outcome Outcome
	// Err is why the provider could not tell.
	Err error
}

// Outcome says what an answer counts for.
type Outcome string

// What an answer may count for.
const (
	// Answers: this one is given, also where it says that the secret is archived.
	Answers Outcome = "answers"
	// Shadowed: there is one before it.
	Shadowed Outcome = "shadowed"
	// Lacks: the provider lacks the alias.
	Lacks Outcome = "lacks"
	// Down: the provider cannot tell, and where no answer stands before it none is
	// given.
	Down Outcome = "unavailable"
	// Unreached: the first provider before it that does not lack the alias is down.
	Unreached Outcome = "unreached"
)

// HeldAnswer is an answer in memory.
type HeldAnswer struct {
	// Provider is "" where the secret is missing.
	Provider string
	Scope    Scope
	Status   macros.Status
	Version  int64
	// Age is the time since the provider was asked.
	Age time.Duration
	// Fresh says that it is given without asking again; if not, it is given while the
	// provider is asked.
	Fresh bool
}

// origin says where an answer came from.
type origin struct {
	link    *link
	scope   Scope
	version int64
}

// Explain asks every provider that serves scope for alias, which is canonical, and
// opens nothing. It returns ctx's error, or that of a closed resolver; a provider
// that cannot tell is an answer.
func (r *Resolver) Explain(ctx context.Context, scope Scope, alias string) (Resolution, error) {
	if !r.enter() {
		return Resolution{}, ErrClosed
	}
	defer r.leave()
	var all Resolution
	// first is the outcome of the first that does not lack the alias.
	first := Lacks
	for _, l := range r.chain.serving(scope) {
		answers := l.explain(ctx, r, scope, alias)
		if err := ctx.Err(); err != nil {
			return Resolution{}, err
		}
		for _, a := range answers {
			if a.Outcome == Answers {
				switch first {
				case Answers:
					a.Outcome = Shadowed
				case Down:
					a.Outcome = Unreached
				}
			}
			if first == Lacks {
				first = a.Outcome
			}
			all.Answers = append(all.Answers, a)
		}
	}
	all.Held = r.scopes.get(scope).held(alias)
	return all, nil
}

// explain asks one provider for alias in scope, and then above each scope that has it.
func (l *link) explain(ctx context.Context, r *Resolver, scope Scope, alias string) []ResolutionAnswer {
	ctx, stop := context.WithTimeoutCause(ctx, r.options.LoadTimeout, errSlow)
	defer stop()
	says := ResolutionAnswer{Provider: l.Provider.Name(), Bound: l.Scope}
	var all []ResolutionAnswer
	for {
		entries := make([]Entry, 1)
		if err := l.fetch(ctx, scope, []string{alias}, false, entries); err != nil {
			says.Outcome, says.Err, says.Entry = Down, err, Entry{}
			return append(all, says)
		}
		if says.Entry = entries[0]; says.Entry.Status == macros.Missing {
			break
		}
		says.Outcome = Answers
		all = append(all, says)
		above := says.Entry.Scope.Parent()
		if above == "" || !above.Covers(scope) {
			return all // it keeps no scopes, or there are none above
		}
		scope = above
	}
	if len(all) == 0 {
		says.Outcome = Lacks
		all = append(all, says)
	}
	return all
}

// held returns what s holds about alias, itself or by the scope whose secrets it
// shares.
func (s *Scoped) held(alias string) *HeldAnswer {
	now := s.resolver.clock.NowNano()
	at := s
	for parent := at.parent(); parent != nil; parent = at.parent() {
		at = parent
	}
	epoch := at.epoch.Load()
	for _, opened := range [...]bool{true, false} {
		it := at.indexed(alias, opened)
		if it == nil || !it.usable(now, epoch) {
			continue
		}
		h := &HeldAnswer{Status: it.status, Age: time.Duration(max(now-it.askedAt, 0)), Fresh: now < it.staleAt}
		if it.from.link != nil {
			h.Provider, h.Scope, h.Version = it.from.link.Provider.Name(), it.from.scope, it.from.version
		}
		return h
	}
	return nil
}
