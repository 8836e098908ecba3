package resolver

import (
	"context"
	"slices"
	"sync"
	"time"
)

// unused makes the process's redactor know what providers hold that nobody was given:
// a caller may send such a value, as the id of its request, before anyone resolves it.
// Values come from [OwnDiscloser] and [Discloser]s alone, which tell them at little cost.
// What the forms of all take is bounded as that of retired values.
type unused struct {
	resolver *Resolver
	links    chain

	mu sync.Mutex
	// marked are the secrets that changed since they were asked for; all says that any
	// may have. asked counts the marks, done those that were taken in.
	marked      map[place]struct{}
	all         bool
	asked, done uint64
	// learnt ends that the redactor is learning; nil while nothing is left to be asked for.
	learnt func()
	// woken is told of marks; taken is closed when more are done.
	woken, taken chan struct{}

	// The goroutine alone has what follows. held :: where -> alias -> its values
	held map[heldScope]map[string][]heldValue
	// ends is when the first of held is to be forgotten; zero for never. all is not asked
	// for before again.
	ends, again time.Time
}

// place is where a secret is.
type place struct {
	scope Scope
	alias string
}

// heldScope is a scope in which a provider has secrets.
type heldScope struct {
	link  *link
	scope Scope
}

const (
	// unusedPause is how long after a failure, or after all was asked for, all is asked
	// for again at the earliest.
	unusedPause = time.Second
	// unusedShare is how many times as long as the asking took.
	unusedShare = 20
)

func newUnused(r *Resolver) *unused {
	u := &unused{resolver: r, all: true, woken: make(chan struct{}, 1), taken: make(chan struct{}), held: make(map[heldScope]map[string][]heldValue)}
	for _, l := range r.chain {
		if _, ok := l.Provider.(Discloser); ok {
			u.links = append(u.links, l)
		}
	}
	u.asked = 1 // all, which is there now
	u.learnt = r.options.Redactor.Learning()
	return u
}

// mark notes a change. The redactor is learning when it returns: who made the change is
// told that it is made after that.
func (u *unused) mark(c Change) {
	if u == nil {
		return
	}
	u.mu.Lock()
	u.asked++
	if u.learnt == nil && !c.Purged {
		u.learnt = u.resolver.options.Redactor.Learning()
	}
	if c.Alias == "" || len(u.marked) == maxMarked {
		u.all = true
	} else {
		if u.marked == nil {
			u.marked = make(map[place]struct{})
		}
		u.marked[place{c.Scope, c.Alias}] = struct{}{}
	}
	u.mu.Unlock()
	select {
	case u.woken <- struct{}{}:
	default:
	}
}

// AwaitKnown returns when [Options.Redactor] knows what was there, and had changed, when
// it was called; or with ctx. Without [Options.KnowUnused] it returns at once.
func (r *Resolver) AwaitKnown(ctx context.Context) {
	u := r.unused
	if u == nil {
		return
	}
	u.mu.Lock()
	want := u.asked
	u.mu.Unlock()
	for {
		u.mu.Lock()
		done, taken := u.done, u.taken
		u.mu.Unlock()
		if done >= want {
			return
		}
		select {
		case <-taken:
		case <-ctx.Done():
			return
		case <-r.closing.Done():
			return
		}
	}
}

// follow takes changes in until the resolver is closed.
func (u *unused) follow() {
	defer u.resolver.leave()
	ctx := u.resolver.closing
	for ctx.Err() == nil {
		var timer <-chan time.Time
		if next := u.takeIn(ctx); !next.IsZero() {
			timer = time.After(time.Until(next))
		}
		select {
		case <-ctx.Done():
		case <-timer:
		case <-u.woken:
		}
	}
}

// takeIn asks for what changed and forgets what is past its time. It returns when there
// is more to do; zero for never.
func (u *unused) takeIn(ctx context.Context) (next time.Time) {
	start := time.Now()
	u.mu.Lock()
	marked, all, asked := u.marked, u.all && !start.Before(u.again), u.asked
	u.marked, u.all = nil, u.all && !all
	u.mu.Unlock()
	failed := u.ask(ctx, marked, all)
	if all || failed {
		u.again = start.Add(max(unusedPause, unusedShare*time.Since(start)))
	}
	u.expire(time.Now())
	u.mu.Lock()
	defer u.mu.Unlock()
	// Who waits need not wait for a provider that fails: it is asked again.
	u.all = u.all || failed
	u.done = asked
	if !u.all && len(u.marked) == 0 && u.learnt != nil {
		u.learnt()
		u.learnt = nil
	}
	close(u.taken)
	u.taken = make(chan struct{})
	if next = u.ends; u.all && (next.IsZero() || u.again.Before(next)) {
		next = u.again
	}
	return next
}

// ask asks for the secrets that changed, or for all, and reports whether something could
// not be asked for.
func (u *unused) ask(ctx context.Context, marked map[place]struct{}, all bool) (failed bool) {
	for _, l := range u.links {
		own, ok := l.Provider.(OwnDiscloser)
		if all {
			scopes := []Scope{l.Scope}
			if ok {
				found, err := own.Scopes(ctx, l.Scope)
				scopes, failed = found, failed || err != nil
			}
			for at := range u.held {
				// What a scope that is gone held is asked for too, and then gone.
				if at.link == l {
					scopes = append(scopes, at.scope)
				}
			}
			slices.Sort(scopes)
			for _, scope := range slices.Compact(scopes) {
				failed = u.askFor(ctx, l, scope, nil) != nil || failed
			}
		}
		for at := range marked {
			scope := at.scope
			if !ok {
				scope = l.Scope
			}
			if l.Scope.Covers(scope) {
				failed = u.askFor(ctx, l, scope, []string{at.alias}) != nil || failed
			}
		}
	}
	return failed
}

// askFor asks one provider for secrets of one scope; nil for all that it has there.
func (u *unused) askFor(ctx context.Context, l *link, scope Scope, aliases []string) (err error) {
	defer func() {
		if recover() != nil {
			err = errPanic
		}
	}()
	ctx, stop := context.WithTimeoutCause(ctx, time.Minute, errSlow)
	defer stop()
	told := make(map[string][]heldValue)
	tell := func(d Disclosure) {
		if d.Err != nil {
			return // whoever loads the scope hears of it
		}
		d.Secret = d.Secret.Named(d.Alias)
		u.resolver.process.keep(d.Secret)
		told[d.Alias] = append(told[d.Alias], heldValue{d.Secret, d.Until})
	}
	disclose := l.Provider.(Discloser).Disclose
	own, keeps := l.Provider.(OwnDiscloser)
	if keeps {
		disclose = own.DiscloseOwn
	}
	if err := disclose(ctx, scope, aliases, tell); err != nil {
		for _, values := range told {
			u.letGo(values, true)
		}
		return err
	}
	// Only now: a value that is told again is never unknown in between.
	at := heldScope{l, scope}
	held := u.held[at]
	if aliases == nil {
		for alias := range held {
			aliases = append(aliases, alias)
		}
	}
	for _, alias := range aliases {
		u.replace(held[alias], told[alias], keeps)
		delete(held, alias)
	}
	for alias, values := range told {
		if held == nil {
			held = make(map[string][]heldValue)
			u.held[at] = held
		}
		held[alias] = values
		for _, v := range values {
			u.note(v.until)
		}
	}
	if len(held) == 0 {
		delete(u.held, at)
	}
	return nil
}

// note says that something is to be forgotten then; zero for never.
func (u *unused) note(until time.Time) {
	if !until.IsZero() && (u.ends.IsZero() || until.Before(u.ends)) {
		u.ends = until
	}
}

// replace lets go of what was told before. A value that is told no more stays known for
// the grace time, unless the provider keeps its values for that time by itself.
func (u *unused) replace(before, now []heldValue, keeps bool) {
	for _, value := range before {
		again := slices.ContainsFunc(now, func(next heldValue) bool { return sameValue(value.secret, next.secret) })
		u.letGo([]heldValue{value}, again || keeps)
	}
}

func (u *unused) letGo(values []heldValue, forget bool) {
	for _, value := range values {
		if forget {
			u.resolver.process.forgetKept(value.secret)
		} else {
			u.resolver.process.letGo(value.secret)
		}
	}
}

// expire forgets what is past its time.
func (u *unused) expire(now time.Time) {
	if u.ends.IsZero() || now.Before(u.ends) {
		return
	}
	u.ends = time.Time{}
	for _, held := range u.held {
		for alias, values := range held {
			left := values[:0:0]
			for _, v := range values {
				if !v.until.IsZero() && !now.Before(v.until) {
					u.letGo([]heldValue{v}, true)
					continue
				}
				left = append(left, v)
				u.note(v.until)
			}
			if held[alias] = left; len(left) == 0 {
				delete(held, alias)
			}
		}
	}
}
