package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

const (
	// RepeatLifetime is how long a [Request] is known after it was carried out.
	RepeatLifetime = 24 * time.Hour
	// MaxRepeats is how many requests of one token are known at once.
	MaxRepeats = 10_000
)

// Request is a request that its caller may send again because the answer to the first got
// lost: it is carried out once, and then answered as it was. Make one with
// [Store.NewRequest].
type Request struct {
	// place is made of the caller and of the key that it gave, digest of all that it
	// asks for. Both are made with a key, as what it asks for may be a value that
	// can be guessed.
	place, digest [sha256.Size]byte
	repeated      bool
}

// NewRequest returns the request of who under the key that it gave. parts are all that it
// asks for, in an order that is always the same.
func (s *Store) NewRequest(who, key string, parts ...[]byte) *Request {
	digests := s.keys().digests(s.master)
	return &Request{place: mac(digests, "place", []byte(who), []byte(key)), digest: mac(digests, "request", parts...)}
}

// Repeated reports whether the request was carried out before, and not now.
func (r *Request) Repeated() bool { return r != nil && r.repeated }

// mac returns a digest of parts that nobody can make or try without key.
func mac(key []byte, use string, parts ...[]byte) (sum [sha256.Size]byte) {
	h := hmac.New(sha256.New, key)
	for _, part := range append([][]byte{[]byte(use)}, parts...) {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(part)))
		_, _ = h.Write(size[:]) // a hash never fails
		_, _ = h.Write(part)
	}
	h.Sum(sum[:0])
	return sum
}

const repeatFormat = 1

// repeat is the meta of a row of repeats, whose value is the answer, encrypted and bound to
// it: what is put there from outside is no answer.
type repeat struct {
	at     time.Time
	digest [sha256.Size]byte
}

func (r *repeat) encode() []byte {
	var e encoder
	e.int(repeatFormat)
	e.time(r.at)
	e.bytes(r.digest[:])
	return e.buf
}

func decodeRepeat(row *Row) (repeat, error) {
	var r repeat
	d := decoder{buf: row.Meta}
	format := d.int()
	r.at = d.time()
	n := copy(r.digest[:], d.bytes())
	if d.end() != nil || format != repeatFormat || n != len(r.digest) {
		return r, damage(row.Key)
	}
	return r, nil
}

// repeatHours are the hours in which what is known now may have been done: a row is found
// by its hour and place, and what is past its time by the hour alone. The next hour is that
// of a node whose clock is ahead.
func repeatHours(now time.Time) (hours []string) {
	const n = int(RepeatLifetime / time.Hour)
	for ago := -1; ago <= n; ago++ {
		hours = append(hours, repeatHour(now.Add(-time.Duration(ago)*time.Hour)))
	}
	return hours
}

func repeatHour(at time.Time) string { return fmt.Sprintf("%08x", at.Unix()/3600) }

// repeated reports whether the request of by was carried out in scope before, and reads into
// made what was made then.
func (s *Store) repeated(ctx context.Context, by Actor, scope string, made any) (bool, error) {
	row, err := s.repeatRow(ctx, by, scope)
	if row == nil || err != nil {
		return false, err
	}
	keyring := s.keys()
	answer, err := keyring.open(row.Value, keyring.valueBinding(row.Key, row.Meta))
	if err != nil || json.Unmarshal(answer, made) != nil {
		return false, damage(row.Key)
	}
	by.Request.repeated = true
	return true, nil
}

// repeatRow returns what scope has of the request of by, or nil. It refuses a request whose
// key was given to another one.
func (s *Store) repeatRow(ctx context.Context, by Actor, scope string) (*Row, error) {
	if by.Request == nil {
		return nil, nil
	}
	var keys []Key
	for _, hour := range repeatHours(s.now()) {
		keys = append(keys, by.Request.key(scope, hour))
	}
	rows, err := s.backend.Find(ctx, keys, true)
	if err != nil {
		return nil, unavailable(err)
	}
	for _, row := range rows {
		if row == nil {
			continue
		}
		known, err := decodeRepeat(row)
		switch {
		case err != nil:
			return nil, err
		case !s.now().Before(known.at.Add(RepeatLifetime)):
			continue
		case subtle.ConstantTimeCompare(known.digest[:], by.Request.digest[:]) != 1:
			return nil, refusal(KeyReused, "this Idempotency-Key was used for another request: send each request under a key of its own")
		}
		return row, nil
	}
	return nil, nil
}

// key is where scope has what was done in an hour.
func (r *Request) key(scope, hour string) Key {
	return Key{Table: TableRepeats, Scope: scope, Key: hour + "/" + hex.EncodeToString(r.place[:])}
}

// once calls do, unless the request of by was carried out before. do MUST ask
// [change.repeated] in its plan: another node may be first.
func (s *Store) once(ctx context.Context, by Actor, scope string, made any, do func() error) error {
	if by.Request == nil {
		return do()
	}
	if err := s.present(); err != nil {
		return err
	}
	done, err := s.repeated(ctx, by, scope, made)
	if done || err != nil {
		return err
	}
	if scope == storeScope {
		return do()
	}
	drop, err := s.claim(ctx, by)
	if err != nil {
		return err
	}
	err = do()
	var refused *Error
	if errors.As(err, &refused) && refused.Code != Unavailable && refused.Code != Internal {
		drop() // what was refused may be asked for in another way
	}
	return err
}

// claim gives the key of the request of by to it, for all scopes: each scope alone knows
// what was done in it. drop gives it back, if it can.
func (s *Store) claim(ctx context.Context, by Actor) (drop func(), err error) {
	drop = func() {}
	err = s.changeScope(ctx, storeScope, func(c *change) error {
		row, err := s.repeatRow(ctx, by, storeScope)
		if row != nil || err != nil {
			return err
		}
		if err := c.remember(by, nil); err != nil {
			return err
		}
		claimed := c.batch.Put[0].Key
		drop = func() {
			_ = s.changeScope(ctx, storeScope, func(c *change) error { // it is gone in a day by itself
				hour, _, _ := strings.Cut(claimed.Key, "/")
				c.batch.Delete = append(c.batch.Delete, claimed)
				c.batch.Count = append(c.batch.Count, repeatCount(by.Who, hour, -1))
				return nil
			})
		}
		return nil
	})
	return drop, err
}

// repeated is [Store.repeated] in the scope of the change.
func (c *change) repeated(by Actor, made any) (bool, error) {
	return c.s.repeated(c.ctx, by, c.batch.Scope, made)
}

// remember makes the request of by known with the change, and made as its answer. What a
// token has is counted in one place: where its requests are made known, or their claims.
func (c *change) remember(by Actor, made any) error {
	if by.Request == nil {
		return nil
	}
	r := repeat{at: c.s.now(), digest: by.Request.digest}
	hour := repeatHour(r.at)
	if c.batch.Scope == storeScope {
		if err := c.s.mayRepeat(c.ctx, by.Who); err != nil {
			return err
		}
		c.batch.Count = append(c.batch.Count, repeatCount(by.Who, hour, 1))
	}
	answer, err := json.Marshal(made)
	if err != nil {
		return refusal(Internal, "the answer cannot be kept")
	}
	row := Row{Key: by.Request.key(c.batch.Scope, hour), Revision: c.epoch, Meta: r.encode()}
	keyring := c.s.keys()
	if row.Value, err = keyring.seal(answer, keyring.valueBinding(row.Key, row.Meta)); err != nil {
		return err
	}
	c.batch.Put = append(c.batch.Put, row)
	return nil
}

// repeatCount changes by n how many requests who has of an hour.
func repeatCount(who, hour string, n int64) Count {
	return Count{Key: Key{Table: TableRepeats, Scope: storeScope, Key: who + "/" + hour}, N: n}
}

// mayRepeat refuses a token that has sent as many requests under a key as it may.
func (s *Store) mayRepeat(ctx context.Context, who string) error {
	counts, err := s.backend.Counters(ctx, Range{Table: TableRepeats, Scope: storeScope, Prefix: who + "/", Limit: MaxLimit})
	if err != nil {
		return unavailable(err)
	}
	known, hours := int64(0), repeatHours(s.now())
	for _, n := range counts {
		if _, hour, _ := strings.Cut(n.Key.Key, "/"); hour >= hours[len(hours)-1] {
			known += n.N
		}
	}
	if known >= MaxRepeats {
		return refusal(RateLimited, "the token has sent %d requests with an Idempotency-Key within a day: send no more of them now", MaxRepeats)
	}
	return nil
}

// dropRepeats removes the requests that are past their time.
func (s *Store) dropRepeats(ctx context.Context) error {
	scopes, err := s.backend.Scopes(ctx)
	if err != nil {
		return unavailable(err)
	}
	hours := repeatHours(s.now())
	oldest := hours[len(hours)-1]
	for _, scope := range scopes {
		if err := s.dropRepeatsOf(ctx, scope, oldest); err != nil {
			return unavailable(err)
		}
	}
	return nil
}

func (s *Store) dropRepeatsOf(ctx context.Context, scope, oldest string) error {
	for {
		rows, err := s.backend.Scan(ctx, Range{Table: TableRepeats, Scope: scope, Limit: expireBatch})
		if err != nil {
			return err
		}
		batch := Batch{Scope: scope}
		for i := range rows {
			if hour, _, _ := strings.Cut(rows[i].Key.Key, "/"); hour < oldest {
				batch.Delete = append(batch.Delete, rows[i].Key)
			}
		}
		if len(batch.Delete) == 0 {
			break
		}
		if err := s.backend.Commit(ctx, batch); err != nil {
			return err
		}
		if err := pause(ctx, expireRest); err != nil {
			return err
		}
	}
	r := Range{Table: TableRepeats, Scope: scope, Limit: MaxLimit}
	for {
		counts, err := s.backend.Counters(ctx, r)
		if err != nil || len(counts) == 0 {
			return err
		}
		var moves []Move
		for _, n := range counts {
			r.After = n.Key.Key
			if _, hour, _ := strings.Cut(n.Key.Key, "/"); hour < oldest {
				moves = append(moves, Move{From: n.Key})
			}
		}
		if len(moves) > 0 {
			if err := s.backend.Fold(ctx, scope, moves); err != nil {
				return err
			}
		}
	}
}
