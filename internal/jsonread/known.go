package jsonread

import (
	"hash/maphash"
	"strings"
	"sync/atomic"
)

// known keeps texts that many requests have in common, by how they were
// written, so that they are decoded once. A text that comes to a taken place
// replaces the one that was there.
type known [256]atomic.Pointer[spelling]

// spelling is the literal of a text, without its quotes, and the text.
type spelling struct{ literal, text string }

// maxKnown bounds the memory of one text.
const maxKnown = 16 << 10

var seed = maphash.MakeSeed()

func (k *known) place(literal string) *atomic.Pointer[spelling] {
	return &k[maphash.String(seed, literal)%uint64(len(k))]
}

// Repeated is [Reader.String] for a text that many requests have in common, such
// as a template.
func (r *Reader) Repeated() string {
	if r.err != nil || r.peek() != '"' {
		return r.String()
	}
	literal := literal(r.src[r.pos+1:])
	if len(literal) > maxKnown || strings.IndexByte(literal, '\\') < 0 {
		return r.text()
	}
	place := r.decoder.known.place(literal)
	if s := place.Load(); s != nil && s.literal == literal {
		r.pos += len(literal) + len(`""`)
		return s.text
	}
	text := r.text()
	if r.err == nil {
		place.Store(&spelling{strings.Clone(literal), text})
	}
	return text
}

// literal returns what stands in src before the quote that ends it; "" where
// none does.
func literal(src string) string {
	for end := 0; ; end++ {
		n := strings.IndexByte(src[end:], '"')
		if n < 0 {
			return ""
		}
		end += n
		if escapes := end - len(strings.TrimRight(src[:end], `\`)); escapes%2 == 0 {
			return src[:end]
		}
	}
}
