package redact

import (
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// wideStyle is how a literal of some language writes what is not ASCII.
type wideStyle struct {
	source string
	append func(dst []byte, r rune) []byte
}

var wideStyles = [...]wideStyle{
	{"as it is: Python repr, Node, Ruby inspect, Go", nil},
	{"bytes of Python and C, \\xNN", func(dst []byte, r rune) []byte {
		return eachByte(dst, r, appendHexByte)
	}},
	{"octal: bash $'', C, git, ls", func(dst []byte, r rune) []byte {
		return eachByte(dst, r, appendOctal)
	}},
	{"Python ascii(), PyYAML: \\xNN, \\uNNNN or \\UNNNNNNNN", func(dst []byte, r rune) []byte {
		switch {
		case r < 0x100:
			return appendHexByte(dst, byte(r))
		case r < 0x10000:
			return appendUnit(dst, uint16(r))
		}
		return appendLong(dst, r)
	}},
	{"Rust, Swift, PHP, ES2015: \\u{N}", appendBraced},
	{"Ruby dump: \\uNNNN, \\u{N} beyond", func(dst []byte, r rune) []byte {
		if r < 0x10000 {
			return appendUnit(dst, uint16(r))
		}
		return appendBraced(dst, r)
	}},
	{"Java, JavaScript, C#, properties: \\uNNNN of UTF-16", func(dst []byte, r rune) []byte {
		if r < 0x10000 {
			return appendUnit(dst, uint16(r))
		}
		high, low := utf16.EncodeRune(r)
		return appendUnit(appendUnit(dst, uint16(high)), uint16(low))
	}},
	{"C11, Go %+q: \\uNNNN, \\UNNNNNNNN beyond", func(dst []byte, r rune) []byte {
		if r < 0x10000 {
			return appendUnit(dst, uint16(r))
		}
		return appendLong(dst, r)
	}},
}

// literalQuotes are what literals write with a backslash besides the backslash: Go
// and JSON, C in one or both quotes, JavaScript's templates, Kotlin and PHP, Ruby,
// properties.
var literalQuotes = [...]string{"", "\"", "'", "\"'", "`", "\"$", "\"#", ":=#! ", ":=#!"}

// literalShorts are the control characters that have a letter of their own in JSON,
// in C and Go, with \0 and \e.
var literalShorts = [...]string{"nrt", "", "nrtbf", "nrtbfv0", "nrtabfve0", "abtnvfr"}

// literals adds the literals of programming languages: what they put before quotes,
// times how they write what is not ASCII, times their letters for controls. Only
// those are tried that tell something in text apart.
func (f *forms) literals(text string, has features) {
	if !has.wide && !has.controls {
		return // rows of encoders
	}
	styles, shorts := wideStyles[:], literalShorts[:]
	if !has.controls {
		shorts = shorts[:1]
	}
	if !has.wide && !has.any("\x00\x01\x02\x03\x04\x05\x06\a\b\v\f\x0e\x0f\x10\x1b\x7f") && len(text) > 256 {
		shorts = shorts[:1] // lines and tabs alone, as in most long texts
		styles = styles[:1]
	}
	var done []string
	for _, quotes := range literalQuotes {
		key := strings.Map(func(r rune) rune {
			if has.any(string(r)) {
				return r
			}
			return -1
		}, quotes)
		if slices.Contains(done, key) {
			continue
		}
		done = append(done, key)
		for _, style := range styles {
			for _, short := range shorts {
				f.buf = appendLiteral(f.buf, text, quotes, short, style.append)
				f.keepAll()
			}
		}
	}
}

// shortControls :: letter behind a backslash -> what it stands for
var shortControls = map[byte]byte{
	'n': '\n', 'r': '\r', 't': '\t', 'a': '\a', 'b': '\b', 'f': '\f', 'v': '\v', 'e': 0x1b, '0': 0,
}

func appendLiteral(dst []byte, text, quotes, short string, wide func(dst []byte, r rune) []byte) []byte {
next:
	for i, r := range text {
		switch {
		case r == '\\' || r < utf8.RuneSelf && strings.IndexByte(quotes, byte(r)) >= 0:
			dst = append(dst, '\\', byte(r))
		case r < ' ' || r == 0x7f:
			for j := range len(short) {
				if shortControls[short[j]] == byte(r) {
					dst = append(dst, '\\', short[j])
					continue next
				}
			}
			if wide == nil {
				dst = appendHexByte(dst, byte(r))
			} else {
				dst = wide(dst, r)
			}
		case r == utf8.RuneError && invalidAt(text, i):
			dst = appendHexByte(dst, text[i])
		case r >= utf8.RuneSelf && wide != nil:
			dst = wide(dst, r)
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}

func eachByte(dst []byte, r rune, write func(dst []byte, c byte) []byte) []byte {
	var encoded [utf8.UTFMax]byte
	for _, c := range encoded[:utf8.EncodeRune(encoded[:], r)] {
		dst = write(dst, c)
	}
	return dst
}

// appendBraced appends \u{N}.
func appendBraced(dst []byte, r rune) []byte {
	dst = append(dst, `\u{`...)
	started := false
	for shift := 20; shift >= 0; shift -= 4 {
		if digit := r >> shift & 15; digit != 0 || started || shift == 0 {
			dst, started = append(dst, hexDigits[digit]), true
		}
	}
	return append(dst, '}')
}

// appendLong appends \UNNNNNNNN.
func appendLong(dst []byte, r rune) []byte {
	dst = append(dst, '\\', 'U')
	for shift := 28; shift >= 0; shift -= 4 {
		dst = append(dst, hexDigits[r>>shift&15])
	}
	return dst
}
