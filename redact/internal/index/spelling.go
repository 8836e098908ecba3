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
	eachEscape(text, func(digits []byte, _ int) {
		for i, c := range digits {
			if c |= 0x20; 'a' <= c {
				digits[i], folds = c, true
			}
		}
	})
	return folds
}

// eachEscape calls visit for the hexadecimal digits of each escape in text, with
// their offset.
func eachEscape(text []byte, visit func(digits []byte, at int)) {
	for i, c := range text {
		if c != '%' && c != '\\' && c != '&' {
			continue
		}
		if at, n := escapeAt(text, i); n > 0 && at+n <= len(text) && allHex(text[at:at+n]) {
			visit(text[at:at+n], at)
			// Of %252F all digits are those of an escape, and of %25252F.
			for c == '%' && string(text[at:at+n]) == "25" && at+4 <= len(text) && allHex(text[at+2:at+4]) {
				at += 2
				visit(text[at:at+n], at)
			}
		}
	}
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
	switch words := (len(text) + 63) / 64; {
	case !s.folds:
	case s.hex && words <= len(everyBit):
		p.fold = &everyBit
	case s.hex:
		all := ones(words)
		p.fold = &all
	default:
		some := make(folds, words)
		p.fold = &some
		eachEscape(text, func(digits []byte, at int) {
			for i, c := range digits {
				if c >= 'a' {
					some[(at+i)/64] |= 1 << ((at + i) % 64)
				}
			}
		})
	}
	return p
}

// everyBit is the fold of most texts of hexadecimal digits, which hold no other
// letters.
var everyBit = ones(64)

func ones(words int) folds {
	out := make(folds, words)
	for i := range out {
		out[i] = ^uint64(0)
	}
	return out
}

// hashSpelling returns the hash of what tells patterns apart.
func hashSpelling(text []byte, need int, folds bool) uint64 {
	h := maphash.Bytes(seed, text) + uint64(need)*multiplier1
	if folds {
		h += multiplier2
	}
	return h
}
