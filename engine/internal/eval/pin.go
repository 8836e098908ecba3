package eval

import (
	"strings"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// Pin is what a reference yields in every evaluation of a [Prepared]. It is not
// known where only a reference that is evaluated tells.
type Pin struct {
	Value Value
	Known bool
}

// pinned looks a reference up.
func pinned(secrets Secrets, reference *macros.Reference) Pin {
	if reference.Computed != nil || secrets == nil || secrets.Status(reference.Alias) != macros.Known {
		return Pin{}
	}
	secret := secrets.Secret(reference.Alias)
	if secret.Kind() == redact.Credentials && len(reference.Path) == 0 {
		return Pin{}
	}
	at, ok := secretField(secret, reference.Path)
	if !ok {
		return Pin{}
	}
	v, ok := ValueOf(at)
	v.Tainted = true
	if len(reference.Path) == 0 && v.Kind == Tree {
		v.Text = secret.Reveal()
	}
	return Pin{v, ok}
}

// secretField follows a written-out path into a secret.
func secretField(secret redact.Secret, path []macros.Segment) (any, bool) {
	at := secret.Tree()
	for i, segment := range path {
		if literal, ok := segment.Index.(*macros.Literal); ok {
			list, isList := at.([]any)
			n, isInt := literal.Value.(int64)
			if !isList || !isInt || n < 0 || n >= int64(len(list)) {
				return nil, false
			}
			at = list[n]
			continue
		}
		key := segment.Key
		if i == 0 && secret.Kind() == redact.Credentials {
			key = LowerASCII(key)
		}
		object, ok := at.(map[string]any)
		if !ok {
			return nil, false
		}
		if at, ok = object[key]; !ok {
			return nil, false
		}
	}
	return at, true
}

// LowerASCII returns s with the letters of ASCII in lower case, which is how the
// names of credentials compare.
func LowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}
