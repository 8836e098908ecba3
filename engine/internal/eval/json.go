package eval

import (
	"math"
	"slices"
	"strconv"

	"github.com/sotto-render/sotto/internal/jsontext"
)

// AppendJSON appends the value of an [Outcome] as compact JSON with minimal escapes,
// and with sorted keys where they have no order of their own. It fails at a number that JSON does not have.
func AppendJSON(dst []byte, value any) ([]byte, error) {
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
			if dst, err = AppendJSON(dst, element); err != nil {
				return nil, err
			}
		}
		return append(dst, ']'), nil
	case map[string]any:
		return appendObject(dst, v)
	case Builder:
		return appendBuilt(dst, v)
	}
	return nil, ErrNoJSON
}

func appendBuilt(dst []byte, object Builder) ([]byte, error) {
	if o, ok := object.(Ordered); ok && IsNil(o) {
		return append(dst, "null"...), nil
	}
	dst = append(dst, '{')
	for i, key := range object.Keys() {
		if i > 0 {
			dst = append(dst, ',')
		}
		item, _ := object.Get(key)
		var err error
		if dst, err = AppendJSON(append(jsontext.AppendString(dst, key), ':'), item); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

// appendDouble spells a number as encoding/json does: with an exponent only
// where it is far from 1, and that one without a leading zero.
func appendDouble(dst []byte, f float64) ([]byte, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, ErrNoJSON
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
		if dst, err = AppendJSON(append(jsontext.AppendString(dst, key), ':'), object[key]); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}
