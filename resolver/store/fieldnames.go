package store

import (
	"context"
	"slices"

	"github.com/sotto-render/sotto/redact"
)

// namesKey is where a row stands once no record of the store tells of keys of JSON secrets
// that are values.
var namesKey = Key{Table: TableMeta, Scope: storeScope, Key: "names"}

// tellsValues reports whether the record shows keys that are no names, as those do that
// were written before such keys counted as values.
func (r *secretRecord) tellsValues() bool {
	return slices.ContainsFunc(r.fields, func(key string) bool { return !redact.IsFieldName(key) })
}

// names are the fields of the record that may be shown.
func (r *secretRecord) names() []string {
	return slices.DeleteFunc(slices.Clone(r.fields), func(key string) bool { return !redact.IsFieldName(key) })
}

// hideKeys writes the records anew that tell of keys that are values, once in the life
// of a store: nothing of them stays but encrypted.
func (s *Store) hideKeys(ctx context.Context) {
	rows, err := s.backend.Find(ctx, []Key{namesKey}, false)
	if err == nil && rows[0] == nil {
		err = s.hideAllKeys(ctx)
	}
	if err != nil && ctx.Err() == nil {
		s.log.WarnContext(ctx, "records that tell keys of JSON secrets are not all mended: it is tried at the next start", "store", s.Name(), "code", string(CodeOf(err)))
	}
}

func (s *Store) hideAllKeys(ctx context.Context) error {
	scopes, err := s.backend.Scopes(ctx)
	if err != nil {
		return unavailable(err)
	}
	for _, scope := range scopes {
		var telling []Key
		err := s.each(ctx, TableSecrets, scope, func(row *Row) error {
			r, err := decodeSecret(row)
			if r.tellsValues() {
				telling = append(telling, row.Key)
			}
			return err
		})
		if err != nil {
			return err
		}
		for keys := range slices.Chunk(telling, reencryptBatch) {
			if err := s.reencrypt(ctx, scope, keys, hidesNothing); err != nil {
				return err
			}
		}
	}
	if err := s.backend.Commit(ctx, Batch{Scope: storeScope, Put: []Row{{Key: namesKey}}}); err != nil {
		return unavailable(err)
	}
	return nil
}

// hidesNothing reports whether a row is to be left as it is by [Store.hideKeys].
func hidesNothing(row *Row) bool {
	r, err := decodeSecret(row)
	return err == nil && !r.tellsValues()
}

// shownMeta returns the meta with which a row is written anew.
func shownMeta(row *Row) ([]byte, error) {
	if row.Table != TableSecrets {
		return row.Meta, nil
	}
	r, err := decodeSecret(row)
	if err != nil || !r.tellsValues() {
		return row.Meta, err
	}
	r.fields = r.names()
	return r.encode(), nil
}
