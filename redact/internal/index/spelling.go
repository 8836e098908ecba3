package index

import "hash/maphash"

// Spelling is what makes a text a [Pattern] besides the text. Two spellings with
// one Hash and equal texts make equal patterns.
type Spelling struct {
	Hash       uint64
	need       int32
	lead       uint8
	folds, hex bool
	broken     bool
	tag        *Tag
}

// Lead returns the spelling of a text whose first n bytes need not be there; as
// many of them match as agree. n is below 256.
func (s Spelling) Lead(n int) Spelling {
	s.lead = uint8(n)
	s.Hash += uint64(n) * multiplier2
	return s
}

// Broken returns the spelling of a text that may have line breaks in it, which
// whoever asks has taken out; see [Edge].
func (s Spelling) Broken() Spelling {
	s.broken = true
	s.Hash ^= multiplier1
	return s
}

// Tagged returns the spelling of a text whose match depends on what tag says. Two
// patterns with other tags are two, be their texts equal.
func (s Spelling) Tagged(tag *Tag) Spelling {
	if s.tag = tag; tag != nil {
		s.Hash ^= maphash.Comparable(seed, tag)
	}
	return s
}

// Spell makes text canonical in place, and returns its spelling. Of a text that
// matches, the first need bytes have to be there, 1 at least, and what follows
// them as far as it agrees. The hexadecimal digits of escapes, as in %2F and
// \u00e9, match in either case; if hex is set, all digits of text do.
func Spell(text []byte, need int, hex bool) Spelling {
	folded := canonical(text, hex)
	return Spelling{Hash: hashSpelling(text, need, folded), need: int32(need), folds: folded, hex: hex}
}

var seed = maphash.MakeSeed()

// canonical puts the letters of text that match in either case into lower case.
// It reports whether there are any.
func canonical(text []byte, hex bool) (folds bool) {
	if hex {
		for i, c := range text {
			if c |= 0x20; 'a' <= c && c <= 'f' {
				text[i], folds = c, true
			}
		}
		return folds
	}
	eachEscape(text, func(from, to int) {
		for i, c := range text[from:to] {
			if c |= 0x20; 'a' <= c {
				text[from+i], folds = c, true
			}
		}
	})
	return folds
}

// eachEscape calls visit for where the hexadecimal digits of each escape in text begin
// and end.
func eachEscape(text []byte, visit func(from, to int)) {
	for i, c := range text {
		if c != '%' && c != '\\' && c != '&' {
			continue
		}
		if at, n := escapeAt(text, i); n > 0 && at+n <= len(text) && allHex(text[at:at+n]) {
			visit(at, at+n)
			// Of %252F all digits are those of an escape, and of %25252F.
			for c == '%' && string(text[at:at+n]) == "25" && at+4 <= len(text) && allHex(text[at+2:at+4]) {
				at += 2
				visit(at, at+n)
			}
		}
	}
}

// inEscape reports whether text[i] is a hexadecimal digit of an escape: whether
// eachEscape visits it.
func inEscape(text []byte, i int) bool {
	const longest = 9 // from the start of \U0001f511 to its last digit
	for at := max(0, i-longest); at < i; at++ {
		if c := text[at]; c == '%' || c == '\\' || c == '&' {
			if from, n := escapeAt(text, at); from <= i && i < from+n && from+n <= len(text) && allHex(text[from:from+n]) {
				return true
			}
		}
	}
	// The digits of %252F and %25252F.
	for from := i - 1; from <= i; from++ {
		if from < 0 || from+2 > len(text) || !allHex(text[from:from+2]) {
			continue
		}
		at := from
		for at >= 2 && string(text[at-2:at]) == "25" {
			at -= 2
		}
		if at > 0 && text[at-1] == '%' {
			return true
		}
	}
	return false
}

// escapeAt returns where the digits begin of the escape that may begin at i, and
// how many there are: %XX, %uXXXX, \uXXXX, \u{X}, \UXXXXXXXX, \xXX, &#xXX. It is no escape if
// there are none.
func escapeAt(text []byte, i int) (at, digits int) {
	if text[i] == '%' {
		if i+1 < len(text) && text[i+1] == 'u' {
			return i + 2, 4
		}
		return i + 1, 2
	}
	if i+2 >= len(text) {
		return 0, 0
	}
	switch next := text[i+1]; {
	case next == 'u' && text[i+2] == '{':
		for at = i + 3; digits < 6 && at+digits < len(text) && allHex(text[at+digits:at+digits+1]); {
			digits++
		}
		return at, digits
	case text[i] == '&' && next == '#' && text[i+2] == 'x':
		return i + 3, 2
	case text[i] == '&':
		return 0, 0
	case next == 'u':
		return i + 2, 4
	case next == 'U':
		return i + 2, 8
	case next == 'x':
		return i + 2, 2
	}
	return 0, 0
}

func allHex(text []byte) bool {
	for _, c := range text {
		if !('0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f') {
			return false
		}
	}
	return true
}

// Pattern returns the pattern for a text that [Spell] made canonical. It keeps
// text, which must not change any more.
func (s Spelling) Pattern(text []byte) Pattern {
	p := Pattern{text: text, lead: s.lead, need: s.need, broken: s.broken, tag: s.tag, hash: s.Hash}
	switch {
	case !s.folds:
	case s.hex:
		p.fold = foldAll
	default:
		p.fold = foldEscapes
	}
	return p
}

// hashSpelling returns the hash of what tells patterns apart.
func hashSpelling(text []byte, need int, folds bool) uint64 {
	h := maphash.Bytes(seed, text) + uint64(need)*multiplier1
	if folds {
		h += multiplier2
	}
	return h
}
