package engine

import (
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
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
		return appendJSONString(dst, v.text)
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
		return appendJSONString(dst, v.string())
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
		dst = append(appendJSONString(dst, key), ':')
		item, _ := v.get(key)
		dst = appendJSON(dst, item, depth+1)
	}
	return append(dst, '}')
}

// appendJSONFloat keeps the spelling of a number that came as JSON.
func appendJSONFloat(dst []byte, v value) []byte {
	if v.text != "" {
		var s jsonState
		if s.read([]byte(v.text)); s.complete() && !strings.ContainsAny(v.text, " \t\r\n") {
			return append(dst, v.text...)
		}
	}
	return strconv.AppendFloat(dst, v.float(), 'g', -1, 64)
}

func appendJSONString(dst []byte, s string) []byte {
	return append(appendJSONText(append(dst, '"'), s), '"')
}

const hexDigits = "0123456789abcdef"

// safeJSON are the bytes that stay what they are and end no run of ASCII.
var safeJSON = func() (safe [256]bool) {
	for c := range safe {
		safe[c] = c >= 0x20 && c < utf8.RuneSelf && c != '"' && c != '\\'
	}
	return safe
}()

// appendJSONText appends s as it stands inside a JSON string: only what JSON
// demands is escaped, and bytes that are no UTF-8 become U+FFFD.
func appendJSONText(dst []byte, s string) []byte {
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if safeJSON[c] {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(append(dst, s[from:i]...), "\ufffd"...)
				from = i + 1
			}
			i += size
			continue
		}
		dst = append(dst, s[from:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		case '\b':
			dst = append(dst, '\\', 'b')
		case '\f':
			dst = append(dst, '\\', 'f')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		from = i
	}
	return append(dst, s[from:]...)
}
