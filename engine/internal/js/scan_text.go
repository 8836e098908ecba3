package js

import (
	"strings"
	"unicode/utf8"
)

// text scans a text between quotes (ECMA-262, 12.9.4).
func (s *scanner) text(t *token, quote byte) {
	t.kind = tokenText
	start := s.at
	s.at++
	from := s.at
	for s.at < len(s.source) {
		switch c := s.source[s.at]; c {
		case quote:
			t.text = s.source[from:s.at]
			s.at++
			return
		case '\\':
			s.escapedText(t, from, quote, start)
			return
		case '\n', '\r':
			s.fail(start, "this text does not end on its line: close it with `"+string(quote)+"`, or write it between backquotes")
		}
		s.at++
	}
	s.fail(start, "this text does not end: close it with `"+string(quote)+"`")
}

// escapedText scans the rest of a text from its first escape on.
func (s *scanner) escapedText(t *token, from int, quote byte, start int) {
	b := append(make([]byte, 0, 2*(s.at-from)+16), s.source[from:s.at]...)
	for s.at < len(s.source) {
		switch c := s.source[s.at]; c {
		case quote:
			s.at++
			t.text = string(b)
			return
		case '\\':
			var ok bool
			pos := s.at
			if b, ok = s.escape(b); !ok {
				s.fail(pos, "this escape has no meaning: write \\xHH, \\uHHHH or \\u{...}")
			}
			continue
		case '\n', '\r':
			s.fail(start, "this text does not end on its line: close it with `"+string(quote)+"`, or write it between backquotes")
		default:
			b = append(b, c)
		}
		s.at++
	}
	s.fail(start, "this text does not end: close it with `"+string(quote)+"`")
}

// escape appends what the escape at the next byte stands for. It is not ok for one
// that has no meaning, over which it goes.
func (s *scanner) escape(b []byte) (_ []byte, ok bool) {
	s.at++
	if s.at == len(s.source) {
		return b, false
	}
	c := s.source[s.at]
	switch c {
	case 'n':
		b = append(b, '\n')
	case 't':
		b = append(b, '\t')
	case 'r':
		b = append(b, '\r')
	case 'b':
		b = append(b, '\b')
	case 'f':
		b = append(b, '\f')
	case 'v':
		b = append(b, '\v')
	case '\r':
		if s.peek(1) == '\n' {
			s.at++
		}
	case '\n':
	case '0':
		if isDigit(s.peek(1)) {
			s.at++
			return b, false
		}
		b = append(b, 0)
	case '1', '2', '3', '4', '5', '6', '7', '8', '9':
		s.at++
		return b, false
	case 'x':
		if digitOf(s.peek(1)) > 15 || digitOf(s.peek(2)) > 15 {
			s.at++
			return b, false
		}
		b = utf8.AppendRune(b, rune(digitOf(s.peek(1))<<4|digitOf(s.peek(2))))
		s.at += 2
	case 'u':
		unit, ok := s.unitEscape()
		if !ok {
			return b, false
		}
		return appendUnit(b, unit), true
	default:
		r, size := utf8.DecodeRuneInString(s.source[s.at:])
		if r != '\u2028' && r != '\u2029' {
			b = append(b, s.source[s.at:s.at+size]...)
		}
		s.at += size
		return b, true
	}
	s.at++
	return b, true
}

// unitEscape scans the code unit or code point of an escape whose `u` is next.
func (s *scanner) unitEscape() (rune, bool) {
	s.at++
	var n, digits int
	if s.peek(0) != '{' {
		for digits < 4 {
			d := digitOf(s.peek(0))
			if d > 15 {
				return 0, false
			}
			n = n<<4 | d
			digits++
			s.at++
		}
		return rune(n), true
	}
	s.at++
	for ; digitOf(s.peek(0)) < 16; s.at++ {
		if n = n<<4 | digitOf(s.peek(0)); n > utf8.MaxRune {
			return 0, false
		}
		digits++
	}
	if digits == 0 || s.peek(0) != '}' {
		return 0, false
	}
	s.at++
	return rune(n), true
}

// unicodeEscape is unitEscape in a name, which begins at pos.
func (s *scanner) unicodeEscape(pos int) rune {
	r, ok := s.unitEscape()
	if !ok {
		s.fail(pos, "this escape is no letter of a name")
	}
	return r
}

// appendUnit appends a code unit or point. Half of a surrogate pair becomes the three bytes
// that UTF-8 does not allow and that a text of this language holds for it, unless
// the other half stands before it.
func appendUnit(b []byte, unit rune) []byte {
	if unit < 0xd800 || unit > 0xdfff {
		return utf8.AppendRune(b, unit)
	}
	if n := len(b); unit >= 0xdc00 && n >= 3 && b[n-3] == 0xed && b[n-2] >= 0xa0 && b[n-2] < 0xb0 {
		high := rune(0xd000) | rune(b[n-2]&0x3f)<<6 | rune(b[n-1]&0x3f)
		return utf8.AppendRune(b[:n-3], (high-0xd800)<<10+(unit-0xdc00)+0x10000)
	}
	return append(b, 0xe0|byte(unit>>12), 0x80|byte(unit>>6)&0x3f|0x80, 0x80|byte(unit)&0x3f)
}

// template scans a piece of a template literal (ECMA-262, 12.9.6), whose first byte is next.
func (s *scanner) template(t *token) {
	t.kind = tokenTemplate
	from, plain := s.at, true
	var b []byte
	for s.at < len(s.source) {
		switch c := s.source[s.at]; {
		case c == '`' || c == '$' && s.peek(1) == '{':
			t.raw = s.source[from:s.at]
			t.text = t.raw
			if !plain {
				t.text = string(b)
			}
			if strings.IndexByte(t.raw, '\r') >= 0 {
				t.raw = strings.ReplaceAll(strings.ReplaceAll(t.raw, "\r\n", "\n"), "\r", "\n")
			}
			if t.tail = c == '`'; !t.tail {
				s.at++
			}
			s.at++
			t.end = s.at
			return
		case c == '\\' || c == '\r':
			if plain {
				plain = false
				b = append(make([]byte, 0, 2*(s.at-from)+16), s.source[from:s.at]...)
			}
			if c == '\r' {
				b = append(b, '\n')
				if s.peek(1) == '\n' {
					s.at++
				}
				break
			}
			var ok bool
			if b, ok = s.escape(b); !ok {
				t.escaped = true
			}
			continue
		case !plain:
			b = append(b, c)
		}
		s.at++
	}
	s.fail(t.pos, "this template literal does not end: close it with a backquote")
}

// regex scans the regular expression that begins with the slash at pos (ECMA-262,
// 12.9.5).
func (s *scanner) regex(pos int) token {
	s.at = pos + 1
	t := token{kind: tokenRegex, pos: pos}
	for inClass := false; ; s.at++ {
		c := s.peek(0)
		r, _ := utf8.DecodeRuneInString(s.source[s.at:])
		if s.at >= len(s.source) || c == '\n' || c == '\r' || r == '\u2028' || r == '\u2029' {
			s.fail(pos, "this regular expression does not end: close it with `/`")
		}
		if c == '\\' {
			s.at++
			if c := s.peek(0); s.at >= len(s.source) || c == '\n' || c == '\r' {
				s.fail(pos, "this regular expression does not end: close it with `/`")
			}
			continue
		}
		if c == '[' {
			inClass = true
		} else if c == ']' {
			inClass = false
		} else if c == '/' && !inClass {
			break
		}
	}
	t.text = s.source[pos+1 : s.at]
	s.at++
	from := s.at
	for isNameStart(s.peek(0)) || isDigit(s.peek(0)) {
		s.at++
	}
	t.raw = s.source[from:s.at]
	t.end = s.at
	return t
}
