package index

// strides are those of the shapes. They are types so that the compiler makes
// code for each: it is half as long where the stride is a constant.
type strides interface {
	[16]byte | [11]byte | [10]byte | [5]byte | [1]byte
}

// width is that of a load.
const width = 8

// nextCandidate returns the first of the positions i, i+stride, ... at which both filters
// let a gram pass, or -1. Its inner loop looks at four grams that do not wait for
// each other.
func nextCandidate[S strides](t *tier, text []byte, i int) int {
	var s S
	filter, mask, mul, last := t.first, t.mask, multiplier1, uint64(len(t.first)-1)
	if len(filter) == 0 {
		panic("index: an index without a filter")
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

// scan adds to s what the tier's patterns cover of text whose window is at from or
// behind it, and returns it.
func (t *tier) scan(s *Scan, text []byte, from int) *Scan {
	switch t.stride {
	case 16:
		return scanStride[[16]byte](t, s, text, from)
	case 11:
		return scanStride[[11]byte](t, s, text, from)
	case 10:
		return scanStride[[10]byte](t, s, text, from)
	case 5:
		return scanStride[[5]byte](t, s, text, from)
	}
	return scanStride[[1]byte](t, s, text, from)
}

// scanBlock is scan for the windows of the block of text at from.
func (t *tier) scanBlock(s *Scan, text []byte, from int) *Scan {
	switch t.stride {
	case 16:
		return scanLanes[[16]byte, longDistance](t, s, text, from)
	case 11:
		return scanLanes[[11]byte, longDistance](t, s, text, from)
	case 10:
		return scanLanes[[10]byte, longDistance](t, s, text, from)
	case 5:
		return scanLanes[[5]byte, longDistance](t, s, text, from)
	}
	return scanLanes[[1]byte, longDistance](t, s, text, from)
}

// scanStride is scan for one stride: in lanes as far as they reach.
func scanStride[S strides](t *tier, s *Scan, text []byte, i int) *Scan {
	for ; i+shortBlock+width <= len(text); i += shortBlock {
		s = scanLanes[S, shortDistance](t, s, text, i)
	}
	for {
		if i = nextCandidate[S](t, text, i); i < 0 {
			return s
		}
		s = t.probe(s, text, i)
		i += t.stride
	}
}
