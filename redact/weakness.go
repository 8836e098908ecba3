package redact

import (
	"hash/maphash"
	"slices"
	"strings"
)

// Weakness says that a value, or a field of it, is masked less than others are.
type Weakness struct {
	// Field is the field of credentials or of JSON; "" for the value itself.
	Field string
	// Common says that the value is a word that half of all logs hold: it is masked only
	// behind a key that names a secret. Any other is short, under 8 bytes: it is masked
	// at the boundaries of words alone.
	Common bool
}

// weakBytes is the length in bytes from which on a value is masked wherever it stands.
const weakBytes = 8

// Weaknesses returns which parts of the secret are common values or under 8 bytes: the
// text of a token, the password of credentials, and the fields of JSON that name a secret,
// in order. Whoever may not know the value MUST NOT be told.
func (s Secret) Weaknesses() []Weakness {
	var weak []Weakness
	note := func(field, text string) {
		text = strings.TrimSpace(text)
		if common := isCommon(text); common || len(text) < weakBytes {
			weak = append(weak, Weakness{Field: field, Common: common})
		}
	}
	switch c := s.content(); c.kind {
	case Credentials:
		password, _ := c.tree.(map[string]any)["password"].(string)
		note("password", password)
	case JSON:
		weakFields(c.tree, note)
	default:
		if tree, ok := c.tree.(string); ok {
			note("", tree)
		}
	}
	slices.SortFunc(weak, func(a, b Weakness) int { return strings.Compare(a.Field, b.Field) })
	return slices.Compact(weak)
}

func weakFields(tree any, note func(field, text string)) {
	switch t := tree.(type) {
	case []any:
		for _, v := range t {
			weakFields(v, note)
		}
	case map[string]any:
		for key, v := range t {
			if text, ok := v.(string); ok && text != "" && IsFieldName(key) && namesSecret(key) {
				note(key, text)
			}
			weakFields(v, note)
		}
	}
}

// MayUnmask reports whether a field may be left unmasked by [Secret.Unmask]: not one that
// names a secret, such as a password or a key.
func MayUnmask(field string) bool { return IsFieldName(field) && !namesSecret(field) }

// Hash returns a hash of all by which a [Redactor] tells s from others: its value, its
// names where it is a common one, and its unmasked fields.
func (s Secret) Hash(seed maphash.Seed) uint64 {
	if s.payload == nil {
		return 0
	}
	id := s.payload.identity()
	id.root = nil
	return maphash.Comparable(seed, id)
}
