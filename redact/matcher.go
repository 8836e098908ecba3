package redact

import (
	"bytes"
	"slices"
	"sync"
)

// pattern is one text to look for.
type pattern struct{ text []byte }

// span is a stretch of text to mask, from its first byte to behind its last.
type span struct{ from, to int }

// edge tells what stands around a text that is one piece of a stream.
type edge struct {
	before byte // last byte before the text; 0 if there is none
	open   bool // more text may follow
}

// matcher finds all occurrences of all its patterns. It is safe for concurrent
// use. The zero matcher is empty.
type matcher struct {
	mu       sync.RWMutex
	patterns map[string]int
}

func (m *matcher) add(patterns []*pattern) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.patterns == nil {
		m.patterns = make(map[string]int)
	}
	for _, p := range patterns {
		m.patterns[string(p.text)]++
	}
}

func (m *matcher) remove(patterns []*pattern) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range patterns {
		if m.patterns[string(p.text)]--; m.patterns[string(p.text)] == 0 {
			delete(m.patterns, string(p.text))
		}
	}
}

// spans appends the stretches of text that known values cover, in order,
// joined where they overlap or touch.
func (m *matcher) spans(dst []span, text []byte, e edge) []span {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for p := range m.patterns {
		for at := 0; ; at++ {
			i := bytes.Index(text[at:], []byte(p))
			if i < 0 {
				break
			}
			at += i
			if len(p) > shortest || wholeWord(text, at, at+len(p), e) {
				dst = append(dst, span{at, at + len(p)})
			}
		}
	}
	return join(dst)
}

// hold returns where the longest tail of text begins that may become a match
// with what follows.
func (m *matcher) hold(text []byte, before byte) int {
	m.mu.RLock()
	defer m.mu.RUnlock()
	longest := 0
	for p := range m.patterns {
		n := min(len(p)-1, len(text))
		if len(p) <= shortest {
			n = min(len(p), len(text))
		}
		for ; n > longest; n-- {
			if bytes.HasSuffix(text, []byte(p[:n])) {
				longest = n
				break
			}
		}
	}
	return len(text) - longest
}

// shortest is the length up to which a value matches as a whole word only.
const shortest = 3

func wholeWord(text []byte, from, to int, e edge) bool {
	before, after := e.before, byte(0)
	if from > 0 {
		before = text[from-1]
	}
	if to < len(text) {
		after = text[to]
	} else if e.open {
		return false
	}
	return !inWord(before) && !inWord(after)
}

// inWord reports whether c can be part of a word: an ASCII letter, a digit or
// an underscore. Other letters do not count, so that no value hides behind one.
func inWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}

func join(spans []span) []span {
	if len(spans) < 2 {
		return spans
	}
	slices.SortFunc(spans, func(a, b span) int { return a.from - b.from })
	out := spans[:1]
	for _, s := range spans[1:] {
		last := &out[len(out)-1]
		if s.from <= last.to {
			last.to = max(last.to, s.to)
		} else {
			out = append(out, s)
		}
	}
	return out
}
