package redact

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// encoder is one way in which real tools write a text: a row of [encoders]. It
// leaves letters and digits alone; what writes every byte anew is in form_base64.go
// and forms.go.
type encoder struct {
	// source says who writes so.
	source string
	// changes are the ASCII characters that it writes otherwise; wide is set if it
	// does so with characters that are not ASCII, and controls with control characters.
	changes        string
	wide, controls bool
	// lines is set if it writes the lines of a text otherwise and nothing else.
	lines bool
	// append appends text as the encoder writes it.
	append func(dst []byte, text string) []byte
	// sign is what it puts before each of changes, for those that do no more.
	sign *string
}

// signs tell which of the encoders that put a sign before characters have written a
// text already.
type signs struct {
	special []byte // characters of the text that are no letters or digits
	done    []signed
}

type signed struct {
	sign    string
	changed uint64 // bit i for special[i]
}

// first reports whether no encoder before e writes the text as e does.
func (s *signs) first(e *encoder) bool {
	if e.sign == nil || len(s.special) > 64 {
		return true
	}
	now := signed{sign: *e.sign}
	for i, c := range s.special {
		if strings.IndexByte(e.changes, c) >= 0 {
			now.changed |= 1 << i
		}
	}
	if slices.Contains(s.done, now) {
		return false
	}
	s.done = append(s.done, now)
	return true
}

// features are what tells for which encoders a text is another one.
type features struct {
	ascii          [2]uint64
	wide, controls bool
}

func featuresOf(text string) (f features) {
	for i := range len(text) {
		switch c := text[i]; {
		case c >= utf8.RuneSelf:
			f.wide = true
		case c < ' ' || c == 0x7f:
			f.controls = true
			f.ascii[c>>6] |= 1 << (c & 63)
		default:
			f.ascii[c>>6] |= 1 << (c & 63)
		}
	}
	return f
}

// any reports whether the text has one of some ASCII characters.
func (f features) any(chars string) bool {
	for i := range len(chars) {
		if c := chars[i]; f.ascii[c>>6]>>(c&63)&1 != 0 {
			return true
		}
	}
	return false
}

func (e *encoder) concerns(f features) bool {
	return e.wide && f.wide || e.controls && f.controls || f.any(e.changes)
}

func control(c byte) bool { return c < ' ' || c == 0x7f }

// appendBytes appends text with the bytes written by write that are among chars or
// that escape picks.
func appendBytes(dst []byte, text, chars string, escape func(c byte) bool, write func(dst []byte, c byte) []byte) []byte {
	for i := range len(text) {
		if c := text[i]; escape(c) || strings.IndexByte(chars, c) >= 0 {
			dst = write(dst, c)
		} else {
			dst = append(dst, c)
		}
	}
	return dst
}

// appendNumber appends #NNN, octal.
func appendNumber(dst []byte, c byte) []byte {
	return append(dst, '#', '0'+c>>6, '0'+c>>3&7, '0'+c&7)
}

func appendHexByte(dst []byte, c byte) []byte {
	return append(dst, '\\', 'x', hexDigits[c>>4], hexDigits[c&15])
}

func appendOctal(dst []byte, c byte) []byte {
	return append(dst, '\\', '0'+c>>6, '0'+c>>3&7, '0'+c&7)
}

// appendQuotedPrintable appends text with =XX for what is not printable ASCII and for
// chars; kept are control characters that stay.
func appendQuotedPrintable(dst []byte, text, chars, kept string) []byte {
	for i := range len(text) {
		c := text[i]
		if (c < ' ' || c > '~') && strings.IndexByte(kept, c) < 0 || strings.IndexByte(chars, c) >= 0 {
			dst = append(dst, '=', hexUpper[c>>4], hexUpper[c&15])
		} else {
			dst = append(dst, c)
		}
	}
	return dst
}

const hexUpper = "0123456789ABCDEF"
