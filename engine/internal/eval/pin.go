package eval

import (
	"strings"

	"github.com/sotto-render/sotto/engine/internal/request"
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
	at, ok := request.Field(secret, reference.Path)
	// No expression has an index that counts from the end: each language says so
	// in its own way.
	if !ok || request.CountsFromEnd(reference.Path) {
		return Pin{}
	}
	v, ok := ValueOf(at)
	v.Tainted = true
	if len(reference.Path) == 0 && v.Kind == Tree {
		v.Text = secret.Reveal()
	}
	return Pin{v, ok}
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
