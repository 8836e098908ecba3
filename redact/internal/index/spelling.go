package index

import "hash/maphash"

// Spelling is what makes a text a [Pattern] besides the text. Two spellings with
// one Hash and equal texts make equal patterns.
type Spelling struct {
	Hash       uint64
	need       int
	folds, hex bool
}

// Spell makes text canonical in place, and returns its spelling. Of a text that
// matches, the first need bytes have to be there, 1 at least, and what follows
// them as far as it agrees. The hexadecimal digits of escapes, as in %2F and
// \u00e9, match in either case; if hex is set, all digits of text do.
func Spell(text []byte, need int, hex bool) Spelling {
	folds := canonical(text, hex)
	return Spelling{Hash: hashSpelling(text, need, folds), need: need, folds: folds, hex: hex}
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
		}
	}
}

// escapeAt returns where the digits begin of the escape that may begin at i, and
// how many there are: %XX, \uXXXX, \UXXXXXXXX, \xXX, &#xXX. It is no escape if
// there are none.
func escapeAt(text []byte, i int) (at, digits int) {
	if text[i] == '%' {
		return i + 1, 2
	}
	if i+2 >= len(text) {
		return 0, 0
	}
	switch next := text[i+1]; {
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
	p := Pattern{text: text, need: s.need, hash: s.Hash}
	switch words := (len(text) + 63) / 64; {
	case !s.folds:
	case s.hex && words <= len(everyBit):
		p.fold = everyBit[:words:words]
	case s.hex:
		p.fold = ones(words)
	default:
		p.fold = make([]uint64, words)
		eachEscape(text, func(digits []byte, at int) {
			for i, c := range digits {
				if c >= 'a' {
					p.fold[(at+i)/64] |= 1 << ((at + i) % 64)
				}
			}
		})
	}
	return p
}

// everyBit is the fold of most texts of hexadecimal digits, which hold no other
// letters.
var everyBit = ones(64)

func ones(words int) []uint64 {
	out := make([]uint64, words)
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
