package index

import "sync/atomic"

// fingerprints is a set of hashes of which it keeps 16 bits, and where they
// stand: open addressing, two to a word, 0 is free. Its writer adds in place
// while others read.
type fingerprints struct {
	words []uint32
	used  int
}

func newFingerprints(n int) fingerprints {
	return fingerprints{words: make([]uint32, 32+n*10/14)}
}

// room reports whether the set stays quick to search with so many more.
func (f *fingerprints) room(n int) bool { return (f.used+n)*10 <= len(f.words)*2*7 }

// fingerprint is of the hash sum of a beginning of n bytes.
func fingerprint(sum uint64, n int) uint64 {
	h := (sum + uint64(n)) * multiplier2
	return (h ^ h>>29) * multiplier1
}

func (f *fingerprints) home(h uint64) int { return int(h >> 32 * uint64(2*len(f.words)) >> 32) }

// find returns the place of h, or the free one where it belongs.
func (f *fingerprints) find(h uint64) (k int, found bool) {
	want := uint16(h>>16) | 1
	for k = f.home(h); ; {
		switch uint16(atomic.LoadUint32(&f.words[k/2]) >> (k % 2 * 16)) {
		case want:
			return k, true
		case 0:
			return k, false
		}
		if k++; k == 2*len(f.words) {
			k = 0
		}
	}
}

func (f *fingerprints) has(h uint64) bool {
	_, found := f.find(h)
	return found
}

func (f *fingerprints) enter(h uint64, a access) {
	if k, found := f.find(h); !found {
		f.used++
		if bits := uint32(uint16(h>>16)|1) << (k % 2 * 16); a == shared {
			atomic.OrUint32(&f.words[k/2], bits)
		} else {
			f.words[k/2] |= bits
		}
	}
}
