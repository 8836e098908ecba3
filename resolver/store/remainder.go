package store

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/sotto-render/sotto/redact"
)

// remainder is the meta of a row of remainders: a value that an edit replaced or that was
// deleted, kept for the redactor alone until its grace time ends. Its ciphertext is bound
// to this table, so that it opens nowhere else: nothing can be resolved or restored of it.
type remainder struct {
	// id, version and kind are those that the secret had.
	id      [8]byte
	version int64
	kind    Type
	// until is when the row is removed.
	until time.Time
	// purged says that there is no value: it tells other nodes to forget what the
	// alias held.
	purged bool
}

const remainderFormat = 1

// purgedKey is the end of the key of the row that tells of a purge.
const purgedKey = "purged"

func (r *remainder) encode() []byte {
	var e encoder
	e.int(remainderFormat)
	e.bytes(r.id[:])
	e.int(r.version)
	e.string(string(r.kind))
	e.time(r.until)
	e.bool(r.purged)
	return e.buf
}

func decodeRemainder(row *Row) (remainder, error) {
	var r remainder
	d := decoder{buf: row.Meta}
	d.format(remainderFormat)
	copy(r.id[:], d.bytes())
	r.version = d.int()
	r.kind = typeOf(d.bytes())
	r.until = d.time()
	r.purged = d.bool()
	if d.end() != nil {
		return r, damage(row.Key)
	}
	return r, nil
}

// binding is what ties the ciphertext to what was replaced.
func (r *remainder) binding() []byte {
	s := secretRecord{id: r.id, version: r.version, kind: r.kind}
	return s.binding()
}

// remainderKey has the alias first: those of one secret stand together. No alias holds
// a slash.
func remainderKey(alias string, r *remainder) string {
	if r.purged {
		return alias + "/" + purgedKey
	}
	return fmt.Sprintf("%s/%s/%016x", alias, hex.EncodeToString(r.id[:]), r.version)
}

// aliasOf returns the alias that the key of a remainder is about, and whether it tells of
// a purge.
func aliasOf(key string) (alias string, purged bool) {
	alias, rest, _ := strings.Cut(key, "/")
	return alias, rest == purgedKey
}

// keep adds the value of row, which find returned with it, to what is kept for the
// redactor.
func (c *change) keep(row *Row) error {
	old, err := decodeSecret(row)
	if err != nil {
		return err
	}
	plain, err := c.s.openPlain(row, old)
	if err != nil {
		return err
	}
	r := remainder{id: old.id, version: old.version, kind: old.kind, until: c.s.now().Add(c.s.grace)}
	c.s.remainders.note(c.batch.Scope, r.until)
	key := remainderKey(row.Key.Key, &r)
	var present *Row
	if !c.lacks(Key{Table: TableRemainders, Scope: c.batch.Scope, Key: key}) {
		if present, err = c.find(TableRemainders, key, false); err != nil {
			return err
		}
	}
	return c.put(present, TableRemainders, key, r.encode(), plain, r.binding())
}

// purge removes all that is kept of alias, and leaves word of it. It reports whether
// there was anything.
func (c *change) purge(alias string) (bool, error) {
	held := false
	err := c.each(TableRemainders, func(row *Row) error {
		if at, purged := aliasOf(row.Key.Key); at != alias || purged {
			return nil
		}
		held = true
		return c.delete(row)
	})
	if err != nil {
		return held, err
	}
	word := remainder{purged: true, until: c.s.now().Add(c.s.grace)}
	key := remainderKey(alias, &word)
	present, err := c.find(TableRemainders, key, false)
	if err != nil {
		return held, err
	}
	c.s.remainders.note(c.batch.Scope, word.until)
	return held, c.put(present, TableRemainders, key, word.encode(), nil, nil)
}

// openRemainder returns the value of row, which find returned with it.
func (s *Store) openRemainder(row *Row, r remainder) (redact.Secret, error) {
	plain, err := s.openKept(row, r)
	if err != nil {
		return redact.Secret{}, err
	}
	secret, err := r.kind.secret(plain)
	if err != nil {
		return redact.Secret{}, damage(row.Key)
	}
	return secret, nil
}

func (s *Store) openKept(row *Row, r remainder) ([]byte, error) {
	keys := s.keys()
	plain, err := keys.open(row.Value, keys.valueBinding(row.Key, r.binding()))
	if err != nil {
		return nil, damage(row.Key)
	}
	return plain, nil
}
