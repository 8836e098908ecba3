package liquid

import (
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sotto-render/sotto/engine/internal/escape"
	"github.com/sotto-render/sotto/internal/jsontext"
)

// appendJSON appends v as a JSON value. What is nested too deep becomes null;
// encodable tells before.
func appendJSON(dst []byte, v value, depth int) []byte {
	if depth > maxDataDepth {
		return append(dst, "null"...)
	}
	switch v.kind {
	case kindBool:
		return strconv.AppendBool(dst, v.bool())
	case kindInt:
		return strconv.AppendInt(dst, v.num, 10)
	case kindFloat:
		return appendJSONFloat(dst, v)
	case kindBig:
		return v.ref.(*big.Int).Append(dst, 10)
	case kindString:
		return jsontext.AppendString(dst, v.text)
	case kindTime:
		dst = append(dst, '"')
		return append(v.ref.(time.Time).AppendFormat(dst, time.RFC3339Nano), '"')
	case kindList:
		dst = append(dst, '[')
		for i := range v.len() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendJSON(dst, v.at(i), depth+1)
		}
		return append(dst, ']')
	case kindRange:
		return jsontext.AppendString(dst, v.string())
	case kindHash:
		return appendJSONObject(dst, v, depth)
	}
	return append(dst, "null"...)
}

func appendJSONObject(dst []byte, v value, depth int) []byte {
	if v.text != "" && utf8.ValidString(v.text) {
		return append(dst, v.text...)
	}
	dst = append(dst, '{')
	for i, key := range v.keys() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(jsontext.AppendString(dst, key), ':')
		item, _ := v.get(key)
		dst = appendJSON(dst, item, depth+1)
	}
	return append(dst, '}')
}

// appendJSONFloat keeps the spelling of a number that came as JSON.
func appendJSONFloat(dst []byte, v value) []byte {
	if v.text != "" {
		if escape.IsJSON(v.text) && !strings.ContainsAny(v.text, " \t\r\n") {
			return append(dst, v.text...)
		}
	}
	return strconv.AppendFloat(dst, v.float(), 'g', -1, 64)
}
