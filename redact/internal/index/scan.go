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
}

// scan collects what is found in one text. It does not hold the text, which so
// stays on the stack of whoever has it there.
type scan struct {
	spans  []Span
	tagged []Tagged
	// apart and broken are as in the [Edge].
	apart, broken bool
	readers       []reader
	candidates    candidates
}

var scans = sync.Pool{New: func() any { return new(scan) }}

// started returns s, or a scan to begin with if s is nil: most texts need none.
func (s *scan) started() *scan {
	if s == nil {
		s = scans.Get().(*scan)
	}
	return s
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
func (s *scan) found(from, to int) *scan {
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
func (s *scan) foundPattern(p *Pattern, from, to int) *scan {
	if p.tag == nil {
		return s.found(from, to)
	}
	s = s.started()
	s.tagged = append(s.tagged, Tagged{Span{from, to}, p.tag})
	return s
}

// covers reports whether all of a stretch is in a match already.
func (s *scan) covers(from, to int) bool {
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
