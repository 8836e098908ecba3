package redact

import "sync/atomic"

// strides are those of the shapes. They are types so that the compiler makes
// code for each: it is half as long where the stride is a constant.
type strides interface {
	[16]byte | [11]byte | [10]byte | [5]byte | [1]byte
}

// width is that of a load.
const width = 8

// next returns the first of the positions i, i+stride, ... at which both
// filters let a gram pass, or -1.
func (t *tier) next(text []byte, i int) int {
	switch t.stride {
	case 16:
		return skip[[16]byte](t, text, i)
	case 11:
		return skip[[11]byte](t, text, i)
	case 10:
		return skip[[10]byte](t, text, i)
	case 5:
		return skip[[5]byte](t, text, i)
	}
	return skip[[1]byte](t, text, i)
}

// passes reports whether both bits of a gram with hash h are in filter, whose
// length is last+1.
func passes(filter []uint64, last, h uint64) bool {
	word := atomic.LoadUint64(&filter[h>>wordShift&last])
	return withPair(word, h) == word
}

// skip finds what next returns. Its inner loop looks at four grams that do not
// wait for each other.
func skip[S strides](t *tier, text []byte, i int) int {
	var s S
	filter, mask, mul, last := t.first, t.mask, multiplier1, uint64(len(t.first)-1)
	if len(filter) == 0 {
		panic("redact: an index without a filter")
	}
	for {
		for ; i+3*len(s)+width <= len(text); i += 4 * len(s) {
			four := text[i : i+3*len(s)+width]
			if passes(filter, last, load(four)&mask*mul) {
				break
			}
			if passes(filter, last, load(four[len(s):])&mask*mul) {
				i += len(s)
				break
			}
			if passes(filter, last, load(four[2*len(s):])&mask*mul) {
				i += 2 * len(s)
				break
			}
			if passes(filter, last, load(four[3*len(s):])&mask*mul) {
				i += 3 * len(s)
				break
			}
		}
		if i+t.width > len(text) {
			return -1
		}
		gram := loadPart(text, i) & mask
		if t.first.has(gram) && t.second.has(hash2(gram)) {
			return i
		}
		i += len(s)
	}
}

// scan adds to s what the tier's patterns cover of text, and returns it.
func (t *tier) scan(s *scan, text []byte) *scan {
	i := 0
	if len(text) > shortestBlock {
		s, i = t.lanes(s, text)
	}
	for {
		if i = t.next(text, i); i < 0 {
			return s
		}
		s = t.probe(s, text, i)
		i += t.stride
	}
}
