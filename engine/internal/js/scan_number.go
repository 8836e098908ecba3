package js

import (
	"math"
	"strconv"
	"strings"
)

// number scans a number (ECMA-262, 12.9.3).
func (s *scanner) number(t *token) {
	t.kind = tokenNumber
	start := s.at
	if s.source[s.at] == '0' {
		switch s.peek(1) | 0x20 {
		case 'x':
			s.based(t, 16, "hexadecimal")
			return
		case 'o':
			s.based(t, 8, "octal")
			return
		case 'b':
			s.based(t, 2, "binary")
			return
		}
		if isDigit(s.peek(1)) || s.peek(1) == '_' {
			s.fail(start, "a number does not begin with 0: octal numbers are written `0o17`")
		}
	}
	s.digits()
	if s.peek(0) == '.' {
		s.at++
		if s.peek(0) == '_' {
			s.fail(s.at, "a `_` stands between two digits only")
		}
		s.digits()
	}
	if s.peek(0)|0x20 == 'e' {
		s.at++
		if s.peek(0) == '+' || s.peek(0) == '-' {
			s.at++
		}
		if !isDigit(s.peek(0)) {
			s.fail(s.at, "digits of the exponent are missing")
		}
		s.digits()
	}
	text := s.source[start:s.at]
	s.afterNumber(start)
	if strings.IndexByte(text, '_') >= 0 {
		text = strings.ReplaceAll(text, "_", "")
	}
	// Beyond the range the number is infinite, which ParseFloat says too.
	t.number, _ = strconv.ParseFloat(text, 64)
}

// digits goes over digits with single separators between them.
func (s *scanner) digits() {
	for isDigit(s.peek(0)) || s.peek(0) == '_' {
		if s.peek(0) == '_' && (!isDigit(s.peek(1)) || s.at > 0 && !isDigit(s.source[s.at-1])) {
			s.fail(s.at, "a `_` stands between two digits only")
		}
		s.at++
	}
}

// afterNumber refuses what would look like a part of the number.
func (s *scanner) afterNumber(start int) {
	c := s.peek(0)
	if c == 'n' {
		s.fail(start, "there are no BigInts here: write the number without `n`; integers of variables keep their digits while they are only passed on")
	}
	if isNameStart(c) || isDigit(c) || c == '\\' {
		s.fail(s.at, "a name cannot begin right behind a number")
	}
}

func (s *scanner) based(t *token, base float64, name string) {
	start := s.at
	s.at += 2
	digits := 0
	// Digits beyond 53 bits round as ParseFloat does where the base is a power of 2.
	var text strings.Builder
	for {
		c := s.peek(0)
		if c == '_' && digits > 0 && s.source[s.at-1] != '_' {
			s.at++
			continue
		}
		if digitOf(c) >= int(base) {
			break
		}
		text.WriteByte(c)
		digits++
		s.at++
	}
	if digits == 0 || s.source[s.at-1] == '_' {
		s.fail(start, "this "+name+" number has no digits where they are needed")
	}
	s.afterNumber(start)
	t.number = basedNumber(text.String(), int(base))
}

// digitOf returns the value of a digit in any base up to 36, or 99.
func digitOf(c byte) int {
	switch {
	case isDigit(c):
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'z':
		return int(c|0x20-'a') + 10
	}
	return 99
}

// basedNumber returns the double nearest to digits in a base that is a power of 2.
func basedNumber(digits string, base int) float64 {
	if n, err := strconv.ParseUint(digits, base, 53); err == nil {
		return float64(n)
	}
	bits := map[int]int{2: 1, 8: 3, 16: 4}[base]
	var b strings.Builder
	b.WriteString("0x")
	for _, c := range []byte(binary(digits, bits)) {
		b.WriteByte(c)
	}
	b.WriteString("p0")
	f, err := strconv.ParseFloat(b.String(), 64)
	if err != nil && !math.IsInf(f, 0) {
		return math.NaN()
	}
	return f
}

// binary returns digits of so many bits each as hexadecimal digits.
func binary(digits string, bits int) string {
	if bits == 4 {
		return digits
	}
	var b strings.Builder
	for _, c := range []byte(digits) {
		for i := bits - 1; i >= 0; i-- {
			b.WriteByte('0' + byte(digitOf(c)>>i&1))
		}
	}
	all := b.String()
	all = strings.Repeat("0", (4-len(all)%4)%4) + all
	var hex strings.Builder
	for i := 0; i < len(all); i += 4 {
		n, _ := strconv.ParseUint(all[i:i+4], 2, 8)
		hex.WriteString(strconv.FormatUint(n, 16))
	}
	return hex.String()
}
