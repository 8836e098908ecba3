package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
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
	if by.Request == nil {
		return false, nil
	}
	var keys []Key
	for _, hour := range repeatHours(s.now()) {
		keys = append(keys, Key{Table: TableRepeats, Scope: scope, Key: hour + "/" + hex.EncodeToString(by.Request.place[:])})
	}
	rows, err := s.backend.Find(ctx, keys, true)
	if err != nil {
		return false, unavailable(err)
	}
	for _, row := range rows {
		if row == nil {
			continue
		}
		known, err := decodeRepeat(row)
		switch {
		case err != nil:
			return false, err
		case !s.now().Before(known.at.Add(RepeatLifetime)):
			continue
		case subtle.ConstantTimeCompare(known.digest[:], by.Request.digest[:]) != 1:
			return false, refusal(KeyReused, "this Idempotency-Key was used for another request: send each request under a key of its own")
		}
		keyring := s.keys()
		answer, err := keyring.open(row.Value, keyring.valueBinding(row.Key, row.Meta))
		if err != nil || json.Unmarshal(answer, made) != nil {
			return false, damage(row.Key)
		}
		by.Request.repeated = true
		return true, nil
	}
	return false, nil
}

// once calls do, unless the request of by was carried out before. do MUST ask
// [change.repeated] in its plan: another node may be first.
func (s *Store) once(ctx context.Context, by Actor, scope string, made any, do func() error) error {
	if by.Request != nil {
		if err := s.present(); err != nil {
			return err
		}
	}
	done, err := s.repeated(ctx, by, scope, made)
	if done || err != nil {
		return err
	}
	return do()
}

// repeated is [Store.repeated] in the scope of the change.
func (c *change) repeated(by Actor, made any) (bool, error) {
	return c.s.repeated(c.ctx, by, c.batch.Scope, made)
}

// remember makes the request of by known with the change, and made as its answer.
func (c *change) remember(by Actor, made any) error {
	if by.Request == nil {
		return nil
	}
	known := int64(0)
	counts, err := c.s.backend.Counters(c.ctx, Range{
		Table: TableRepeats, Scope: c.batch.Scope, Prefix: by.Who + "/", Limit: MaxLimit,
	})
	if err != nil {
		return unavailable(err)
	}
	hours := repeatHours(c.s.now())
	for _, n := range counts {
		if _, hour, _ := strings.Cut(n.Key.Key, "/"); hour >= hours[len(hours)-1] {
			known += n.N
		}
	}
	if known >= MaxRepeats {
		return refusal(RateLimited, "the token has sent %d requests with an Idempotency-Key within a day: send no more of them now", MaxRepeats)
	}
	answer, err := json.Marshal(made)
	if err != nil {
		return refusal(Internal, "the answer cannot be kept")
	}
	r := repeat{at: c.s.now(), digest: by.Request.digest}
	hour := repeatHour(r.at)
	row := Row{
		Key:      Key{Table: TableRepeats, Scope: c.batch.Scope, Key: hour + "/" + hex.EncodeToString(by.Request.place[:])},
		Revision: c.epoch, Meta: r.encode(),
	}
	keyring := c.s.keys()
	if row.Value, err = keyring.seal(answer, keyring.valueBinding(row.Key, row.Meta)); err != nil {
		return err
	}
	c.batch.Put = append(c.batch.Put, row)
	c.batch.Count = append(c.batch.Count, Count{
		Key: Key{Table: TableRepeats, Scope: c.batch.Scope, Key: by.Who + "/" + hour}, N: 1,
	})
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
