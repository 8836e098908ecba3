package resolver

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// key is one alias as seen from one scope. Answers that were opened are kept
// apart from those that only say what exists.
type key struct {
	scope  uint64
	alias  string
	opened bool
}

// item is an answer. It is in the cache until it is retired.
type item struct {
	owner  *Scoped
	key    key
	status macros.Status
	secret redact.Secret
	// from and askedAt are for [Resolver.Explain].
	from    origin
	askedAt int64
	// lifetime is how long the cache may keep it.
	lifetime time.Duration
	// staleAt is when the answer is no longer fresh, dropAt when it may no
	// longer be given at all; both in nanoseconds of the clock.
	staleAt, dropAt int64
	// serveUntil is until when it is given without a thought: staleAt, or
	// later while a refresh runs or after one that failed.
	serveUntil atomic.Int64
	// epoch is that of the owner when the load began, or when the answer
	// was last tried to be confirmed.
	epoch atomic.Uint64
	// failed says that it could not be renewed when it was tried last.
	failed atomic.Bool
	// retired says that the cache holds it no more. It is set before
	// Invalidate returns, which is what makes an edit visible at once on its
	// node: an index that is read without a lock may still have the item.
	retired atomic.Bool
}

func (it *item) servable(now int64, epoch uint64) bool {
	return now < it.serveUntil.Load() && it.epoch.Load() == epoch && !it.retired.Load()
}

// usable reports whether the answer may be given if it is being refreshed.
func (it *item) usable(now int64, epoch uint64) bool {
	return now < it.dropAt && it.epoch.Load() == epoch && !it.retired.Load()
}

// claim reports whether the caller is the one to refresh the item. Until the
// refresh has ended, or timed out, it is given out as if fresh.
func (it *item) claim(now int64, timeout time.Duration) bool {
	until := it.serveUntil.Load()
	return now >= until && it.serveUntil.CompareAndSwap(until, min(now+int64(timeout), it.dropAt))
}

// kept returns the item for another while, in the place of one that could not be
// renewed.
func (it *item) kept(now int64, pause time.Duration, epoch uint64) *item {
	next := &item{
		owner: it.owner, key: it.key, status: it.status, secret: it.secret, from: it.from, askedAt: it.askedAt,
		lifetime: max(time.Duration(it.dropAt-now), 1), staleAt: it.staleAt, dropAt: it.dropAt,
	}
	next.postpone(now, pause, epoch)
	return next
}

// postpone gives a stale item out for another while, after a refresh failed
// that began at epoch.
func (it *item) postpone(now int64, pause time.Duration, epoch uint64) {
	it.failed.Store(true)
	it.serveUntil.Store(min(now+int64(pause), it.dropAt))
	it.epoch.Store(epoch)
}

// retire is called by the cache when it lets the item go.
func (it *item) retire() {
	it.retired.Store(true)
	it.owner.index(it.key.opened).CompareAndDelete(it.key.alias, it)
}

func (it *item) answer(i int, status []macros.Status, values []redact.Secret) {
	status[i] = it.status
	if values != nil {
		values[i] = it.secret
	}
}

// publish puts an item that came out of the cache into the index, unless the
// cache holds it no more.
func (s *Scoped) publish(it *item) {
	index := s.index(it.key.opened)
	// Stored first and looked up in the cache after: an invalidation between the
	// two finds the item in the index and removes it. The other way round it
	// would find nothing there, and the index would keep an item, and its value
	// in memory, that nobody is ever given again.
	index.Store(it.key.alias, it)
	if current, ok := s.resolver.cache.GetIfPresent(it.key); !ok || current != it {
		index.CompareAndDelete(it.key.alias, it)
	}
}

// load returns an answer for each of keys. It runs beside the caller, so that
// a caller that gives up leaves the load to those who still wait for it.
//
// The cache runs one load of a key however many ask for it. It runs on a context
// of its own, because it belongs to all of them: ended with the caller that came
// first, it would fail the others, whose time is not up.
func (s *Scoped) load(ctx context.Context, keys []key, opened bool) (map[key]*item, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	type outcome struct {
		found map[key]*item
		err   error
	}
	done := make(chan outcome, 1)
	go func() {
		// Twice the time of a load: the one that runs, and one more after
		// an invalidation.
		detached, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*s.resolver.options.LoadTimeout)
		defer cancel()
		found, err := s.resolver.cache.BulkGet(detached, keys, loader{s, opened})
		if err == nil {
			s.confirm(detached, found, opened)
		}
		done <- outcome{found, err}
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case o := <-done:
		var failed *ProviderError
		if errors.As(o.err, &failed) {
			return nil, failed
		}
		return o.found, o.err
	}
}

// confirm asks again for the answers in found that are from before the current
// epoch, and publishes all. Where the provider fails, the answer from before
// stays.
func (s *Scoped) confirm(ctx context.Context, found map[key]*item, opened bool) {
	// A refresh that was already running may have begun in the epoch
	// before; the next one has not.
	for range 2 {
		var outdated []key
		for k, it := range found {
			if it.epoch.Load() != s.epoch.Load() {
				outdated = append(outdated, k)
			}
		}
		if len(outdated) == 0 {
			break
		}
		for _, result := range <-s.resolver.cache.BulkRefresh(ctx, outdated, loader{s, opened}) {
			if result.Err == nil {
				found[result.Key] = result.Value
			}
		}
	}
	for _, it := range found {
		s.publish(it)
	}
}

// loader asks the providers for answers that the cache lacks or has to renew.
type loader struct {
	scoped *Scoped
	opened bool
}

// errSlow says why a load was given up, in the provider's place.
var errSlow = errors.New("did not answer in time")

// BulkLoad implements [otter.BulkLoader].
func (l loader) BulkLoad(ctx context.Context, keys []key) (map[key]*item, error) {
	f, err := l.fetch(ctx, keys)
	if err != nil {
		return nil, err
	}
	items := make(map[key]*item, len(keys))
	for i, k := range keys {
		items[k] = l.item(k, i, f)
	}
	return items, nil
}

// BulkReload implements [otter.BulkLoader]. Where a provider fails, what those
// before it answered is new, and the rest stays for another while.
func (l loader) BulkReload(ctx context.Context, keys []key, old []*item) (map[key]*item, error) {
	options, clock := &l.scoped.resolver.options, l.scoped.resolver.clock
	f, err := l.fetch(ctx, keys)
	pause := min(retryPause, options.CacheTTL)
	if err != nil && !f.answered() {
		for _, it := range old {
			it.postpone(clock.NowNano(), pause, f.epoch)
		}
		return nil, err
	}
	items := make(map[key]*item, len(keys))
	for i, k := range keys {
		if err != nil && f.entries[i].Status == macros.Missing {
			items[k] = old[i].kept(clock.NowNano(), pause, f.epoch)
			continue
		}
		items[k] = l.item(k, i, f)
	}
	return items, nil
}

// fetched is what one call of the providers came to.
type fetched struct {
	// seq and epoch are those of the scope when it began.
	seq, epoch uint64
	// entries are the answers, each by the link at its place. After an error, one
	// that is Missing is none.
	entries []Entry
	links   chain
}

func (f fetched) answered() bool {
	return slices.ContainsFunc(f.entries, func(e Entry) bool { return e.Status != macros.Missing })
}

// fetch asks the providers, for as long as a load may take.
func (l loader) fetch(ctx context.Context, keys []key) (fetched, error) {
	s := l.scoped
	r := s.resolver
	// Both are read before a provider is asked: an answer from before a change
	// must carry the numbers of before it, or it would pass for one from after.
	f := fetched{seq: s.loadSeq.Add(1), epoch: s.epoch.Load()}
	if !r.enter() {
		return f, ErrClosed
	}
	defer r.leave()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(r.closing, func() { cancel(ErrClosed) })()
	ctx, stop := context.WithTimeoutCause(ctx, r.options.LoadTimeout, errSlow)
	defer stop()

	aliases := make([]string, len(keys))
	for i, k := range keys {
		aliases[i] = k.alias
	}
	var err error
	if f.entries, f.links, err = r.chain.fetch(ctx, s.scope, aliases, l.opened); err != nil {
		r.outage.failed(ctx, s.scope, len(keys), err, r.clock.NowNano())
	}
	return f, err
}

// item returns what an entry is in the cache. The redactors know its value
// when it returns.
func (l loader) item(k key, i int, f fetched) *item {
	s, e := l.scoped, f.entries[i]
	o := &s.resolver.options
	it := &item{owner: s, key: k, status: e.Status, lifetime: o.NegativeTTL, from: origin{f.links[i], e.Scope, e.Version}}
	fresh := o.NegativeTTL
	switch e.Status {
	case macros.Known:
		it.lifetime, fresh = o.StaleTTL, o.CacheTTL
		if l.opened {
			// A provider may give the same Secret to several scopes.
			it.secret = s.setCurrent(k.alias, e.Secret.Fork(), f.seq)
		}
	case macros.Missing:
		s.dropCurrent(k.alias, f.seq)
	}
	now := s.resolver.clock.NowNano()
	it.askedAt = now
	it.staleAt, it.dropAt = now+int64(fresh), now+int64(it.lifetime)
	it.serveUntil.Store(it.staleAt)
	it.epoch.Store(f.epoch)
	return it
}
