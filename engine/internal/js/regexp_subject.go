package js

import "unicode/utf8"

// subject is a text while a pattern runs over it.
type subject struct {
	// source is the text of the language, moved the one that the pattern sees:
	// the same one unless it has halves of pairs to be moved.
	source, moved string
	same          bool
	unicode       bool
}

// newSubject prepares a text for a pattern.
func (vm *machine) newSubject(s string, unicode bool) (*subject, error) {
	if isBasic(s) || unicode && !isBroken(s) {
		return &subject{source: s, moved: s, same: true, unicode: unicode}, nil
	}
	if err := vm.charge(2 * int64(len(s))); err != nil {
		return nil, err
	}
	b := make([]byte, 0, 2*len(s))
	for left := s; left != ""; {
		r, size := decode(left)
		switch left = left[size:]; {
		case isHigh(r) || isLow(r):
			b = utf8.AppendRune(b, r+movedSurrogates)
		case r >= supplementary && !unicode:
			high, low := halves(r)
			b = utf8.AppendRune(utf8.AppendRune(b, high+movedSurrogates), low+movedSurrogates)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return &subject{source: s, moved: string(b), unicode: unicode}, nil
}

// isBasic reports whether s has neither pairs nor halves.
func isBasic(s string) bool {
	for i := range len(s) {
		if s[i] >= 0xF0 || s[i] == 0xED && i+1 < len(s) && s[i+1] >= 0xA0 {
			return false
		}
	}
	return true
}

func isMoved(r rune) bool {
	return surrogateMin+movedSurrogates <= r && r <= surrogateMax+movedSurrogates
}

// units returns how many code units the bytes of moved from from to to are.
func (s *subject) units(from, to int) int {
	if s.same {
		return textLength(s.moved[from:to])
	}
	n := 0
	for _, r := range s.moved[from:to] {
		if n++; r >= supplementary && !isMoved(r) {
			n++
		}
	}
	return n
}

// at returns the byte of moved at which code unit i stands, and whether there is
// one. In the middle of a pair it is the one of the pair.
func (s *subject) at(i int) (int, bool) {
	if s.same {
		at, _ := offset(s.moved, i)
		return at, i <= textLength(s.moved)
	}
	n := 0
	for at, r := range s.moved {
		width := 1
		if r >= supplementary && !isMoved(r) {
			width = 2
		}
		if n+width > i {
			return at, true
		}
		n += width
	}
	return len(s.moved), n >= i
}

// text returns the text of the bytes of moved from from to to.
func (s *subject) text(from, to int) string {
	part := s.moved[from:to]
	if s.same {
		return part
	}
	b := make([]byte, 0, len(part))
	for _, r := range part {
		if isMoved(r) {
			r -= movedSurrogates
		}
		b = appendCode(b, r)
	}
	return string(b)
}

// workPerStep is how many bytes times instructions of a pattern are one step.
const workPerStep = 16

// match finds the first match at or after the byte at, or nil. The result has the
// places of the match and of its groups, -1 for one that took no part.
func (vm *machine) match(p *pattern, s *subject, at int) ([]int, error) {
	size := int64(p.size + 8)
	// What a match may cost at worst must be there; what it did cost is taken.
	if worst := int64(len(s.moved)-at)*size/workPerStep + 1; worst > vm.budget.Cost {
		return nil, vm.step(worst)
	}
	if err := vm.charge(int64(len(p.names)+1)*16 + 64); err != nil {
		return nil, err
	}
	var places []int
	switch {
	case at == 0:
		places = p.search.FindStringSubmatchIndex(s.moved)
	case !p.looksBack:
		places = p.search.FindStringSubmatchIndex(s.moved[at:])
	default:
		_, before := utf8.DecodeLastRuneInString(s.moved[:at])
		at -= before
		places = p.after.FindStringSubmatchIndex(s.moved[at:])
		if places != nil {
			places = places[2:]
		}
	}
	end := len(s.moved) - at
	if places != nil {
		end = places[1]
	}
	if at > 0 {
		for i := range places {
			if places[i] >= 0 {
				places[i] += at
			}
		}
	}
	return places, vm.step(int64(end)*size/workPerStep + 1)
}
