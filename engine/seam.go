package engine

import "strings"

// seam is a place where a text may be cut: equal ones can be joined.
type seam struct {
	phase  htmlPhase
	opened int
}

// seams reads a text once from its beginning, and tells where it may be cut.
type seams struct {
	context Context
	source  string
	from    written
	at      int
	html    htmlState
}

// seam returns the place at an offset, which is not before the last one.
func (s *seams) seam(to int) (seam, bool) {
	if s.context == URLContext {
		return seam{}, !s.escaped(to)
	}
	for s.at < to {
		next := s.ahead(s.at)
		isValue, end := s.at < next.from, next.to
		if isValue {
			end = next.from
		}
		end = min(end, to)
		s.html.read(s.source[s.at:end], isValue)
		s.at = end
	}
	return seam{s.html.phase, s.html.opened}, s.html.mayEdit()
}

// ahead returns the written part that an offset is in or before.
func (s *seams) ahead(at int) span {
	for len(s.from) > 0 && s.from[0].to <= at {
		s.from = s.from[1:]
	}
	if len(s.from) == 0 {
		return span{len(s.source), len(s.source)}
	}
	return s.from[0]
}

// escaped reports whether an offset is inside a written %XX.
func (s *seams) escaped(at int) bool {
	w := s.ahead(at)
	return w.from < at && strings.IndexByte(s.source[max(at-2, w.from):at], '%') >= 0
}
