package store

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
)

// Options configures a [Store]. Backend and Key are required.
type Options struct {
	// Backend keeps the rows. The store closes it.
	Backend Backend
	// Key is where the master key comes from: [KeyFile] or [KeyText].
	Key KeySource
	// ID, if not "", is [Store.ID] of the store that must be there. In its
	// place another one is an error, and so is none.
	ID string
	// Existing says that a store must be there: an empty backend is an error,
	// and does not become a store.
	Existing bool
	// AdminToken, if not zero, authenticates as an admin of all scopes
	// without being stored; its id is "admin". It must have at least 16
	// bytes.
	AdminToken redact.Secret
	// FlushInterval is how long counted uses may stay in memory, and a key
	// that another node made may go unused; 0 means 2 seconds.
	FlushInterval time.Duration
	// TokenTTL is how long another node's revocation of a token, or edit of
	// a template, may go unnoticed; 0 means 2 seconds.
	TokenTTL time.Duration
	// TokenStaleTTL is how long a token stays what it was while the backend cannot
	// be reached, counted from the last look at it that was answered: not for the
	// role admin, and not past its own expiry or a revocation that was heard. 0
	// means [DefaultTokenStaleTTL]; with a negative one tokens fail as soon as the
	// backend does.
	TokenStaleTTL time.Duration
	// Grace is how long a value is kept for the redactor that was replaced, archived
	// or deleted; 0 means [redact.DefaultGrace].
	Grace time.Duration
	// AuditRetention is how old audit rows, and counts of uses, may become; a
	// negative one keeps all of them, and 0 keeps uses by the minute too. See
	// [Store.Expire].
	AuditRetention time.Duration
	// ExpireInterval is how often that is looked for, about; 0 means 1 hour.
	ExpireInterval time.Duration
	// Logger receives failures of background work; nil discards them.
	Logger *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Bounds of what is kept in memory, in items.
const (
	maxCachedTokens    = 10_000
	maxCachedDocuments = 256
	// maxEmptyScopes is how many scopes without rows are remembered: callers
	// may ask for any.
	maxEmptyScopes = 100_000
)

// closeTimeout bounds how long Close waits for a backend that does not answer.
const closeTimeout = 5 * time.Second

const minAdminTokenBytes = 16

// Store keeps secrets, tokens, templates and the audit trail. It is safe for
// concurrent use.
type Store struct {
	backend Backend
	master  *masterKey
	ring    atomic.Pointer[keyring]
	// rings is held while the keyring is replaced.
	rings sync.Mutex
	// lost says that the backend did not hold this store when it was last
	// looked for.
	lost atomic.Pointer[Error]
	// refused :: scope that fails its check -> whether that is a lost edit
	refused sync.Map
	// missed says that changes may have been missed since the last recheck.
	missed atomic.Bool
	states sync.Map // scope -> *scopeState
	// emptyScopes counts the states of scopes that were never written.
	emptyScopes atomic.Int64
	admin       *[sha256.Size]byte
	now         func() time.Time
	log         *slog.Logger

	tokens    *knownTokens
	documents *cache[Key, Document]
	sessions  *cache[Key, Session]
	listeners listeners
	uses      uses
	refusals  refusals
	// retention is [Options.AuditRetention].
	retention time.Duration
	// grace is [Options.Grace].
	grace      time.Duration
	remainders *remainders
	expired    struct {
		mu    sync.Mutex
		total Expired
	}

	unwatch func()
	// stop ends the background work, which Close waits for.
	stop       context.CancelFunc
	background sync.WaitGroup
	closed     sync.Once
}

var (
	_ resolver.Provider = (*Store)(nil)
	_ resolver.Lister   = (*Store)(nil)
	_ resolver.Keeper   = (*Store)(nil)
	_ resolver.Notifier = (*Store)(nil)
	_ resolver.Hearer   = (*Store)(nil)
	_ resolver.Checker  = (*Store)(nil)
	_ resolver.Scoper   = (*Store)(nil)

	_ resolver.Discloser    = (*Store)(nil)
	_ resolver.OwnDiscloser = (*Store)(nil)
)

// Open opens the store that backend holds, or makes one in an empty backend,
// unless ID or Existing forbid it.
// A master key that is missing or is not the one that wrapped the data is an
// error that names the key id that the data needs. Where Open fails, the
// backend is not closed.
func Open(ctx context.Context, o Options) (*Store, error) {
	s := &Store{
		backend: o.Backend, now: o.Now, log: o.Logger,
		unwatch: func() {},
		grace:   cmp.Or(o.Grace, redact.DefaultGrace), remainders: newRemainders(),
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.log = redact.TrustLogger(s.log, "store", "code", "took", "audit_rows", "minutes_of_use", "hours_of_use", "days_of_use")
	ttl, interval := o.TokenTTL, o.FlushInterval
	if ttl == 0 {
		ttl = 2 * time.Second
	}
	if interval == 0 {
		interval = 2 * time.Second
	}
	s.documents = newCache[Key, Document](ttl, maxCachedDocuments)
	s.sessions = newCache[Key, Session](ttl, maxCachedTokens)
	if admin := o.AdminToken.Reveal(); admin != "" {
		if len(admin) < minAdminTokenBytes {
			return nil, refusal(InvalidRequest, "the admin token is too short: it needs at least %d bytes of random text", minAdminTokenBytes)
		}
		sum := sha256.Sum256([]byte(admin))
		s.admin = &sum
	}
	if err := s.openKeys(ctx, o); err != nil {
		return nil, err
	}
	background, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.tokens = newKnownTokens(background, s, ttl, cmp.Or(o.TokenStaleTTL, DefaultTokenStaleTTL))
	if w, ok := o.Backend.(Watcher); ok {
		s.unwatch = w.Watch(s.heard)
	}
	s.background.Go(func() { s.every(background, interval) })
	s.background.Go(func() { s.finishRotation(background); s.hideKeys(background) })
	s.background.Go(func() { s.forgetting(background) })
	if s.retention = o.AuditRetention; s.retention != 0 {
		s.background.Go(func() { s.expiring(background, cmp.Or(o.ExpireInterval, expireEvery)) })
	}
	return s, nil
}

// openKeys opens the keyring, or makes one in an empty backend.
func (s *Store) openKeys(ctx context.Context, o Options) error {
	row, err := s.keyringRow(ctx)
	if err != nil {
		return err
	}
	if row == nil {
		if o.ID != "" || o.Existing {
			return s.absence(o.ID)
		}
		if s.master, err = o.Key.load(nil, s.log); err != nil {
			return err
		}
		if err = s.foundKeys(ctx); err == nil || !errors.Is(err, ErrConflict) {
			return err
		}
		// Another node made the keyring a moment ago.
		if row, err = s.keyringRow(ctx); err != nil {
			return err
		}
		if row == nil {
			return lostKeyring()
		}
	}
	needs, err := readKeyringNeeds(row)
	if err != nil {
		return err
	}
	if id := hex.EncodeToString(needs.storeID); o.ID != "" && id != o.ID {
		return refusal(Internal, "%s holds store %s, and not store %s, which this node belongs to: put that one back, or point this node at it", s.backend.Name(), id, o.ID)
	}
	if s.master, err = o.Key.load(needs.masters, s.log); err != nil {
		return err
	}
	ring, err := openKeyring(row, s.master)
	if err != nil {
		return err
	}
	s.adopt(ring)
	return nil
}

// absence is the error about a backend without a store where there must be one.
func (s *Store) absence(id string) *Error {
	if id == "" {
		none := refusal(Internal, "%s holds no store: name the one that a server uses, or start a server to make one", s.backend.Name())
		none.cause = ErrAbsent
		return none
	}
	return refusal(Internal, "%s holds no store, and this node belongs to store %s: put it back from a backup, or point this node at it", s.backend.Name(), id)
}

// ID returns the store's identity, 32 hexadecimal digits that never change.
func (s *Store) ID() string { return hex.EncodeToString(s.keys().storeID) }

func (s *Store) keyringRow(ctx context.Context) (*Row, error) {
	rows, err := s.backend.Find(ctx, []Key{keyringKey}, true)
	if err != nil {
		return nil, unavailable(err)
	}
	return rows[0], nil
}

// foundKeys makes the first keyring. A backend that has rows already has lost
// its own, and must not get another.
func (s *Store) foundKeys(ctx context.Context) error {
	scopes, err := s.backend.Scopes(ctx)
	if err != nil {
		return unavailable(err)
	}
	if len(scopes) > 0 {
		return refusal(Internal, "the store has records but no keyring: restore it from a backup")
	}
	ring, err := newKeyring()
	if err != nil {
		return err
	}
	row, err := ring.row(s.master)
	if err != nil {
		return err
	}
	head, err := ring.sealHead(storeScope, 1, summary{})
	if err != nil {
		return err
	}
	if err := s.backend.Commit(ctx, Batch{Scope: storeScope, Head: &head, Put: []Row{row, {Key: namesKey}}}); err != nil {
		return unavailable(err)
	}
	s.adopt(ring)
	return nil
}

// keys returns the present keyring.
func (s *Store) keys() *keyring { return s.ring.Load() }

// reloadKeys reads the keyring again, after another node rotated it, and notes
// whether it is this store's.
func (s *Store) reloadKeys(ctx context.Context) error {
	row, err := s.keyringRow(ctx)
	if err != nil {
		return err
	}
	if err := s.identify(row); err != nil {
		return err
	}
	ring, err := openKeyring(row, s.master)
	if err != nil {
		return err
	}
	s.adopt(ring)
	return nil
}

// identify notes whether row, which stands in the keyring's place, is of this
// store. While it is not, nothing of the backend is believed.
func (s *Store) identify(row *Row) error {
	var lost *Error
	if row == nil {
		lost = lostKeyring()
	} else if needs, err := readKeyringNeeds(row); err != nil {
		return err
	} else if !bytes.Equal(needs.storeID, s.keys().storeID) {
		lost = refusal(Internal, "another store stands in the place of this one: put this one back, or start again to use the other")
	}
	s.lost.Store(lost)
	if lost != nil {
		return lost
	}
	return nil
}

// present returns why the backend is not believed, or nil.
func (s *Store) present() error {
	if lost := s.lost.Load(); lost != nil {
		// A copy: whoever is given it adds what it asked for.
		e := *lost
		return &e
	}
	return nil
}

func lostKeyring() *Error {
	return refusal(Internal, "the store has lost its keyring, and with it all that it held: restore it from a backup")
}

// adopt uses ring, unless the present one is newer: keys are only ever added.
func (s *Store) adopt(ring *keyring) {
	s.rings.Lock()
	defer s.rings.Unlock()
	if present := s.ring.Load(); present == nil || ring.handle.Len() > present.handle.Len() {
		s.ring.Store(ring)
	}
}

// every does the regular work until ctx ends: it writes what was counted, and looks
// whether another node rotated the key.
func (s *Store) every(ctx context.Context, interval time.Duration) {
	_, shared := s.backend.(Watcher)
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		err := errors.Join(s.flush(ctx), s.flushRefusals(ctx, false))
		if shared {
			err = errors.Join(err, s.reloadKeys(ctx))
			if err == nil && s.missed.Swap(false) {
				if err = s.recheck(ctx); err != nil {
					s.missed.Store(true)
				}
			}
		}
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !failing:
			s.log.WarnContext(ctx, "the store does not answer; uses of secrets and refusals are kept to be written later", "store", s.Name(), "code", string(CodeOf(err)))
		case err == nil && failing:
			s.log.InfoContext(ctx, "the store answers again", "store", s.Name())
		}
		failing = err != nil
	}
}

// Close writes the uses and refusals counted so far and closes the backend.
func (s *Store) Close() error {
	var err error
	s.closed.Do(func() {
		s.unwatch()
		s.stop()
		s.tokens.close()
		s.background.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
		defer cancel()
		err = errors.Join(s.flush(ctx), s.flushRefusals(ctx, true), s.backend.Close())
	})
	return err
}

// Name returns "store:" and the name of the backend.
func (s *Store) Name() string { return "store:" + s.backend.Name() }
