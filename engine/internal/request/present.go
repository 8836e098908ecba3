package request

import (
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

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
