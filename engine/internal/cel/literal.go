package cel

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// decodeText returns the text that the body of a literal stands for, by the
// escapes of CEL. A template literal has \$ too. The offset is that of the
// escape that is not valid, or -1.
func decodeText(body string, template bool) (string, int) {
	if strings.IndexByte(body, '\\') < 0 {
		return body, -1
	}
	var b strings.Builder
	for i := 0; i < len(body); {
		if body[i] != '\\' {
			b.WriteByte(body[i])
			i++
			continue
		}
		if i+1 >= len(body) {
			return "", i
		}
		c := body[i+1]
		if simple := strings.IndexByte("abfnrtv\\\"'`?", c); simple >= 0 {
			b.WriteByte("\a\b\f\n\r\t\v\\\"'`?"[simple])
			i += 2
			continue
		}
		if c == '$' && template || c == '<' && strings.HasPrefix(body[i+1:], "<<") {
			b.WriteByte(c)
			i += 2
			continue
		}
		r, n := codeEscape(body[i+1:])
		if n == 0 {
			return "", i
		}
		b.WriteRune(r)
		i += 1 + n
	}
	return b.String(), -1
}

func invalidEscape(pos int) *eval.Error {
	return eval.SyntaxError(pos, `this escape is not valid: write \\ for a backslash`)
}

// codeEscape reads an escape that gives a code point in digits: xHH, uHHHH,
// UHHHHHHHH or three octal digits. It returns how many bytes it takes, 0 where
// it is not valid.
func codeEscape(escape string) (rune, int) {
	digits, base, start := 0, 16, 1
	switch escape[0] {
	case 'x', 'X':
		digits = 2
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	case '0', '1', '2', '3':
		digits, base, start = 3, 8, 0
	default:
		return 0, 0
	}
	if len(escape) < start+digits {
		return 0, 0
	}
	n, err := strconv.ParseUint(escape[start:start+digits], base, 32)
	if err != nil || n > utf8.MaxRune || !utf8.ValidRune(rune(n)) {
		return 0, 0
	}
	return rune(n), start + digits
}

// quoteText spells s as a CEL string literal. Only ASCII escapes are used, and
// bytes that are no valid UTF-8 pass as they are.
func quoteText(b *strings.Builder, s string) {
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; c {
		case '"', '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case '\n':
			b.WriteString(`\n`)
		case '\r':
			b.WriteString(`\r`)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
}
