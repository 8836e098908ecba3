package redact

import "sync/atomic"

// prefixes tells where the tail of a text begins that may become a match, which
// is what a stream has to hold back.
//
// It is a set of fingerprints of the beginnings of all patterns: of every
// length up to 8 bytes, of multiples of 8 up to 64, and of multiples of 64 after
// that. A tail is looked up by its length, rounded down. The fingerprint of a tail follows from
// that of the tail one byte longer, so the time to find the longest one is
// linear in its length. Two grams at the very end, which must stand somewhere
// in a pattern, rule out most tails at once.
//
// It answers yes too often, never too rarely: case does not count, up to 7
// bytes of a tail, 63 of a long one, are not looked at, and fingerprints of 32 bits may
// collide. Text is then held back until the next write, no more. Like a [tier]
// it has one writer and many readers.
type prefixes struct {
	inner []uint64 // bit filter of the grams of all patterns
	table []uint32 // fingerprints; open addressing, 0 is free
	// starts has a bit for each byte that a pattern begins with.
	starts  [4]atomic.Uint64
	longest atomic.Int64

	grams, used int // how full inner and table are
}

const (
	innerWidth = 6
	innerMask  = 0xdfdfdfdfdfdf
	maxRest    = 63
)

// rounded returns the length under which a beginning of n bytes is looked up.
func rounded(n int) int {
	switch {
	case n <= 8:
		return n
	case n <= 64:
		return n &^ 7
	}
	return n &^ maxRest
}

// prefixCost returns how many grams and fingerprints p takes.
func prefixCost(p *pattern) (grams, fingerprints int) {
	n := len(p.text)
	return n, min(n, 8) + min(n, 64)/8 + n/64
}

func newPrefixes(grams, fingerprints int) *prefixes {
	slots := 64
	for slots*6 < fingerprints*10 {
		slots *= 2
	}
	return &prefixes{inner: newFilter(4 * grams), table: make([]uint32, slots)}
}

func (x *prefixes) room(grams, fingerprints int) bool {
	return (x.grams+grams)*3 <= len(x.inner)*64 && (x.used+fingerprints)*10 <= len(x.table)*7
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

// fingerprint makes one of the hash of a beginning of n bytes: the sum of
// byte i times multiplier1 to the power of i.
func fingerprint(sum uint64, n int) uint32 {
	h := (sum + uint64(n)) * multiplier2
	return uint32((h^h>>29)*multiplier1>>32) | 1
}

func (x *prefixes) insert(p *pattern) {
	var sum uint64
	power := uint64(1)
	for i, c := range p.text[:len(p.text)-1] {
		sum += lower[c] * power
		power *= multiplier1
		if n := i + 1; rounded(n) == n {
			x.enter(fingerprint(sum, n))
		}
	}
	for i := range len(p.text) - innerWidth + 1 {
		setFilter(x.inner, innerHash(p.text, i))
	}
	x.grams += len(p.text)
	if n := int64(len(p.text)); n > x.longest.Load() {
		x.longest.Store(n)
	}
	for _, c := range [...]byte{p.text[0], p.text[0] ^ 0x20} {
		if lower[c] == lower[p.text[0]] {
			x.starts[c>>6].Or(1 << (c & 63))
		}
	}
}

func (x *prefixes) enter(f uint32) {
	last := len(x.table) - 1
	k := int(f>>1) & last
	for ; x.table[k] != 0; k = (k + 1) & last {
		if x.table[k] == f {
			return
		}
	}
	x.used++
	atomic.StoreUint32(&x.table[k], f)
}

func (x *prefixes) has(f uint32) bool {
	last := len(x.table) - 1
	for k := int(f>>1) & last; ; k = (k + 1) & last {
		switch atomic.LoadUint32(&x.table[k]) {
		case f:
			return true
		case 0:
			return false
		}
	}
}

func innerHash(text []byte, i int) uint64 { return loadPart(text, i) & innerMask * multiplier1 }

// inside reports whether the gram at i may stand in a pattern.
func (x *prefixes) inside(text []byte, i int) bool { return inFilter(x.inner, innerHash(text, i)) }

func (x *prefixes) startsWith(c byte) bool { return x.starts[c>>6].Load()>>(c&63)&1 != 0 }

// hold returns where the longest tail of text begins that may become a match.
func (x *prefixes) hold(text []byte) int {
	n := len(text)
	if n > innerWidth && x.inside(text, n-innerWidth) && x.inside(text, n-innerWidth-1) {
		if i := x.longTail(text, max(0, n-int(x.longest.Load())+1)); i < n-innerWidth {
			return i
		}
	}
	for i := max(0, n-innerWidth); i < n; i++ {
		if x.startsWith(text[i]) && x.has(fingerprint(hashOf(text[i:]), n-i)) {
			return i
		}
	}
	return n
}

// hashOf returns the sum that [fingerprint] takes.
func hashOf(text []byte) (sum uint64) {
	for i := len(text) - 1; i >= 0; i-- {
		sum = sum*multiplier1 + lower[text[i]]
	}
	return sum
}

// longTail is hold for tails that begin at from or later.
func (x *prefixes) longTail(text []byte, from int) int {
	n := len(text)
	for from < n && !x.startsWith(text[from]) {
		from++
	}
	var sum uint64
	power := uint64(1)
	// ends[r] is the part of the last r bytes in sum.
	var ends [maxRest + 1]uint64
	for i := from; i < n; i++ {
		part := lower[text[i]] * power
		power *= multiplier1
		sum += part
		if r := n - i; r <= maxRest {
			ends[r] = part
		}
	}
	for r := 1; r <= min(maxRest, n-from); r++ {
		ends[r] += ends[r-1]
	}
	// Now sum shrinks from the front, and shift undoes the powers of what
	// went.
	power, shift := uint64(1), uint64(1)
	for i := from; i < n; i++ {
		if x.startsWith(text[i]) {
			length := rounded(n - i)
			if x.has(fingerprint((sum-ends[n-i-length])*shift, length)) {
				return i
			}
		}
		sum -= lower[text[i]] * power
		power *= multiplier1
		shift *= inverse
	}
	return n
}
