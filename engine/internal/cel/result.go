package cel

import (
	"encoding/base64"
	"math"
	"strconv"
	"time"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/sotto-render/sotto/engine/internal/eval"
)

// rawText is a JSON secret, which knows how its text was spelled.
type rawText interface{ rawText() string }

// converter turns a CEL value into what encoding/json encodes: nil, bool,
// int64, uint64, float64, string, []any and map[string]any. Bytes become base64,
// timestamps RFC 3339, durations seconds with an "s", an optional its value or
// nil, and keys of maps their text.
type converter struct{ eval.Room }

func (c *converter) value(v ref.Val) (any, error) {
	if err := c.Take(1); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case types.String:
		return string(v), c.Take(len(v))
	case types.Int:
		return int64(v), c.Take(8)
	case types.Bool:
		return bool(v), c.Take(4)
	case types.Null:
		return nil, c.Take(4)
	case types.Double:
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil, eval.ErrNoJSON
		}
		return float64(v), c.Take(8)
	case types.Uint:
		return uint64(v), c.Take(8)
	case types.Bytes:
		return base64.StdEncoding.EncodeToString(v), c.Take(base64.StdEncoding.EncodedLen(len(v)))
	case types.Timestamp:
		return timestampText(v), c.Take(30)
	case types.Duration:
		return durationText(v), c.Take(24)
	case *types.Optional:
		if !v.HasValue() {
			return nil, nil
		}
		return c.value(v.GetValue())
	case *types.Err:
		return nil, v
	case placeholderTree:
		return v.rawText(), c.Take(len(v.path))
	case traits.Lister:
		return c.list(v)
	case traits.Mapper:
		return c.object(v)
	}
	return nil, eval.ErrNoJSON
}

func timestampText(t types.Timestamp) string { return t.UTC().Format(time.RFC3339Nano) }

func durationText(d types.Duration) string {
	return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + "s"
}

func (c *converter) list(v traits.Lister) (any, error) {
	n := int(v.Size().(types.Int))
	if err := c.Hold(n+1, listSize); err != nil {
		return nil, err
	}
	list := make([]any, n)
	for i := range n {
		element, err := c.value(v.Get(types.Int(i)))
		if err != nil {
			return nil, err
		}
		list[i] = element
	}
	return list, nil
}

func (c *converter) object(v traits.Mapper) (any, error) {
	n := int(v.Size().(types.Int))
	if err := c.Hold(n+2, mapSize); err != nil {
		return nil, err
	}
	object := make(map[string]any, n)
	for it := v.Iterator(); it.HasNext() == types.True; {
		key := it.Next()
		name, ok := keyText(key)
		if !ok {
			return nil, eval.ErrNoJSON
		}
		if _, twice := object[name]; twice {
			return nil, eval.ErrKeys
		}
		if err := c.Take(len(name)); err != nil {
			return nil, err
		}
		element, err := c.value(v.Get(key))
		if err != nil {
			return nil, err
		}
		object[name] = element
	}
	return object, nil
}

// keyText returns the text of a map's key.
func keyText(key ref.Val) (string, bool) {
	switch k := key.(type) {
	case types.String:
		return string(k), true
	case types.Int:
		return strconv.FormatInt(int64(k), 10), true
	case types.Uint:
		return strconv.FormatUint(uint64(k), 10), true
	case types.Bool:
		return strconv.FormatBool(bool(k)), true
	}
	return "", false
}

// appendText appends the text that v has inside a template literal: a string as
// it is, a JSON secret as it was spelled, an optional as its value, anything else
// as compact JSON without the quotes of a string.
func appendText(dst []byte, v ref.Val) ([]byte, error) {
	switch v := v.(type) {
	case types.String:
		return append(dst, v...), nil
	case rawText:
		return append(dst, v.rawText()...), nil
	case types.Timestamp:
		return append(dst, timestampText(v)...), nil
	case types.Duration:
		return append(dst, durationText(v)...), nil
	case types.Bytes:
		return base64.StdEncoding.AppendEncode(dst, v), nil
	case *types.Optional:
		if v.HasValue() {
			return appendText(dst, v.GetValue())
		}
	}
	return appendJSON(dst, v, eval.DefaultLimits.Output)
}

// appendJSON appends v as compact JSON with sorted keys and minimal escapes.
func appendJSON(dst []byte, v ref.Val, limit int) ([]byte, error) {
	c := converter{eval.Room{Bytes: limit, Memory: eval.DefaultLimits.Memory}}
	value, err := c.value(v)
	if err != nil {
		return nil, err
	}
	return eval.AppendJSON(dst, value)
}
