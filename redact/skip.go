package redact

import "sync/atomic"

// strides are those of the shapes. They are types so that the compiler makes
// code for each: it is half as long where the stride is a constant.
type strides interface {
	[16]byte | [11]byte | [10]byte | [5]byte | [1]byte
}

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

// skip is where nearly all time goes. Its inner loop looks at four grams that do
// not wait for each other, and calls nothing.
func skip[S strides](t *tier, text []byte, i int) int {
	const width = 8 // of a load
	var s S
	first, mask, mul, last := t.first, t.mask(), multiplier1, uint64(len(t.first)-1)
	if len(first) == 0 {
		panic("redact: an index without a filter")
	}
	for {
		for ; i+3*len(s)+width <= len(text); i += 4 * len(s) {
			four := text[i : i+3*len(s)+width]
			a := load(four) & mask * mul >> filterShift
			b := load(four[len(s):]) & mask * mul >> filterShift
			c := load(four[2*len(s):]) & mask * mul >> filterShift
			d := load(four[3*len(s):]) & mask * mul >> filterShift
			if atomic.LoadUint64(&first[a>>6&last])>>(a&63)&1 != 0 {
				break
			}
			if atomic.LoadUint64(&first[b>>6&last])>>(b&63)&1 != 0 {
				i += len(s)
				break
			}
			if atomic.LoadUint64(&first[c>>6&last])>>(c&63)&1 != 0 {
				i += 2 * len(s)
				break
			}
			if atomic.LoadUint64(&first[d>>6&last])>>(d&63)&1 != 0 {
				i += 3 * len(s)
				break
			}
		}
		if i+t.width > len(text) {
			return -1
		}
		gram := loadPart(text, i) & mask
		if inFilter(first, gram*mul) && inFilter(t.second, hash2(gram)*mul) {
			return i
		}
		i += len(s)
	}
}

// A text of more than largeText bytes is in no cache. Its lines are read into
// one a block at a time, by loads that do not wait for anything: those of skip
// come too far apart to keep the memory busy.
const (
	largeText = 2 << 20
	warmBlock = 32 << 10
)

// warm reads one byte of each cache line of block.
func warm(block []byte) (x byte) {
	const line = 64
	for ; len(block) >= 4*line; block = block[4*line:] {
		x |= block[0] | block[line] | block[2*line] | block[3*line]
	}
	return x
}

// warmed keeps the compiler from dropping what warm reads.
var warmed atomic.Uint32

// scan adds to s what the tier's patterns cover of text, and returns it.
func (t *tier) scan(s *scan, text []byte) *scan {
	for i, end := 0, 0; ; {
		from := end
		if end = len(text); end > largeText {
			end = min(from+warmBlock, end)
			if warm(text[from:end]) == 0 {
				warmed.Add(1)
			}
		}
		for {
			at := t.next(text[:end], i)
			if at < 0 {
				break
			}
			s = t.probe(s, text, at)
			i = at + t.stride
		}
		if end == len(text) {
			return s
		}
		// The first gram that does not end before the block does.
		if rest := end - t.width + 1; i < rest {
			i += (rest - i + t.stride - 1) / t.stride * t.stride
		}
	}
}
