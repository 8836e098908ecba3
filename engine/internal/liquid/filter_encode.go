package liquid

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/sotto-render/sotto/engine/internal/escape"
)

var encodeFilters = map[string]*filter{
	"url_encode":             finished(url.QueryEscape, escape.URLContent),
	"path_escape":            finished(percentEncode, escape.URLContent),
	"url_decode":             decoded(unescapeQuery, "percent-encoding of UTF-8"),
	"base64_encode":          toBase64(base64.StdEncoding),
	"base64_decode":          decoded(decodeBase64(base64.StdEncoding.Strict()), "base64"),
	"base64_url_safe_encode": toBase64(base64.URLEncoding),
	"base64_url_safe_decode": decoded(decodeURLSafe, "URL-safe base64"),
	"base64url":              toBase64(base64.RawURLEncoding),
	"hex":                    text(func(s string) string { return hex.EncodeToString([]byte(s)) }),
}

func toBase64(by *base64.Encoding) *filter {
	return text(func(s string) string { return by.EncodeToString([]byte(s)) })
}

// decoded never forwards a decoder's error, which may quote its input.
func decoded(run func(string) (string, error), form string) *filter {
	return &filter{run: func(c *call, in value, _ []value) value {
		out, err := run(in.string())
		if err != nil {
			return c.reject("the value is no valid " + form)
		}
		return stringValue(out)
	}}
}

func decodeBase64(by *base64.Encoding) func(string) (string, error) {
	return func(s string) (string, error) {
		out, err := by.DecodeString(s)
		return string(out), err
	}
}

// decodeURLSafe takes base64 in either alphabet, with or without its padding.
func decodeURLSafe(s string) (string, error) {
	plain := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(s, "="))
	return decodeBase64(base64.RawStdEncoding)(plain)
}

// unescapeQuery decodes + and %XX. A % that begins no escape stays.
func unescapeQuery(s string) (string, error) {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '+':
			b = append(b, ' ')
		case c == '%' && i+2 < len(s) && isHexDigit(s[i+1]) && isHexDigit(s[i+2]):
			n, err := hex.DecodeString(s[i+1 : i+3])
			if err != nil {
				return "", err
			}
			b = append(b, n...)
			i += 2
		default:
			b = append(b, c)
		}
	}
	if !utf8.Valid(b) {
		return "", errNotUTF8
	}
	return string(b), nil
}

var errNotUTF8 = errors.New("the bytes are no UTF-8")

func percentEncode(s string) string { return string(escape.AppendPercent(nil, s)) }

func isHexDigit(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}
