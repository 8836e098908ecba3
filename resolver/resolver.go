package resolver

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/sotto-render/sotto/redact"
)

// Defaults of [Options].
const (
	DefaultCacheTTL    = 5 * time.Minute
	DefaultStaleTTL    = time.Hour
	DefaultNegativeTTL = 5 * time.Second
	DefaultLoadTimeout = 10 * time.Second
	DefaultMaxEntries  = 100_000
)

// retryPause is how long a stale value is served after a refresh that failed,
// before the next one is tried.
const retryPause = 5 * time.Second

// Options say how a [Resolver] works. The zero Options know no secret.
type Options struct {
	// Providers are asked in this order; the first that has an alias, in
	// the scope that asks or one above it, answers. So the order comes
	// before the nearness of the scope, and a provider that is bound to a
	// scope comes no earlier for it.
	Providers []Binding
	// Redactor is told of every value that is resolved for any scope. Nil
	// means one that nobody else sees.
	Redactor *redact.Redactor
	// KnowUnused makes Redactor know what a [Discloser] has in any scope besides what
	// was resolved, from [New] on, and what changes there: else a log shows the value
	// that a caller sends as the id of its request before anyone used it. The forms of
	// all that nobody was given count as those of retired values do, see
	// [redact.Options]. [Resolver.AwaitKnown] waits for it. Redactor is learning meanwhile,
	// and while a provider cannot tell, see [redact.Redactor.Learning].
	KnowUnused bool
	// CacheTTL is how long an answer is fresh; 0 means DefaultCacheTTL.
	// After it the answer is still given while one refresh runs.
	CacheTTL time.Duration
	// StaleTTL is how old an answer may become while its provider fails;
	// 0 means DefaultStaleTTL, or CacheTTL where that is longer.
	StaleTTL time.Duration
	// NegativeTTL is how long it is remembered that a secret is missing or
	// archived; 0 means DefaultNegativeTTL. A failure is never remembered.
	NegativeTTL time.Duration
	// LoadTimeout ends a call of the providers; 0 means
	// DefaultLoadTimeout. A caller's own deadline ends its waiting, not
	// the call, whose answer others may be waiting for.
	LoadTimeout time.Duration
	// MaxEntries bounds the cache; 0 means DefaultMaxEntries.
	MaxEntries int
	// Grace is how long the redactors of the scopes know a value that is no
	// longer current; 0 means [redact.DefaultGrace]. Give Redactor the same.
	Grace time.Duration
	// Logger is told of providers that fail and of values that are given because of
	// it, of each once a minute; nil logs nothing.
	Logger *slog.Logger
}

// Resolver finds secrets by scope and alias and caches what it finds. It is
// safe for concurrent use. Close it after use.
type Resolver struct {
	options Options
	chain   chain
	process *refcounts
	scopes  *scopes
	clock   *otter.CoarseClock
	// cache decides what is known; each Scoped keeps an index into it for
	// lookups without its cost.
	cache *otter.Cache[key, *item]

	hits, misses, stale, absent counter

	outage outage
	// unused is nil without Options.KnowUnused.
	unused *unused

	// stops end the subscriptions to the providers' changes.
	stops   []func()
	closing context.Context
	close   context.CancelCauseFunc

	// mu guards closed, so that no load starts once Close waits for loads.
	mu     sync.Mutex
	closed bool
	loads  sync.WaitGroup
}

// New returns a resolver over the providers of options.
func New(options Options) (*Resolver, error) {
	if err := check(options.Providers); err != nil {
		return nil, err
	}
	if err := options.complete(); err != nil {
		return nil, err
	}
	r := &Resolver{
		options: options,
		chain:   newChain(options.Providers),
		process: newRefcounts(options.Redactor, nil),
		clock:   otter.NewCoarseClock(options.resolution()),
	}
	r.outage.log = options.Logger
	r.closing, r.close = context.WithCancelCause(context.Background())
	r.scopes = newScopes(r)
	r.cache = otter.Must(&otter.Options[key, *item]{
		MaximumSize: options.MaxEntries,
		ExpiryCalculator: otter.ExpiryWritingFunc(func(e otter.Entry[key, *item]) time.Duration {
			return e.Value.lifetime
		}),
		// A refresh is started by Scoped alone, which knows more than the
		// age of an answer.
		RefreshCalculator: otter.RefreshWriting[key, *item](math.MaxInt64),
		OnAtomicDeletion:  func(e otter.DeletionEvent[key, *item]) { e.Value.retire() },
		Clock:             r.clock,
		Logger:            &otter.NoopLogger{},
	})
	if options.KnowUnused {
		r.unused = newUnused(r)
	}
	for _, b := range options.Providers {
		if notifier, ok := b.Provider.(Notifier); ok {
			r.stops = append(r.stops, notifier.Notify(r.hear))
		}
	}
	if r.unused != nil {
		r.enter()
		go r.unused.follow()
	}
	return r, nil
}

// complete puts the defaults in.
func (o *Options) complete() error {
	if min(o.CacheTTL, o.StaleTTL, o.NegativeTTL, o.LoadTimeout, o.Grace) < 0 || o.MaxEntries < 0 {
		return errors.New("resolver: a negative duration or size in Options")
	}
	if o.Redactor == nil {
		o.Redactor = redact.New()
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	o.Logger = redact.TrustLogger(o.Logger, "secrets", "times", "uses", "provider", "scope")
	o.CacheTTL = or(o.CacheTTL, DefaultCacheTTL)
	o.Grace = or(o.Grace, redact.DefaultGrace)
	o.StaleTTL = or(o.StaleTTL, max(DefaultStaleTTL, o.CacheTTL))
	o.NegativeTTL = or(o.NegativeTTL, DefaultNegativeTTL)
	o.LoadTimeout = or(o.LoadTimeout, DefaultLoadTimeout)
	o.MaxEntries = or(o.MaxEntries, DefaultMaxEntries)
	if o.StaleTTL < o.CacheTTL {
		return errors.New("resolver: StaleTTL is shorter than CacheTTL")
	}
	return nil
}

func or[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}

// resolution is how exactly the cache measures time: a hundredth of the
// shortest time it has to measure.
func (o *Options) resolution() time.Duration {
	shortest := min(o.CacheTTL, o.StaleTTL, o.NegativeTTL)
	return min(max(shortest/100, time.Millisecond), 50*time.Millisecond)
}

// Close ends all loads and the goroutines of the resolver. Lookups after it
// fail with [ErrClosed], except for what is cached. It does not close the
// providers.
func (r *Resolver) Close() {
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return
	}
	r.closed = true
	r.mu.Unlock()
	for _, stop := range r.stops {
		stop()
	}
	r.close(ErrClosed)
	r.loads.Wait()
	r.cache.StopAllGoroutines()
	r.clock.Stop()
}

// enter reports whether a load may start; leave ends it.
func (r *Resolver) enter() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return false
	}
	r.loads.Add(1)
	return true
}

func (r *Resolver) leave() { r.loads.Done() }

// Scoped returns the resolver as seen from scope. It is cheap to ask for, and
// may be kept.
func (r *Resolver) Scoped(scope Scope) *Scoped { return r.scopes.get(scope) }

// Redactor returns the redactor of scope: it knows what was resolved for that
// scope and nothing else, so text that its tenant sees tells nothing of other
// tenants' secrets. Ask for it anew for each request; after a long time
// without use a scope gets another.
func (r *Resolver) Redactor(scope Scope) *redact.Redactor { return r.scopes.get(scope).redactor }

// Known returns what [Resolver.Redactor] knows without what was made of the values. What
// its callers see tells nothing of how an earlier comparison with a secret ended, which
// decides about what is made.
func (r *Resolver) Known(scope Scope) *redact.Redactor { return r.scopes.get(scope).known }

// List returns the canonical aliases that can be resolved from scope, sorted,
// as far as the providers can tell.
func (r *Resolver) List(ctx context.Context, scope Scope) ([]string, error) {
	return r.chain.list(ctx, scope)
}

// holds reports whether a scope may hold secrets of its own, by asking so.
func (r *Resolver) holds(ctx context.Context, scope Scope, ask func(context.Context, Scope) (bool, error)) (bool, error) {
	if !r.enter() {
		return false, ErrClosed
	}
	defer r.leave()
	within, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(r.closing, func() { cancel(ErrClosed) })()
	within, stop := context.WithTimeoutCause(within, r.options.LoadTimeout, errSlow)
	defer stop()
	holds, err := ask(within, scope)
	if err != nil && ctx.Err() != nil {
		return false, ctx.Err()
	}
	return holds, err
}

// Ready returns why a provider cannot answer now, or nil.
func (r *Resolver) Ready(ctx context.Context) error { return r.chain.ready(ctx) }

// Invalidate makes the next lookup of alias from scope and those below it ask
// the providers again; a load that runs now does not count for it. With an
// empty alias all secrets are asked for again, and what is known is served
// where the provider fails, because nothing says that it changed.
func (r *Resolver) Invalidate(scope Scope, alias string) {
	for _, s := range r.scopes.below(scope) {
		s.changes.Add(1)
		if alias == "" || s.scope == scope {
			s.hear(alias != "")
		}
		s.inventory.mark(alias)
		if alias == "" {
			s.epoch.Add(1)
			continue
		}
		r.cache.Invalidate(key{scope: s.id, alias: alias, opened: true})
		r.cache.Invalidate(key{scope: s.id, alias: alias})
	}
}

// Stats returns the counters.
func (r *Resolver) Stats() Stats {
	return Stats{
		Hits: r.hits.load(), Misses: r.misses.load(), Stale: r.stale.load(), Absent: r.absent.load(),
		Entries: r.cache.EstimatedSize(), Providers: r.chain.stats(),
	}
}
