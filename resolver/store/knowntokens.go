package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"sync"
	"time"
)

const (
	// DefaultTokenStaleTTL is what [Options.TokenStaleTTL] is where it is 0.
	DefaultTokenStaleTTL = 5 * time.Minute
	// tokenPatience is how long a caller waits for the store to say what a token is.
	tokenPatience = 500 * time.Millisecond
	// tokenLookTimeout bounds a look itself, which goes on behind a caller who has
	// waited long enough: a store that is slow, and not silent, answers the next one.
	tokenLookTimeout = 5 * time.Second
	// staleLogInterval is how often the log says how many tokens were taken as
	// they were.
	staleLogInterval = time.Minute
)

// errUnanswered is what a look comes to whose time is over.
var errUnanswered = &Error{Code: Unavailable, Message: "the store did not answer in time", cause: ErrUnreachable}

// tokenHash is what a token is known by.
type tokenHash = [sha256.Size]byte

// knownTokens remembers the tokens that the store knew when it was asked last.
// For ttl one is not asked about again. After it the store is asked, and where it
// cannot be reached the token stays what it was for staleTTL after the last look
// that was answered. What was looked up before a revocation was heard is never
// remembered after it.
type knownTokens struct {
	ttl, staleTTL time.Duration
	find          func(ctx context.Context, id string, hash tokenHash) (AccessToken, error)
	log           *slog.Logger
	// closing ends the looks, which running counts.
	closing context.Context
	running sync.WaitGroup

	mu sync.RWMutex
	// known :: hash -> what the last answered look said
	known map[tokenHash]seenToken
	// looks :: hash -> the look that is on its way
	looks map[tokenHash]*tokenLook
	// silent says that the last look was not answered: until one is, nobody whose
	// token is known waits for the store.
	silent bool
	// seen says that a token was known once.
	seen   bool
	closed bool
	// uses counts the tokens taken as they were, unlogged those of them that no
	// line of the log has counted, the last of which was written at logged.
	uses, unlogged int64
	logged         time.Time
}

// seenToken is what was known of a token at looked, the start of the look.
type seenToken struct {
	token  AccessToken
	looked time.Time
	// doubted says that changes may have been missed since: it is looked up before
	// it counts as fresh again.
	doubted bool
}

// tokenLook is one question to the store, for all who wait for its answer.
type tokenLook struct {
	done  chan struct{}
	token AccessToken
	err   error
}

func newKnownTokens(closing context.Context, s *Store, ttl, staleTTL time.Duration) *knownTokens {
	return &knownTokens{
		ttl: ttl, staleTTL: staleTTL, find: s.findToken, log: s.log, closing: closing,
		known: make(map[tokenHash]seenToken), looks: make(map[tokenHash]*tokenLook),
	}
}

// get returns the token with this hash and id. It returns soon after ctx ends, and
// in any case after [tokenPatience].
func (k *knownTokens) get(ctx context.Context, hash tokenHash, id string) (AccessToken, error) {
	k.mu.RLock()
	seen, ok := k.known[hash]
	k.mu.RUnlock()
	if ok && !seen.doubted && time.Since(seen.looked) < k.ttl {
		return seen.token, nil
	}
	look, token := k.look(hash, id)
	if token != nil {
		return *token, nil
	}
	patience := time.NewTimer(tokenPatience)
	defer patience.Stop()
	select {
	case <-look.done:
		if !errors.Is(look.err, ErrUnreachable) {
			return look.token, look.err
		}
	case <-ctx.Done():
		return AccessToken{}, unavailable(ctx.Err())
	case <-patience.C:
	}
	return k.stale(hash, look)
}

// look joins or starts a look, or returns at once the token as it was, while the
// store is known to be silent.
func (k *knownTokens) look(hash tokenHash, id string) (*tokenLook, *AccessToken) {
	k.mu.Lock()
	defer k.mu.Unlock()
	look := k.looks[hash]
	token, honoured := k.honoured(hash)
	waits := !k.silent || !honoured
	// One look at a time is enough to find out that the store answers again.
	if look == nil && (waits || len(k.looks) == 0) {
		look = k.start(hash, id)
	}
	if waits {
		return look, nil
	}
	k.use()
	return nil, &token
}

// start begins a look. The caller has the lock.
func (k *knownTokens) start(hash tokenHash, id string) *tokenLook {
	look := &tokenLook{done: make(chan struct{})}
	if k.closed {
		look.err = refusal(Unavailable, "the store is closed")
		close(look.done)
		return look
	}
	k.looks[hash] = look
	k.running.Go(func() {
		// It belongs to all who wait for it, and to none of them.
		ctx, cancel := context.WithTimeout(k.closing, tokenLookTimeout)
		defer cancel()
		start := time.Now()
		token, err := k.find(ctx, id, hash)
		if ctx.Err() != nil {
			err = errUnanswered
		}
		look.token, look.err = token, err
		k.answered(hash, look, start)
		close(look.done)
	})
	return look
}

// answered takes in what came of a look that began at start.
func (k *knownTokens) answered(hash tokenHash, look *tokenLook, start time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.silent = errors.Is(look.err, ErrUnreachable); !k.silent {
		k.logUses(k.unlogged > 0)
	}
	// A look that was let go began before a change was heard, and may not know it.
	if k.looks[hash] != look {
		return
	}
	delete(k.looks, hash)
	switch {
	case look.err == nil:
		k.remember(hash, seenToken{token: look.token, looked: start})
	case !k.silent:
		delete(k.known, hash)
	}
}

// remember keeps what is known of one token, and in a full memory lets another go.
func (k *knownTokens) remember(hash tokenHash, seen seenToken) {
	// One by one, whichever: emptied as a whole, a memory of a few too many would
	// be filled anew again and again.
	if _, ok := k.known[hash]; !ok {
		for old := range k.known {
			if len(k.known) < maxCachedTokens {
				break
			}
			delete(k.known, old)
		}
	}
	k.known[hash], k.seen = seen, true
}

// stale returns the token as it was, after a look that was not answered.
func (k *knownTokens) stale(hash tokenHash, look *tokenLook) (AccessToken, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	// Asked now, and not before the wait: a revocation may have come meanwhile.
	token, ok := k.honoured(hash)
	select {
	case <-look.done:
		if !ok {
			return AccessToken{}, look.err
		}
	default:
		k.silent = true
		if !ok {
			return AccessToken{}, errUnanswered
		}
	}
	k.use()
	return token, nil
}

// honoured returns a token that is taken as it was while the store cannot be
// reached. One that may administrate is not: what it can do lasts. The caller has
// the lock.
func (k *knownTokens) honoured(hash tokenHash) (AccessToken, bool) {
	seen, ok := k.known[hash]
	if !ok || seen.token.Role == Admin || time.Since(seen.looked) >= k.staleTTL {
		return AccessToken{}, false
	}
	return seen.token, true
}

// use counts one token that was taken as it was. The caller has the lock.
func (k *knownTokens) use() {
	k.uses++
	k.unlogged++
	k.logUses(time.Since(k.logged) >= staleLogInterval)
}

// logUses writes a line if it is due. The caller has the lock.
func (k *knownTokens) logUses(due bool) {
	if !due {
		return
	}
	k.log.Warn("tokens were taken as they were last seen, because the store cannot be reached", "uses", k.unlogged, "token_stale_ttl", k.staleTTL.String())
	k.unlogged, k.logged = 0, time.Now()
}

// drop forgets the token with this id, which was changed or revoked.
func (k *knownTokens) drop(id string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for hash, seen := range k.known {
		if seen.token.ID == id {
			delete(k.known, hash)
		}
	}
	k.letGo()
}

// doubt has every token looked up before it counts as fresh again: changes may have
// been missed, and can be heard again.
func (k *knownTokens) doubt() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for hash, seen := range k.known {
		seen.doubted = true
		k.known[hash] = seen
	}
	k.letGo()
}

// forget knows no token any more.
func (k *knownTokens) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	clear(k.known)
	k.letGo()
}

// letGo leaves the looks on their way to those who wait for them already: they
// began before what was heard just now. The caller has the lock.
func (k *knownTokens) letGo() {
	clear(k.looks)
	// What is heard comes from the store.
	k.silent = false
}

// answers reports whether a node whose store cannot be reached can say yes to a
// token: to one it knows, or, where it never knew any, to that of its own.
func (k *knownTokens) answers(now time.Time) bool {
	k.mu.RLock()
	defer k.mu.RUnlock()
	for hash := range k.known {
		if token, ok := k.honoured(hash); ok && !expired(&token, now) {
			return true
		}
	}
	return !k.seen
}

// staleUses returns how many tokens were taken as they were.
func (k *knownTokens) staleUses() int64 {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.uses
}

// close starts no look any more and waits for those on their way, whose context
// has ended.
func (k *knownTokens) close() {
	k.mu.Lock()
	k.closed = true
	k.mu.Unlock()
	k.running.Wait()
}
