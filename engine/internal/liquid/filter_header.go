package liquid

import (
	"encoding/base64"
	"mime"
	"strings"
	"unicode/utf8"
)

// headerFilters write a text so that a header can carry it.
var headerFilters = map[string]*filter{
	"rfc2047": text(encodedWords),
	"rfc8187": text(extendedValue),
}

// encodedWords returns the encoded words of RFC 2047. What is plain ASCII stays,
// unless it would be read as an encoded word itself.
func encodedWords(s string) string {
	if strings.Contains(s, "=?") {
		return base64Words(s)
	}
	return mime.QEncoding.Encode("utf-8", s)
}

// base64Words encodes all of s. A word is at most 75 bytes long, and no letter is
// cut in two.
func base64Words(s string) string {
	const most = 45
	var words []string
	for len(s) > 0 {
		n := min(most, len(s))
		for n < len(s) && n > 1 && !utf8.RuneStart(s[n]) {
			n--
		}
		words = append(words, "=?utf-8?b?"+base64.StdEncoding.EncodeToString([]byte(s[:n]))+"?=")
		s = s[n:]
	}
	return strings.Join(words, " ")
}

// extendedValue returns the extended value of RFC 8187, with its charset.
func extendedValue(s string) string {
	const hexDigits = "0123456789ABCDEF"
	out := []byte("UTF-8''")
	for i := range len(s) {
		c := s[i]
		if isAttrChar(c) {
			out = append(out, c)
			continue
		}
		out = append(out, '%', hexDigits[c>>4], hexDigits[c&15])
	}
	return string(out)
}

// isAttrChar reports whether an extended value may hold c as it is.
func isAttrChar(c byte) bool {
	switch {
	case '0' <= c && c <= '9', 'a' <= c|0x20 && c|0x20 <= 'z':
		return true
	}
	return strings.IndexByte("!#$&+-.^_`|~", c) >= 0
}
