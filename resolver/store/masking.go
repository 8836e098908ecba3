package store

import (
	"context"
	"slices"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
)

// maxUnmasked bounds the fields that a record leaves unmasked.
const maxUnmasked = 64

// Masking is what a redactor makes of a value. It is for admins alone: to others it would
// tell that a password is one of a few hundred words.
type Masking struct {
	// Weak are the parts of the value that are masked less than others.
	Weak []redact.Weakness
	// Unmasked are the fields that free text shows, in order.
	Unmasked []string
}

// masking returns what is told of a value.
func masking(secret redact.Secret) *Masking {
	return &Masking{Weak: secret.Weaknesses(), Unmasked: secret.Unmasked()}
}

// AddMasking gives each of list, which are secrets of one scope, its Masking. It opens
// their values. One that is gone meanwhile gets none.
func (s *Store) AddMasking(ctx context.Context, scope resolver.Scope, list []Metadata) error {
	keys := make([]Key, len(list))
	for i := range list {
		alias, _ := macros.Canonical(list[i].Alias)
		keys[i] = Key{Table: TableSecrets, Scope: string(scope), Key: alias}
	}
	rows, err := s.find(ctx, keys, true)
	if err != nil {
		return err
	}
	for i, row := range rows {
		if row == nil {
			continue
		}
		r, err := decodeSecret(row)
		if err != nil {
			return err
		}
		secret, err := s.openSecret(row, r)
		if err != nil {
			return err
		}
		list[i].Masking = masking(secret)
	}
	return nil
}

// setUnmasked makes fields those that free text shows of the record, whose value has the
// plain form; nil is the default.
func (r *secretRecord) setUnmasked(fields []string, plain []byte) error {
	if fields == nil {
		r.unmasked = nil
		return nil
	}
	if len(fields) > maxUnmasked {
		return refusal(InvalidRequest, "more than %d fields are to be unmasked", maxUnmasked).field("unmasked")
	}
	secret, err := r.kind.secret(plain)
	if err != nil {
		return refusal(Internal, "the value cannot be read")
	}
	present := fieldsBelow(secret.Tree(), nil)
	for _, field := range fields {
		if !slices.Contains(present, field) {
			return refusal(InvalidRequest, "a field that is to be unmasked is none of the secret's").field("unmasked")
		}
		if !redact.MayUnmask(field) {
			return refusal(InvalidRequest, "field %q names a secret, which is never unmasked", field).field("unmasked")
		}
	}
	r.unmasked = append(make([]string, 0, len(fields)), fields...) // not nil: none is a choice
	slices.Sort(r.unmasked)
	r.unmasked = slices.Compact(r.unmasked)
	return nil
}

// fieldsBelow appends the keys of all objects in tree that are names.
func fieldsBelow(tree any, fields []string) []string {
	switch tree := tree.(type) {
	case []any:
		for _, v := range tree {
			fields = fieldsBelow(v, fields)
		}
	case map[string]any:
		for key, v := range tree {
			if redact.IsFieldName(key) {
				fields = append(fields, key)
			}
			fields = fieldsBelow(v, fields)
		}
	}
	return fields
}
