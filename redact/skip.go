package redact

import "sync/atomic"

// skip returns a position not behind the first one from i on whose gram the
// first filter lets pass. This is where nearly all time goes: it tests four
// grams with one branch, and the compiler makes half as much code of it if it
// knows the stride.
func (t *tier) skip(text []byte, i int) int {
	switch t.stride {
	case 16:
		return t.skip16(text, i)
	case 10:
		return t.skip10(text, i)
	}
	first, mask, mul, last := t.first, t.mask, multiplier1, uint64(len(t.first)-1)
	for stride := t.stride; i+3*stride+8 <= len(text); i += 4 * stride {
		a := load(text[i:]) & mask * mul
		b := load(text[i+stride:]) & mask * mul
		c := load(text[i+2*stride:]) & mask * mul
		d := load(text[i+3*stride:]) & mask * mul
		if (atomic.LoadUint64(&first[a>>36&last])>>(a>>58)|atomic.LoadUint64(&first[b>>36&last])>>(b>>58)|
			atomic.LoadUint64(&first[c>>36&last])>>(c>>58)|atomic.LoadUint64(&first[d>>36&last])>>(d>>58))&1 != 0 {
			break
		}
	}
	return i
}

func (t *tier) skip16(text []byte, i int) int {
	first, mask, mul, last := t.first, t.mask, multiplier1, uint64(len(t.first)-1)
	for ; i+56 <= len(text); i += 64 {
		four := text[i : i+56 : i+56]
		a := load(four) & mask * mul
		b := load(four[16:]) & mask * mul
		c := load(four[32:]) & mask * mul
		d := load(four[48:]) & mask * mul
		if (atomic.LoadUint64(&first[a>>36&last])>>(a>>58)|atomic.LoadUint64(&first[b>>36&last])>>(b>>58)|
			atomic.LoadUint64(&first[c>>36&last])>>(c>>58)|atomic.LoadUint64(&first[d>>36&last])>>(d>>58))&1 != 0 {
			break
		}
	}
	return i
}

func (t *tier) skip10(text []byte, i int) int {
	first, mask, mul, last := t.first, t.mask, multiplier1, uint64(len(t.first)-1)
	for ; i+38 <= len(text); i += 40 {
		four := text[i : i+38 : i+38]
		a := load(four) & mask * mul
		b := load(four[10:]) & mask * mul
		c := load(four[20:]) & mask * mul
		d := load(four[30:]) & mask * mul
		if (atomic.LoadUint64(&first[a>>36&last])>>(a>>58)|atomic.LoadUint64(&first[b>>36&last])>>(b>>58)|
			atomic.LoadUint64(&first[c>>36&last])>>(c>>58)|atomic.LoadUint64(&first[d>>36&last])>>(d>>58))&1 != 0 {
			break
		}
	}
	return i
}
