package request

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// Pinned is what a reference yields in every render and evaluation of one
// request.
type Pinned struct {
	// Value is a field of [redact.Secret.Tree], or the whole of it.
	Value any
	// Secret is what Value stands in; the zero Secret in a preview.
	Secret redact.Secret
	// Code and Message say why the reference yields nothing; "" where it does.
	Code, Message string
}

// Pin returns what ref, whose path is written out, yields. The request must
// know its alias.
func (s *Secrets) Pin(ref *macros.Reference) Pinned {
	at, _ := s.aliases.find(ref.Alias)
	if ref.Asked {
		return s.presence(ref, at)
	}
	if code, message := absence(ref.Alias, s.status[at]); code != "" {
		return Pinned{Code: code, Message: message}
	}
	if s.preview {
		return Pinned{Value: Placeholder(ref)}
	}
	secret := s.values[at]
	if code, message := fieldProblem(secret, ref); code != "" {
		return Pinned{Code: code, Message: message}
	}
	found, _ := Field(secret, ref.Path)
	return Pinned{Value: found, Secret: secret}
}

// Index returns the place of alias in Values, and false where the request has
// not looked it up.
func (s *Secrets) Index(alias string) (int, bool) {
	at, ok := s.aliases.find(alias)
	return at, ok
}

// Values returns all that was resolved; nothing in a preview. It must not be
// changed.
func (s *Secrets) Values() []redact.Secret { return s.values }

// Status says what is known of a canonical alias; Undeclared is one that the
// request's declaration leaves out.
func (s *Secrets) Status(alias string) macros.Status {
	if s.declared != nil && !s.declared[alias] {
		return macros.Undeclared
	}
	at, ok := s.aliases.find(alias)
	if !ok {
		return macros.Missing
	}
	return s.status[at]
}

// Secret returns the value of a Known alias. A preview has none.
func (s *Secrets) Secret(alias string) redact.Secret {
	at, _ := s.aliases.find(alias)
	return s.values[at]
}

// Declares reports whether the request declares alias: only then data may name
// it.
func (s *Secrets) Declares(alias string) bool { return s.declared[alias] }

// Declared returns the aliases that data may name, in no order.
func (s *Secrets) Declared() []string {
	aliases := make([]string, 0, len(s.declared))
	for alias := range s.declared {
		aliases = append(aliases, alias)
	}
	return aliases
}

// Placeholder is what a preview shows for ref. It is built from the names of
// the reference, so that it tells nothing of a value.
func Placeholder(ref *macros.Reference) string {
	if ref.Computed != nil {
		return "[secrets]"
	}
	name := "[secrets." + ref.Alias
	if len(ref.Path) > 0 {
		if ref.Path[0].Index == nil {
			name += "."
		}
		name += ref.Field()
	}
	return name + "]"
}

// absence returns why a secret of this status cannot be used, or "".
func absence(alias string, status macros.Status) (code, message string) {
	switch status {
	case macros.Missing:
		return SecretMissing, "secret " + strconv.Quote(alias) + " does not exist in this scope: create it or correct the name"
	case macros.Archived:
		return SecretArchived, "secret " + strconv.Quote(alias) + " is archived: restore it or use another"
	}
	return "", ""
}

// fieldProblem returns why ref does not lead to a value inside secret, or "".
func fieldProblem(secret redact.Secret, ref *macros.Reference) (code, message string) {
	kind := secret.Kind()
	if len(ref.Path) == 0 {
		if kind == redact.Credentials && !ref.Whole {
			return FieldRequired, "secret " + strconv.Quote(ref.Alias) + " is a username and a password: write .username or .password behind it"
		}
		return "", ""
	}
	if _, ok := Field(secret, ref.Path); ok {
		return "", ""
	}
	name := strconv.Quote(ref.Alias)
	switch kind {
	case redact.Token:
		return FieldMissing, "secret " + name + " is a token and has no fields: remove " + ref.Field()
	case redact.Credentials:
		return FieldMissing, "secret " + name + " has the fields username and password only"
	}
	return FieldMissing, "secret " + name + " has no field " + ref.Field()
}

// Field follows path into secret. A negative index counts from the end, as in
// Liquid; CountsFromEnd tells a language that has none. It yields nil and true
// where the path has an index that only rendering can compute: what cannot be
// checked yet is not missing.
func Field(secret redact.Secret, path []macros.Segment) (any, bool) {
	at := secret.Ordered()
	for i, segment := range path {
		key := segment.Key
		if segment.Index != nil {
			literal, ok := segment.Index.(*macros.Literal)
			if !ok {
				return nil, true
			}
			n, ok := literal.Value.(int64)
			list, isList := at.([]any)
			if n < 0 {
				n += int64(len(list))
			}
			if !ok || !isList || n < 0 || n >= int64(len(list)) {
				return nil, false
			}
			at = list[n]
			continue
		}
		if i == 0 && secret.Kind() == redact.Credentials {
			key = strings.ToLower(key)
		}
		var ok bool
		if at, ok = member(at, key); !ok {
			return nil, false
		}
	}
	return at, true
}

// member returns what at, of a secret, holds under key.
func member(at any, key string) (any, bool) {
	switch object := at.(type) {
	case interface{ Get(string) (any, bool) }:
		return object.Get(key)
	case map[string]any:
		x, ok := object[key]
		return x, ok
	}
	return nil, false
}

// CountsFromEnd reports whether path has a negative index.
func CountsFromEnd(path []macros.Segment) bool {
	return slices.ContainsFunc(path, func(s macros.Segment) bool {
		literal, ok := s.Index.(*macros.Literal)
		if !ok {
			return false
		}
		n, _ := literal.Value.(int64)
		return n < 0
	})
}
