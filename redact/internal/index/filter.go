package index

import (
	"math/rand/v2"
	"sync/atomic"
)

// The multipliers of the hashes, drawn per process; see [tier].
var (
	multiplier1 = rand.Uint64() | 1
	multiplier2 = rand.Uint64() | 1
)

// newFilter returns a bit filter of at least so many bits.
func newFilter(bits int) []uint64 {
	words := 16
	for words*64 < bits {
		words *= 2
	}
	return make([]uint64, words)
}

// filterBit returns where a filter of so many words has the bit for h.
func filterBit(filter []uint64, h uint64) (word, bit uint64) {
	h >>= filterShift
	return h >> 6 & uint64(len(filter)-1), h & 63
}

// filterShift drops the bits of a hash that too few of the gram's bytes decide.
const filterShift = 38

func inFilter(filter []uint64, h uint64) bool {
	word, bit := filterBit(filter, h)
	return atomic.LoadUint64(&filter[word])>>bit&1 != 0
}

func setFilter(filter []uint64, h uint64, a access) {
	word, bit := filterBit(filter, h)
	a.or(&filter[word], 1<<bit)
}

// access says who may read what is written. Its one writer does not need to ask.
type access bool

const (
	// private is what no reader knows yet: it is written several times as fast.
	private access = false
	shared  access = true
)

func (a access) or(word *uint64, bits uint64) {
	switch {
	case *word&bits == bits:
	case a == shared:
		atomic.OrUint64(word, bits)
	default:
		*word |= bits
	}
}

// pairFilter is a bit filter in which each gram has two bits of one word: fewer
// pass by chance, and none costs a second access to memory.
type pairFilter []uint64

// wordShift drops all bits of a gram's hash but those that tell the word. The
// topmost ones, which all of the gram's bytes decide, are for [withPair].
const wordShift = 34

// withPair returns word with the two bits of hash h.
func withPair(word, h uint64) uint64 { return word | 1<<(h>>58) | 1<<(h>>52&63) }

func (f pairFilter) has(gram uint64) bool {
	return passes(f, uint64(len(f)-1), gram*multiplier1)
}

// passes reports whether both bits of a gram with hash h are in filter, whose
// length is last+1.
func passes(filter []uint64, last, h uint64) bool {
	word := atomic.LoadUint64(&filter[h>>wordShift&last])
	return withPair(word, h) == word
}

// word returns where the bits of a gram are, for the one writer.
func (f pairFilter) word(gram uint64) *uint64 {
	return &f[gram*multiplier1>>wordShift&uint64(len(f)-1)]
}

func (f pairFilter) set(gram uint64, a access) {
	a.or(f.word(gram), withPair(0, gram*multiplier1))
}

// hash2 is the hash for the second filter and the table.
func hash2(gram uint64) uint64 {
	h := gram * multiplier2
	return h ^ h>>32
}
