package index

import "math/bits"

// wideGrams are the lengths of longer grams, by level. Where the grams of a
// pattern are those of many, as in values that share a long part, its window is
// one of longer grams, and the short gram at each one's start has a slot that
// says so. What the levels cost in a text is bounded by their sum over the
// stride.
var wideGrams = [...]int{1: 32, 2: 128, 3: 512}

// wideHash is hash2 for a wide gram, whose length is a multiple of 32.
func wideHash(gram []byte) uint64 {
	a, b, c, d := uint64(len(gram)), uint64(1), uint64(2), uint64(3)
	for ; len(gram) >= 32; gram = gram[32:] {
		a = bits.RotateLeft64((a^load(gram)&foldMask)*multiplier1, 32)
		b = bits.RotateLeft64((b^load(gram[8:])&foldMask)*multiplier1, 32)
		c = bits.RotateLeft64((c^load(gram[16:])&foldMask)*multiplier1, 32)
		d = bits.RotateLeft64((d^load(gram[24:])&foldMask)*multiplier1, 32)
	}
	return hash2(hash2(hash2(hash2(a)^b)^c) ^ d)
}
