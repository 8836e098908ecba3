package js

import (
	"fmt"
)

// span is a range of characters of a class, with its ends.
type span struct{ low, high rune }

// class reads a class (ECMA-262, 22.2.1, CharacterClass).
func (t *translator) class() error {
	t.pos++
	negated := false
	if t.pos < len(t.source) && t.source[t.pos] == '^' {
		negated = true
		t.pos++
	}
	var spans []span
	var named []string
	for {
		if t.pos >= len(t.source) {
			return errPattern
		}
		if t.source[t.pos] == ']' {
			t.pos++
			break
		}
		low, name, err := t.classAtom()
		if err != nil {
			return err
		}
		if t.pos+1 < len(t.source) && t.source[t.pos] == '-' && t.source[t.pos+1] != ']' {
			t.pos++
			high, other, err := t.classAtom()
			if err != nil {
				return err
			}
			if name != "" || other != "" {
				if t.unicode {
					return errPattern
				}
				// The dash stands for itself.
				spans = append(spans, span{'-', '-'})
				if other == "" {
					spans = append(spans, span{high, high})
				} else {
					named = append(named, other)
				}
				if name == "" {
					spans = append(spans, span{low, low})
				} else {
					named = append(named, name)
				}
				continue
			}
			if low > high {
				return errPattern
			}
			spans = append(spans, span{low, high})
			continue
		}
		if name != "" {
			named = append(named, name)
		} else {
			spans = append(spans, span{low, low})
		}
	}
	t.writeClass(negated, spans, named)
	return nil
}

// classAtom reads a character of a class, or a class of its own such as \d as it
// stands between Go's brackets.
func (t *translator) classAtom() (r rune, name string, err error) {
	if t.source[t.pos] != '\\' {
		r, size := decode(t.rest())
		if t.pos += size; r >= supplementary && !t.unicode {
			// Both halves are of the class: what follows reads the second.
			high, low := halves(r)
			return 0, fmt.Sprintf(`\x{%X}\x{%X}`, high+movedSurrogates, low+movedSurrogates), nil
		}
		return r, "", nil
	}
	if t.pos+1 >= len(t.source) {
		return 0, "", errPattern
	}
	c := t.source[t.pos+1]
	switch {
	case c == 'b':
		t.pos += 2
		return '\b', "", nil
	case classEscapes[c] != "":
		t.pos += 2
		return 0, classEscapes[c], nil
	case (c == 'p' || c == 'P') && t.unicode:
		name, err := t.property()
		return 0, name, err
	}
	r, err = t.character(true)
	return r, "", err
}

// writeClass writes a class. A range that has halves of pairs has the range that
// they are moved to, too.
func (t *translator) writeClass(negated bool, spans []span, named []string) {
	if len(spans) == 0 && len(named) == 0 {
		if negated {
			t.write(`(?s:.)`)
		} else {
			t.write(`[^\x{0}-\x{10FFFF}]`)
		}
		return
	}
	if t.fold {
		spans = foldedSpans(spans)
	}
	t.write("[")
	if negated {
		t.write("^")
	}
	for _, s := range spans {
		low, high := max(s.low, surrogateMin), min(s.high, surrogateMax)
		if low <= high {
			t.out = fmt.Appendf(t.out, `\x{%X}-\x{%X}`, low+movedSurrogates, high+movedSurrogates)
		}
		if s.low < surrogateMin || s.high > surrogateMax {
			t.out = fmt.Appendf(t.out, `\x{%X}-\x{%X}`, s.low, s.high)
		}
	}
	for _, name := range named {
		t.write(name)
	}
	t.write("]")
}
