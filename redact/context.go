package redact

import "bytes"

// What stands around a match: escapes, colours, keys, breaks of lines. A stream keeps
// mostContext bytes of what it has passed on, so that all of it is there.
const mostContext = 256

// keyBefore returns the key that stands before a value at i, or "" for none. Between
// the two may stand `=`, `:`, `=>`, `%3D`, quotes, escaped or not, the end of an XML
// tag, a blank behind `--key`, and NUL, which separates keys from values in what
// attr.go asks for.
func keyBefore(text []byte, i int) string {
	least := max(0, i-mostContext/2)
	at := backOver(text, i, least)
	blank := at < i && (text[i-1] == ' ' || text[i-1] == '\t')
	switch {
	case at > least && text[at-1] == 0:
		at--
	case hasSuffix(text, at, "=>"), hasSuffix(text, at, ":="), hasSuffix(text, at, "=="):
		at -= 2
	case hasSuffixFold(text, at, "%3d"), hasSuffixFold(text, at, "%3a"):
		at -= 3
	case hasSuffixFold(text, at, `\u003d`), hasSuffixFold(text, at, `&#x3d;`):
		at -= 6
	case at > least && (text[at-1] == '=' || text[at-1] == ':'):
		at--
	case at > least && text[at-1] == '>' || hasSuffixFold(text, at, "&gt;") || hasSuffixFold(text, at, `\u003e`):
		return elementBefore(text, at, least)
	case blank:
		from := keyStart(text, at, least)
		if flag := text[from:at]; bytes.HasPrefix(flag, []byte("-")) && len(bytes.TrimLeft(flag, "-")) > 1 {
			return string(bytes.TrimLeft(flag, "-"))
		}
		return ""
	default:
		return ""
	}
	at = backOver(text, at, least)
	for at > least && (text[at-1] == ']' || text[at-1] == ')' || text[at-1] == '}') {
		at = backOver(text, at-1, least)
	}
	return string(text[keyStart(text, at, least):at])
}

// elementBefore returns the name of the XML element whose start tag ends at i.
func elementBefore(text []byte, i, least int) string {
	open := bytes.LastIndexByte(text[least:i], '<')
	for _, escaped := range [...]string{"&lt;", `\u003c`} {
		if at := bytes.LastIndex(text[least:i], []byte(escaped)); at >= 0 && at > open {
			open = at + len(escaped) - 1
		}
	}
	if open < 0 {
		return ""
	}
	tag := text[least+open+1 : i]
	end := bytes.IndexFunc(tag, func(r rune) bool { return !keyRune(r) && r != ':' })
	if end <= 0 {
		return ""
	}
	return string(tag[:end])
}

func keyRune(r rune) bool {
	return r < 0x80 && (alphanumeric(byte(r)) || r == '_' || r == '-' || r == '.')
}

// keyStart returns where the key begins that ends before i.
func keyStart(text []byte, i, least int) int {
	for i > least && keyRune(rune(text[i-1])) {
		if endsEscape(text, i) {
			break
		}
		i--
	}
	return i
}

// backOver returns where blanks, quotes and the escapes of quotes begin that stand
// before i.
func backOver(text []byte, i, least int) int {
	for i > least {
		switch c := text[i-1]; {
		case c == ' ' || c == '\t' || c == '"' || c == '\'' || c == '`' || c == '\\':
			i--
		case hasSuffixFold(text, i, "&quot;") || hasSuffixFold(text, i, `\u0022`) || hasSuffixFold(text, i, `\u0027`):
			i -= 6
		case hasSuffixFold(text, i, "&#34;") || hasSuffixFold(text, i, "&#39;"):
			i -= 5
		case hasSuffixFold(text, i, "%22") || hasSuffixFold(text, i, "%27") || hasSuffixFold(text, i, "%20"):
			i -= 3
		default:
			return i
		}
	}
	return i
}

func hasSuffix(text []byte, i int, suffix string) bool {
	return i >= len(suffix) && string(text[i-len(suffix):i]) == suffix
}

func hasSuffixFold(text []byte, i int, suffix string) bool {
	return i >= len(suffix) && bytes.EqualFold(text[i-len(suffix):i], []byte(suffix))
}

// longestEscape is how many bytes an escape has at most: \UXXXXXXXX, \u{XXXXXX}.
const longestEscape = 10

// escapeEnd returns the end of the escape that begins at i, or i if none does. It
// reports open if text ends within what may be one.
func escapeEnd(text []byte, i int) (end int, open bool) {
	rest := text[i:]
	switch {
	case len(rest) == 0:
		return i, false
	case rest[0] == '%':
		if len(rest) < 3 {
			return i, isHex(string(rest[1:])) || len(rest) == 1
		}
		if isHex(string(rest[1:3])) {
			return i + 3, false
		}
		if rest[1] == 'u' {
			return digitsEnd(text, i, 2, 4)
		}
		return i, false
	case rest[0] == '&':
		for n := 1; n < len(rest) && n < longestEscape; n++ {
			if c := rest[n]; c == ';' && n > 1 {
				return i + n + 1, false
			} else if !alphanumeric(c) && !(c == '#' && n == 1) {
				return i, false
			}
		}
		return i, len(rest) < longestEscape
	case rest[0] != '\\':
		return i, false
	case len(rest) == 1:
		return i, true
	}
	switch c := rest[1]; {
	case c == 'u' && len(rest) > 2 && rest[2] == '{':
		for n := 3; n < len(rest) && n < longestEscape; n++ {
			if rest[n] == '}' {
				return i + n + 1, false
			}
		}
		return i, len(rest) < longestEscape
	case c == 'u':
		return digitsEnd(text, i, 2, 4)
	case c == 'U':
		return digitsEnd(text, i, 2, 8)
	case c == 'x':
		return digitsEnd(text, i, 2, 2)
	case '0' <= c && c <= '3':
		if len(rest) >= 4 && octal(rest[2]) && octal(rest[3]) {
			return i + 4, false
		}
	case c >= 0x80:
		return i, false
	}
	return i + 2, false
}

func octal(c byte) bool { return '0' <= c && c <= '7' }

// digitsEnd is escapeEnd for an escape of n hexadecimal digits behind skip bytes. One
// that has too few is the two bytes at its start.
func digitsEnd(text []byte, i, skip, n int) (end int, open bool) {
	for k := range n {
		at := i + skip + k
		if at == len(text) {
			return i + 2, true
		}
		if !isHex(string(text[at : at+1])) {
			return i + 2, false
		}
	}
	return i + skip + n, false
}

// escapeAround returns the start of the escape that has i inside, and its end, or i
// twice if there is none. open is set if text ends within what may be one.
func escapeAround(text []byte, i int) (from, to int, open bool) {
	for at := max(0, i-longestEscape+1); at < i; at++ {
		switch text[at] {
		case '\\':
			if backslashes(text, at)%2 != 0 {
				continue // escaped itself
			}
		case '%', '&':
		default:
			continue
		}
		end, unfinished := escapeEnd(text, at)
		if end > i {
			return at, end, false
		}
		if unfinished {
			return at, len(text), true
		}
	}
	return i, i, false
}

// backslashes returns how many backslashes stand before i.
func backslashes(text []byte, i int) (n int) {
	for n < i && text[i-n-1] == '\\' {
		n++
	}
	return n
}

// endsEscape reports whether an escape ends before i: also =XX of quoted-printable
// and #NNN of syslog.
func endsEscape(text []byte, i int) bool {
	if i > 0 {
		if from, end, _ := escapeAround(text, i-1); from < i-1 && end == i {
			return true
		}
	}
	if i >= 3 && text[i-3] == '=' && quotedHex(text[i-2]) && quotedHex(text[i-1]) {
		return true
	}
	return i >= 4 && text[i-4] == '#' && text[i-3] == '0' && octal(text[i-2]) && octal(text[i-1])
}

func quotedHex(c byte) bool { return '0' <= c && c <= '9' || 'A' <= c && c <= 'F' }

// endsColour reports whether a control sequence of a terminal ends before i, as it is
// or with its first byte escaped.
func endsColour(text []byte, i int) bool {
	if i == 0 || text[i-1] < '@' || text[i-1] > '~' {
		return false
	}
	at := i - 1
	for at > 0 && i-at < 24 && (text[at-1] >= '0' && text[at-1] <= '9' || text[at-1] == ';' || text[at-1] == '?') {
		at--
	}
	if at == 0 || text[at-1] != '[' {
		return false
	}
	for _, escape := range [...]string{"\x1b", `\x1b`, `\u001b`, `\033`, `\e`, "#033", "^["} {
		if hasSuffixFold(text, at-1, escape) {
			return true
		}
	}
	return false
}
