package index

import (
	"slices"
	"sync"
	"unsafe"
)

// Span is a stretch of text that patterns cover, from its first byte to behind
// its last.
type Span struct{ From, To int }

// Tagged is a match that depends on more than its text.
type Tagged struct {
	Span
	*Tag
}

// Edge tells what stands around a text that is one piece of a stream.
type Edge struct {
	Before byte // last byte before the text; 0 if there is none
	Open   bool // more text may follow
	Apart  bool // matches are not to be joined
	Broken bool // only patterns that may be broken into lines are to match
	// Read, if not nil, is called from time to time while a long text is scanned, with
	// up to where it was: what was read last is then near the processor.
	Read func(to int)
}

// Scan is what was found in one text. nil stands for nothing, as in most texts. It does
// not hold the text, which so stays on the stack of whoever has it there.
type Scan struct {
	// spans are in the order of the tiers, and of the text in each.
	spans  []Span
	tagged []Tagged
	// apart and broken are as in the [Edge].
	apart, broken bool
	// readers :: number of a tier -> its automata
	readers    [len(shapes)][]reader
	candidates candidates
}

var scans = sync.Pool{New: func() any { return new(Scan) }}

// Spans appends to dst the stretches of text that patterns without a tag cover, in order
// and joined where they overlap or touch, unless they were to be apart.
func (s *Scan) Spans(dst []Span) []Span {
	if !s.apart {
		s.spans = Join(s.spans)
	}
	return append(dst, s.spans...)
}

// Tagged returns the matches of patterns with a tag, each by itself and in no order. It
// is good until Release.
func (s *Scan) Tagged() []Tagged { return s.tagged }

// started returns s, or a scan to begin with if s is nil: most texts need none.
func (s *Scan) started() *Scan {
	if s == nil {
		s = scans.Get().(*Scan)
	}
	return s
}

// Release ends the use of s, with which other texts are then scanned.
func (s *Scan) Release() {
	clear(s.tagged) // what is removed must not live on in a pool
	s.spans, s.tagged, s.apart, s.broken = reusable(s.spans), reusable(s.tagged), false, false
	scans.Put(s)
}

// rest ends the work of one matcher.
func (s *Scan) rest() {
	for i, readers := range &s.readers {
		clear(readers)
		s.readers[i] = readers[:0]
	}
}

// maxReused is how many bytes are kept to use them again: one large text must not
// take memory for good.
const maxReused = 1 << 20

// reusable returns list emptied, or nil if it has become too large to keep.
func reusable[T any](list []T) []T {
	var one T
	if uintptr(cap(list))*unsafe.Sizeof(one) > maxReused {
		return nil
	}
	return list[:0]
}

// found adds a match, and returns the scan that has it. Matches come nearly in
// order, so most of those that touch are joined here.
func (s *Scan) found(from, to int) *Scan {
	s = s.started()
	if n := len(s.spans); n > 0 && !s.apart {
		if last := &s.spans[n-1]; from <= last.To && last.From <= to {
			last.From, last.To = min(from, last.From), max(to, last.To)
			return s
		}
	}
	s.spans = append(s.spans, Span{from, to})
	return s
}

// foundPattern is found for the match of a pattern.
func (s *Scan) foundPattern(p *Pattern, from, to int) *Scan {
	if p.tag == nil {
		return s.found(from, to)
	}
	s = s.started()
	s.tagged = append(s.tagged, Tagged{Span{from, to}, p.tag})
	return s
}

// covers reports whether all of a stretch is in a match already.
func (s *Scan) covers(from, to int) bool {
	if s == nil || len(s.spans) == 0 {
		return false
	}
	last := s.spans[len(s.spans)-1]
	return last.From <= from && to <= last.To
}

// Join sorts spans in place, and returns them joined where they overlap or touch.
func Join(spans []Span) []Span {
	if len(spans) < 2 {
		return spans
	}
	slices.SortFunc(spans, func(a, b Span) int { return a.From - b.From })
	out := spans[:1]
	for _, s := range spans[1:] {
		if last := &out[len(out)-1]; s.From <= last.To {
			last.To = max(last.To, s.To)
		} else {
			out = append(out, s)
		}
	}
	return out
}
