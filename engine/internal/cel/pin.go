package cel

import (
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// pin is what a reference yields in every evaluation of a [Prepared]. It is not
// known where the fast path has to leave it to cel-go.
type pin struct {
	value value
	known bool
}

// pinned looks a reference up.
func pinned(secrets Secrets, reference *macros.Reference) pin {
	if reference.Computed != nil || secrets == nil || secrets.Status(reference.Alias) != macros.Known {
		return pin{}
	}
	secret := secrets.Secret(reference.Alias)
	if secret.Kind() == redact.Credentials && len(reference.Path) == 0 {
		return pin{}
	}
	at, ok := secretField(secret, reference.Path)
	if !ok {
		return pin{}
	}
	v, ok := valueOf(at)
	v.tainted = true
	if len(reference.Path) == 0 && v.kind == isTree {
		v.text = secret.Reveal()
	}
	return pin{v, ok}
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
			key = lowerASCII(key)
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
