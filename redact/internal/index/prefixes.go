package index

import (
	"math/bits"
	"sync/atomic"
)

// prefixes tells where the tail of a text begins that may become a match, which
// is what a stream has to hold back.
//
// It is a set of fingerprints of the beginnings of all patterns, of the lengths
// that [roundDown] returns. A tail is looked up by its length, rounded down. The
// fingerprint of a tail follows from that of the tail one byte longer, so the
// time to find the longest one is linear in its length. What stands inside of
// patterns rules out most tails at once: pairs of bytes, and grams, of which
// each pattern has every fourth.
//
// It answers yes too often, never too rarely: case does not count, up to a
// third of a tail is not looked at, and fingerprints may collide. Text is then
// held back until the next write, no more. Like a [tier] it has one writer and
// many readers.
type prefixes struct {
	pairs, inner []uint64 // bit filters
	fingerprints fingerprints
	// starts has a bit for each byte that a pattern begins with.
	starts  [4]atomic.Uint64
	longest atomic.Int64

	access access
	bytes  int // of all patterns
}

const (
	innerWidth  = 6
	innerStride = 4
	innerMask   = 1<<(8*innerWidth) - 1
)

// roundDown returns the length under which a beginning of n bytes is looked up:
// itself up to 8, and then 12, 16, 24, 32, 48, 64 and so on.
func roundDown(n int) int {
	if n <= 8 {
		return n
	}
	half := 1 << (bits.Len(uint(n)) - 2)
	return n &^ (half - 1)
}

// nextLength returns the next length after n, which is one that [roundDown] returns.
func nextLength(n int) int {
	if n < 8 {
		return n + 1
	}
	return n + 1<<(bits.Len(uint(n))-2)
}

// prefixCost returns how many bytes and fingerprints p takes.
func prefixCost(p *Pattern) (size, fingerprints int) {
	longest := uint(len(p.text) - 1)
	if fingerprints = int(min(longest, 8)); longest > 8 {
		top := bits.Len(longest)
		fingerprints += 2*(top-4) + int(longest>>(top-2)&1)
	}
	return len(p.text), fingerprints * int(1+p.lead)
}

// prefixesCost is prefixCost for all members.
func prefixesCost(members []*member) (size, prints int) {
	for _, m := range members {
		s, p := prefixCost(m.Pattern)
		size, prints = size+s, prints+p
	}
	return size, prints
}

// newPrefixes returns those of members, with room for growth times as much again.
func newPrefixes(members []*member, growth int) *prefixes {
	size, prints := prefixesCost(members)
	size, prints = size*(1+growth), prints*(1+growth)
	x := &prefixes{
		pairs: newFilter(min(8*size, 1<<16)), inner: newFilter(size / 2), fingerprints: newFingerprints(prints),
	}
	x.insertAll(members)
	x.access = shared
	return x
}

func (x *prefixes) room(members []*member) bool {
	size, prints := prefixesCost(members)
	return x.bytes+size <= len(x.inner)*64*2 && x.fingerprints.room(prints)
}

func (x *prefixes) insertAll(members []*member) {
	for _, m := range members {
		x.insert(m.Pattern)
	}
}

// inverse is what the first multiplier times it is 1 with.
var inverse = func() uint64 {
	x := multiplier1
	for range 6 { // each round doubles the number of right bits, from 3 on
		x *= 2 - multiplier1*x
	}
	return x
}()

// lower :: byte -> its number in hashes, without the case of ASCII letters
var lower = func() (t [256]uint64) {
	for i := range t {
		t[i] = uint64(i) + 1
		if 'A' <= i && i <= 'Z' {
			t[i] += 'a' - 'A'
		}
	}
	return t
}()

func (x *prefixes) insert(p *Pattern) {
	for skipped := range int(p.lead) + 1 {
		x.insertFrom(p.text[skipped:])
	}
	n := len(p.text)
	for i := range n - 1 {
		setFilter(x.pairs, pairHash(p.text, i), x.access)
	}
	step := innerStride
	if p.lead > 0 {
		step = 1 // a tail may begin anywhere in the lead
	}
	for i := 0; i+innerWidth <= n; i += step {
		setFilter(x.inner, innerHash(p.text, i), x.access)
	}
	x.bytes += n
	x.longest.Store(max(x.longest.Load(), int64(n)))
}

// insertFrom adds the beginnings of a text.
func (x *prefixes) insertFrom(text []byte) {
	var sum uint64 // of byte i times multiplier1 to the power of i
	power := uint64(1)
	for at, end := 0, 1; end < len(text); end = nextLength(end) {
		for ; at < end; at++ {
			sum += lower[text[at]] * power
			power *= multiplier1
		}
		x.fingerprints.enter(fingerprint(sum, end), x.access)
	}
	for _, c := range [...]byte{text[0], text[0] ^ 0x20} {
		if lower[c] == lower[text[0]] {
			x.starts[c>>6].Or(1 << (c & 63))
		}
	}
}

// pairHash and innerHash are of what stands at i, in either case.
func pairHash(text []byte, i int) uint64 {
	return (uint64(text[i]&0xdf)<<8 | uint64(text[i+1]&0xdf)) * multiplier1
}

func innerHash(text []byte, i int) uint64 {
	return loadPart(text, i) & innerMask & foldMask * multiplier1
}

func (x *prefixes) startsWith(c byte) bool { return x.starts[c>>6].Load()>>(c&63)&1 != 0 }

// hold returns where the longest tail of text begins that may become a match.
func (x *prefixes) hold(text []byte) int {
	n := len(text)
	from := n - 1
	if n > 1 && inFilter(x.pairs, pairHash(text, n-2)) {
		from = x.earliest(text)
	}
	return x.tail(text, max(0, from))
}

// earliest returns a position before which no tail begins. A tail that holds
// innerStride grams has, from its beginning on, every innerStride-th of its grams
// in the filter.
func (x *prefixes) earliest(text []byte) int {
	// From here on a tail holds too few grams to be ruled out by them. Of each of
	// the innerStride alignments, the grams are followed back while they are known.
	least := len(text) - innerWidth - innerStride + 1
	out := least
	for first := least + innerStride - 1; first >= max(0, least); first-- {
		i := first
		for i >= 0 && inFilter(x.inner, innerHash(text, i)) {
			i -= innerStride
		}
		if i += innerStride; i <= first {
			out = min(out, i)
		}
	}
	return max(out, len(text)-int(x.longest.Load())+1)
}

// tail is hold for tails that begin at from or later.
func (x *prefixes) tail(text []byte, from int) int {
	n := len(text)
	for from < n && !x.startsWith(text[from]) {
		from++
	}
	// sum is that of text[i:end], and power that of the byte at end.
	sum, power, end := uint64(0), uint64(1), from
	for i := from; i < n; i++ {
		length := roundDown(n - i)
		for ; end < i+length; end++ {
			sum += lower[text[end]] * power
			power *= multiplier1
		}
		for end > i+length {
			end--
			power *= inverse
			sum -= lower[text[end]] * power
		}
		if x.startsWith(text[i]) && x.fingerprints.has(fingerprint(sum, length)) {
			return i
		}
		sum = (sum - lower[text[i]]) * inverse
		power *= inverse
	}
	return n
}
