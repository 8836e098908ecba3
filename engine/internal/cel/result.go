package cel

import (
	"encoding/base64"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/sotto-render/sotto/internal/jsontext"
)

// rawText is a JSON secret, which knows how its text was spelled.
type rawText interface{ rawText() string }

// converter turns a CEL value into what encoding/json encodes: nil, bool,
// int64, uint64, float64, string, []any and map[string]any. Bytes become base64,
// timestamps RFC 3339, durations seconds with an "s", an optional its value or
// nil, and keys of maps their text.
type converter struct {
	// left is how many bytes of JSON may still be put out, memory how many
	// bytes the result may still take.
	left   int
	memory int64
}

func (c *converter) take(n int) error {
	if c.left -= n; c.left < 0 {
		return errOutput
	}
	return nil
}

// hold is take for n parts that each take size bytes of memory.
func (c *converter) hold(n int, size int64) error {
	if c.memory -= int64(n) * size; c.memory < 0 {
		return errExceeded
	}
	return c.take(2 * n)
}

func (c *converter) value(v ref.Val) (any, error) {
	if err := c.take(1); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case types.String:
		return string(v), c.take(len(v))
	case types.Int:
		return int64(v), c.take(8)
	case types.Bool:
		return bool(v), c.take(4)
	case types.Null:
		return nil, c.take(4)
	case types.Double:
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil, errNoJSON
		}
		return float64(v), c.take(8)
	case types.Uint:
		return uint64(v), c.take(8)
	case types.Bytes:
		return base64.StdEncoding.EncodeToString(v), c.take(base64.StdEncoding.EncodedLen(len(v)))
	case types.Timestamp:
		return timestampText(v), c.take(30)
	case types.Duration:
		return durationText(v), c.take(24)
	case *types.Optional:
		if !v.HasValue() {
			return nil, nil
		}
		return c.value(v.GetValue())
	case *types.Err:
		return nil, v
	case hole:
		return v.rawText(), c.take(len(v.path))
	case traits.Lister:
		return c.list(v)
	case traits.Mapper:
		return c.object(v)
	}
	return nil, errNoJSON
}

func timestampText(t types.Timestamp) string { return t.UTC().Format(time.RFC3339Nano) }

func durationText(d types.Duration) string {
	return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + "s"
}

func (c *converter) list(v traits.Lister) (any, error) {
	n := int(v.Size().(types.Int))
	if err := c.hold(n+1, listSize); err != nil {
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
	if err := c.hold(n+2, mapSize); err != nil {
		return nil, err
	}
	object := make(map[string]any, n)
	for it := v.Iterator(); it.HasNext() == types.True; {
		key := it.Next()
		name, ok := keyText(key)
		if !ok {
			return nil, errNoJSON
		}
		if _, twice := object[name]; twice {
			return nil, errKeys
		}
		if err := c.take(len(name)); err != nil {
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
// it is, a JSON secret as it was spelled, anything else as compact JSON without
// the quotes of a string.
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
	}
	return appendJSON(dst, v, defaultLimits.Output)
}

// appendJSON appends v as compact JSON with sorted keys and minimal escapes.
func appendJSON(dst []byte, v ref.Val, limit int) ([]byte, error) {
	c := converter{left: limit, memory: defaultLimits.Memory}
	value, err := c.value(v)
	if err != nil {
		return nil, err
	}
	return appendNative(dst, value)
}

// appendNative appends what a converter makes. It fails at a number that JSON
// does not have.
func appendNative(dst []byte, value any) ([]byte, error) {
	switch v := value.(type) {
	case nil:
		return append(dst, "null"...), nil
	case bool:
		return strconv.AppendBool(dst, v), nil
	case int64:
		return strconv.AppendInt(dst, v, 10), nil
	case uint64:
		return strconv.AppendUint(dst, v, 10), nil
	case float64:
		return appendDouble(dst, v)
	case string:
		return jsontext.AppendString(dst, v), nil
	case []any:
		dst = append(dst, '[')
		for i, element := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			var err error
			if dst, err = appendNative(dst, element); err != nil {
				return nil, err
			}
		}
		return append(dst, ']'), nil
	case map[string]any:
		return appendObject(dst, v)
	}
	return nil, errNoJSON
}

// appendDouble spells a number as encoding/json does: with an exponent only
// where it is far from 1, and that one without a leading zero.
func appendDouble(dst []byte, f float64) ([]byte, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, errNoJSON
	}
	format := byte('f')
	if abs := math.Abs(f); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	dst = strconv.AppendFloat(dst, f, format, -1, 64)
	if n := len(dst); format == 'e' && dst[n-4] == 'e' && dst[n-2] == '0' {
		dst[n-2] = dst[n-1]
		dst = dst[:n-1]
	}
	return dst, nil
}

func appendObject(dst []byte, object map[string]any) ([]byte, error) {
	keys := make([]string, 0, len(object))
	for key := range object {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	dst = append(dst, '{')
	for i, key := range keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = appendNative(append(jsontext.AppendString(dst, key), ':'), object[key]); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}
