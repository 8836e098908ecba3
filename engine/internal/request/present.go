package request

import (
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// presence is what ref, of which only the truth is asked, yields. A preview knows
// no value: that the record is there is all it tells.
func (s *Secrets) presence(ref *macros.Reference, at int) Pinned {
	switch {
	case s.status[at] != macros.Known:
		return Pinned{Value: false}
	case s.preview:
		return Pinned{Value: true}
	}
	return Pinned{Value: Present(s.values[at], ref.Path), Secret: s.values[at]}
}

// Present answers where only the truth of a reference is asked: whether secret
// has a value at path, and that is not null, false or an empty text. It is no
// error there for credentials to have no field.
func Present(secret redact.Secret, path []macros.Segment) bool {
	if len(path) == 0 && secret.Kind() == redact.Credentials {
		return true
	}
	at, ok := Field(secret, path)
	return ok && at != nil && at != false && at != ""
}
