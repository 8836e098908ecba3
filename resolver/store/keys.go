package store

import (
	"context"
	"strings"
)

// Progress is told how many rows of how many are done. It may be nil.
type Progress func(done, total int)

func (p Progress) tell(done, total int) {
	if p != nil {
		p(done, total)
	}
}

// reencryptBatch is how many rows change in one commit.
const reencryptBatch = 64

// rotationKey is where a row stands while rows may be under an older key.
var rotationKey = Key{Table: TableMeta, Scope: storeScope, Key: "rotation"}

// RotateKeys makes a new encryption key the primary one and encrypts all rows
// with it. Rows under older keys stay readable meanwhile and forever, so that
// older backups do too. When it is stopped half way, the next [Open] does the
// rest in the background. Other nodes use the new key within
// [Options.FlushInterval]; what they wrote until then is a case for
// [Store.Reencrypt].
func (s *Store) RotateKeys(ctx context.Context, by Actor, progress Progress) error {
	err := s.audited(ctx, by, "keys.rotate", "", "", func() error { return s.addKey(ctx, by) })
	if err != nil {
		return err
	}
	return s.Reencrypt(ctx, progress)
}

// addKey stores a keyring with a new primary key, and uses it from then on.
func (s *Store) addKey(ctx context.Context, by Actor) error {
	var next *keyring
	err := s.changeScope(ctx, storeScope, func(c *change) error {
		row, err := s.keyringRow(ctx)
		if err != nil {
			return err
		}
		if row == nil {
			return lostKeyring()
		}
		present, err := openKeyring(row, s.master)
		if err != nil {
			return err
		}
		if next, err = present.rotate(); err != nil {
			return err
		}
		wrapped, err := next.row(s.master)
		if err != nil {
			return err
		}
		c.batch.Put = append(c.batch.Put, wrapped, Row{Key: rotationKey})
		return c.audit(by.event("keys.rotate", "", "", 0))
	})
	if err != nil {
		return err
	}
	s.adopt(next)
	return nil
}

// Reencrypt encrypts the rows that are still under an older key with the
// primary one. It may run beside all other calls, and again after it was
// stopped.
func (s *Store) Reencrypt(ctx context.Context, progress Progress) error {
	scopes, err := s.backend.Scopes(ctx)
	if err != nil {
		return unavailable(err)
	}
	old := make(map[string][]Key, len(scopes))
	done, total := 0, 0
	for _, scope := range scopes {
		if old[scope], err = s.underOldKey(ctx, scope); err != nil {
			return err
		}
		total += len(old[scope])
	}
	progress.tell(done, total)
	for _, scope := range scopes {
		for keys := old[scope]; len(keys) > 0; {
			n := min(len(keys), reencryptBatch)
			if err := s.reencrypt(ctx, scope, keys[:n], s.underPrimary); err != nil {
				return err
			}
			keys = keys[n:]
			done += n
			progress.tell(done, total)
		}
	}
	if err := s.backend.Commit(ctx, Batch{Scope: storeScope, Delete: []Key{rotationKey}}); err != nil {
		return unavailable(err)
	}
	return nil
}

// finishRotation does the rest of a rotation that was stopped.
func (s *Store) finishRotation(ctx context.Context) {
	rows, err := s.backend.Find(ctx, []Key{rotationKey}, false)
	if err == nil && rows[0] != nil {
		err = s.Reencrypt(ctx, nil)
	}
	if err != nil && ctx.Err() == nil {
		s.log.WarnContext(ctx, "a rotation of the encryption key is not finished: rotate again", "store", s.Name(), "code", string(CodeOf(err)))
	}
}

// underOldKey returns the sealed rows of scope that are not under the primary
// key. A value is never under a newer key than its seal, but may be under an
// older one, so values are looked at too.
func (s *Store) underOldKey(ctx context.Context, scope string) ([]Key, error) {
	var old []Key
	for _, table := range SealedTables() {
		r := Range{Table: table, Scope: scope, Limit: reencryptBatch}
		for {
			rows, err := s.scan(ctx, r)
			if err != nil {
				return nil, err
			}
			keys := make([]Key, len(rows))
			for i := range rows {
				keys[i] = rows[i].Key
			}
			full, err := s.find(ctx, keys, true)
			if err != nil {
				return nil, err
			}
			for _, row := range full {
				if row != nil && !s.underPrimary(row) {
					old = append(old, row.Key)
				}
			}
			if len(rows) < r.Limit {
				break
			}
			r.After = rows[len(rows)-1].Key.Key
		}
	}
	return old, nil
}

func (s *Store) underPrimary(row *Row) bool {
	primary := s.keys().primary
	seal, ok := keyID(row.Seal)
	if !ok || seal != primary {
		return false
	}
	value, ok := keyID(row.Value)
	return len(row.Value) == 0 || ok && value == primary
}

// reencrypt writes rows anew, with the same content, under the primary key: those that are
// not done yet.
func (s *Store) reencrypt(ctx context.Context, scope string, keys []Key, done func(*Row) bool) error {
	return s.changeScope(ctx, scope, func(c *change) error {
		for _, key := range keys {
			row, err := c.find(key.Table, key.Key, true)
			if err != nil {
				return err
			}
			if row == nil || done(row) { // deleted or edited since
				continue
			}
			plain, binding, err := s.openValue(row)
			if err != nil {
				return err
			}
			meta, err := shownMeta(row)
			if err != nil {
				return err
			}
			if err := c.put(row, key.Table, key.Key, meta, plain, binding); err != nil {
				return err
			}
		}
		return nil
	})
}

// openValue returns what a row holds encrypted, and the binding of it; nil for
// a row without a value.
func (s *Store) openValue(row *Row) (plain, binding []byte, err error) {
	switch row.Table {
	case TableSecrets:
		r, err := decodeSecret(row)
		if err != nil {
			return nil, nil, err
		}
		plain, err = s.openPlain(row, r)
		return plain, r.binding(), err
	case TableRemainders:
		r, err := decodeRemainder(row)
		if err != nil || r.purged {
			return nil, nil, err
		}
		plain, err = s.openKept(row, r)
		return plain, r.binding(), err
	case TableTemplates, TableFlows, TableVersions:
		if row.Table == TableVersions && strings.HasPrefix(row.Key.Key, endedPrefix) {
			return nil, nil, nil
		}
		d, err := s.openDocument(row)
		return d.Definition, d.binding(), err
	}
	return nil, nil, nil
}
