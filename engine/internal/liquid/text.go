package liquid

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/sotto-render/sotto/internal/jsonobject"
)

// timeLayout is how Ruby prints a time, and so Liquid.
const timeLayout = "2006-01-02 15:04:05 -0700"

// string returns the text of v as a filter sees it: lists and hashes are
// printed with their brackets.
func (v value) string() string {
	switch v.kind {
	case kindString:
		return v.text
	case kindMissing, kindNil:
		return ""
	}
	return string(v.appendString(nil, 0))
}

// appendString appends what string returns.
func (v value) appendString(dst []byte, depth int) []byte {
	switch v.kind {
	case kindString:
		return append(dst, v.text...)
	case kindBool:
		return strconv.AppendBool(dst, v.bool())
	case kindInt:
		return strconv.AppendInt(dst, v.num, 10)
	case kindFloat:
		return v.appendFloat(dst)
	case kindBig:
		return v.ref.(*big.Int).Append(dst, 10)
	case kindRange:
		dst = strconv.AppendInt(dst, v.num, 10)
		dst = append(dst, ".."...)
		return strconv.AppendInt(dst, int64(v.ref.(upTo)), 10)
	case kindTime:
		return v.ref.(time.Time).AppendFormat(dst, timeLayout)
	case kindList, kindHash:
		if v.secretTree() {
			return appendJSON(dst, v, depth)
		}
		return v.appendInspect(dst, depth)
	}
	return dst
}

// secretTree reports whether v is a structure as it stands in a JSON secret;
// its text is JSON.
func (v value) secretTree() bool {
	if v.taint == nil {
		return false
	}
	switch v.ref.(type) {
	case []any, map[string]any, *jsonobject.Object:
		return true
	}
	return false
}

// appendOutput appends what `{{ v }}` prints: the items of a list one behind
// the other, else as appendString.
func (v value) appendOutput(dst []byte, depth int) []byte {
	if v.kind != kindList || v.secretTree() {
		return v.appendString(dst, depth)
	}
	if depth > maxDataDepth {
		return dst
	}
	for i := range v.len() {
		dst = v.at(i).appendOutput(dst, depth+1)
	}
	return dst
}

// appendInspect appends v in the notation of Ruby, which Liquid shows.
func (v value) appendInspect(dst []byte, depth int) []byte {
	if depth > maxDataDepth {
		return append(dst, "..."...)
	}
	switch v.kind {
	case kindMissing, kindNil:
		return append(dst, "nil"...)
	case kindString:
		return appendInspectString(dst, v.text)
	case kindList:
		dst = append(dst, '[')
		for i := range v.len() {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = v.at(i).appendInspect(dst, depth+1)
		}
		return append(dst, ']')
	case kindHash:
		if _, ok := v.ref.(*loop); ok {
			return append(dst, "Liquid::ForloopDrop"...)
		}
		dst = append(dst, '{')
		for i, key := range v.keys() {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = append(appendInspectString(dst, key), "=>"...)
			item, _ := v.get(key)
			dst = item.appendInspect(dst, depth+1)
		}
		return append(dst, '}')
	}
	return v.appendString(dst, depth)
}

func appendInspectString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i := range len(s) {
		switch c := s[i]; c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '\t':
			dst = append(dst, `\t`...)
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}

// appendFloat appends a number as it was spelled, or as Ruby prints it. An
// exponent is always rewritten.
func (v value) appendFloat(dst []byte) []byte {
	if v.text != "" && !strings.ContainsAny(v.text, "eE") {
		return append(dst, v.text...)
	}
	f := v.float()
	switch {
	case math.IsNaN(f):
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	}
	if a := math.Abs(f); a != 0 && (a < 1e-4 || a >= 1e16) {
		text := strconv.FormatFloat(f, 'e', -1, 64)
		mantissa, exponent, _ := strings.Cut(text, "e")
		if !strings.Contains(mantissa, ".") {
			mantissa += ".0"
		}
		return append(append(append(dst, mantissa...), 'e'), exponent...)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	for _, c := range dst[start:] {
		if c == '.' {
			return dst
		}
	}
	return append(dst, ".0"...)
}
