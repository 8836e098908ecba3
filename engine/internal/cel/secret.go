package cel

import (
	"reflect"
	"strings"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// secretsMap is the map of secrets that a plan selects from. It has no size and
// no keys: nothing but a lookup by alias ever reaches it.
type secretsMap struct{ run *evaluation }

var _ traits.Mapper = (*secretsMap)(nil)

// Find implements traits.Mapper. An alias that is missing or archived is not
// found; one that may not be used is an error.
func (m *secretsMap) Find(key ref.Val) (ref.Val, bool) {
	name, ok := key.(types.String)
	if !ok {
		return types.WrapErr(eval.ErrConversion), false
	}
	text, exact := strings.CutSuffix(string(name), exactMark)
	alias, ok := macros.Canonical(text)
	if !ok {
		return nil, false
	}
	switch m.run.Status(alias) {
	case macros.Undeclared:
		return types.WrapErr(eval.ErrUndeclared), false
	case macros.Known:
	default:
		return nil, false
	}
	if m.run.Preview {
		return placeholderTree{path: alias}, true
	}
	secret := m.run.Secrets.Secret(alias)
	// Without this a username and password would go out as JSON where one text was
	// meant.
	if exact && secret.Kind() == redact.Credentials {
		return types.WrapErr(eval.ErrWhole), false
	}
	return secretValue(m.run.adapter, secret), true
}

// Get implements traits.Indexer.
func (m *secretsMap) Get(key ref.Val) ref.Val {
	if v, ok := m.Find(key); ok || v != nil {
		return v
	}
	return types.NewErr("no such key")
}

// Contains implements traits.Container.
func (m *secretsMap) Contains(key ref.Val) ref.Val {
	v, ok := m.Find(key)
	if v != nil && types.IsError(v) {
		return v
	}
	return types.Bool(ok)
}

// Iterator implements traits.Iterable: there is nothing to list.
func (m *secretsMap) Iterator() traits.Iterator {
	return types.NewStringInterfaceMap(types.DefaultTypeAdapter, nil).Iterator()
}

// Size implements traits.Sizer.
func (m *secretsMap) Size() ref.Val { return types.IntZero }

// ConvertToNative implements ref.Val.
func (m *secretsMap) ConvertToNative(reflect.Type) (any, error) { return nil, eval.ErrUnsupported }

// ConvertToType implements ref.Val.
func (m *secretsMap) ConvertToType(ref.Type) ref.Val { return types.WrapErr(eval.ErrConversion) }

// Equal implements ref.Val.
func (m *secretsMap) Equal(ref.Val) ref.Val { return types.False }

// Type implements ref.Val.
func (m *secretsMap) Type() ref.Type { return types.MapType }

// Value implements ref.Val. What prints a value finds nothing here.
func (m *secretsMap) Value() any { return nil }

// secretValue makes a CEL value of a secret.
func secretValue(a adapter, secret redact.Secret) ref.Val {
	switch secret.Kind() {
	case redact.Credentials:
		return credentials{a.NativeToValue(secret.Tree()).(traits.Mapper)}
	case redact.JSON:
		switch v := a.NativeToValue(secret.Ordered()).(type) {
		case traits.Mapper:
			return jsonObject{v, secret}
		case traits.Lister:
			return jsonList{v, secret}
		default:
			return v
		}
	}
	return types.String(secret.Reveal())
}

// credentials is a username and a password, whose names have no letter case.
type credentials struct{ traits.Mapper }

// Find implements traits.Mapper.
func (c credentials) Find(key ref.Val) (ref.Val, bool) {
	if name, ok := key.(types.String); ok {
		key = types.String(eval.LowerASCII(string(name)))
	}
	return c.Mapper.Find(key)
}

// Contains implements traits.Container.
func (c credentials) Contains(key ref.Val) ref.Val {
	_, ok := c.Find(key)
	return types.Bool(ok)
}

// Get implements traits.Indexer.
func (c credentials) Get(key ref.Val) ref.Val {
	if v, ok := c.Find(key); ok {
		return v
	}
	return types.NewErr("no such key")
}

// jsonObject and jsonList are a JSON secret that keeps its own spelling.
type (
	jsonObject struct {
		traits.Mapper
		secret redact.Secret
	}
	jsonList struct {
		traits.Lister
		secret redact.Secret
	}
)

// IsZeroValue implements traits.Zeroer.
func (j jsonObject) IsZeroValue() bool { return j.Size() == types.IntZero }

// IsZeroValue implements traits.Zeroer.
func (j jsonList) IsZeroValue() bool { return j.Size() == types.IntZero }

func (j jsonObject) rawText() string { return j.secret.Reveal() }
func (j jsonList) rawText() string   { return j.secret.Reveal() }
