package index

import (
	"maps"
	"slices"
)

// longestWord is the length in bytes up to which a value matches as a whole
// word only: as part of other words it would mask half of every text.
const longestWord = 3

// wordSet finds the values of at most longestWord bytes. It is immutable.
type wordSet struct {
	// set :: text -> its patterns
	set map[string][]*Pattern
	// starts tells which bytes one of them begins with.
	starts [256]bool
}

// with returns a set that has members too.
func (w *wordSet) with(members []*member) *wordSet {
	out := &wordSet{set: make(map[string][]*Pattern)}
	if w != nil {
		out.set, out.starts = maps.Clone(w.set), w.starts
	}
	for _, m := range members {
		for _, text := range m.spelledInEitherCase() {
			out.set[text] = append(slices.Clip(out.set[text]), m.Pattern)
			out.starts[text[0]] = true
		}
	}
	return out
}

// spelledInEitherCase returns the texts that a short pattern matches.
func (p *Pattern) spelledInEitherCase() []string {
	all := []string{string(p.text)}
	for i := range p.text {
		if p.folded(i) {
			for _, s := range all {
				all = append(all, s[:i]+string(s[i]-0x20)+s[i+1:])
			}
		}
	}
	return all
}

// scan adds what it finds to s, and returns it.
func (w *wordSet) scan(s *Scan, text []byte, e *Edge) *Scan {
	before := e.Before
	for i, c := range text {
		if w.starts[c] && (!inWord(before) || mayEndEscape(text, i)) {
			for n := min(longestWord, len(text)-i); n > 0; n-- {
				if known := w.set[string(text[i:i+n])]; known != nil && endsWord(text, i+n, e) {
					for _, p := range known {
						// Whoever gave it a tag looks at the escape.
						if p.tag != nil || !inWord(before) {
							s = s.foundPattern(p, i, i+n)
						}
					}
					break
				}
			}
		}
		before = c
	}
	return s
}

// endsWord reports whether no word goes on at i.
func endsWord(text []byte, i int, e *Edge) bool {
	if i < len(text) {
		return !inWord(text[i])
	}
	return !e.Open
}

// hold returns where the tail of text begins that is, or may become, one of the
// values.
func (w *wordSet) hold(text []byte, before byte) int {
	for n := min(longestWord, len(text)); n > 0; n-- {
		i := len(text) - n
		if i > 0 {
			before = text[i-1]
		}
		if !w.starts[text[i]] || inWord(before) && i >= longestEscape && !mayEndEscape(text, i) {
			continue
		}
		for value := range w.set {
			if len(value) >= n && value[:n] == string(text[i:]) {
				return i
			}
		}
	}
	return len(text)
}

// longestEscape is how far back mayEndEscape looks.
const longestEscape = 6

// mayEndEscape reports whether an escape may end before i, such as %3D, \n, \x3d or
// \u003d, whose letters are no part of a word.
func mayEndEscape(text []byte, i int) bool {
	return i >= 3 && text[i-3] == '%' || i >= 2 && text[i-2] == '\\' || i >= 4 && text[i-4] == '\\' ||
		i >= 6 && text[i-6] == '\\' && text[i-5] == 'u'
}

// inWord reports whether c can be part of a word: an ASCII letter, a digit or
// an underscore. Other letters do not count, so that no value hides behind one.
func inWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}
