package index

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// naiveSpans is the meaning of a match, as simple as it can be said: every
// pattern is tried at every byte.
func naiveSpans(patterns []*Pattern, text []byte) []Span {
	covered := make([]bool, len(text))
	for _, p := range patterns {
		for at := range text {
			n := 0
			for n < len(p.text) && at+n < len(text) && naiveSame(p, n, text[at+n]) {
				n++
			}
			if n < int(p.need) {
				continue
			}
			if int(p.need) <= longestWord {
				if at > 0 && inWord(text[at-1]) || at+n < len(text) && inWord(text[at+n]) {
					continue
				}
			}
			for i := range n {
				covered[at+i] = true
			}
		}
	}
	var spans []Span
	for i := range text {
		if !covered[i] {
			continue
		}
		// Matches that touch are one: covered bytes side by side.
		if n := len(spans); n > 0 && spans[n-1].To == i {
			spans[n-1].To++
		} else {
			spans = append(spans, Span{i, i + 1})
		}
	}
	return spans
}

func naiveSame(p *Pattern, i int, c byte) bool {
	want := p.text[i]
	if p.folded(i) {
		return strings.EqualFold(string(want), string(c))
	}
	return c == want
}

// spelled returns the patterns of a value as encoders write it: of each kind of
// spelling one.
func spelled(value string) []Pattern {
	var out []Pattern
	add := func(text string, need int, hex bool) {
		if need <= len(text) && (need > longestWord || need > 0 && text == value) {
			own := []byte(text)
			out = append(out, Spell(own, need, hex).Pattern(own))
		}
	}
	add(value, len(value), false)
	digits := hex.EncodeToString([]byte(value))
	add(digits, len(digits), true)
	var percent strings.Builder
	for i := 0; i < len(digits); i += 2 {
		percent.WriteString("%" + digits[i:i+2])
	}
	add(percent.String(), percent.Len(), true)
	query := url.QueryEscape(value)
	add(query, len(query), false)
	quoted := strconv.QuoteToASCII(value)
	add(quoted[1:len(quoted)-1], len(quoted)-2, false)
	add(base64.StdEncoding.EncodeToString([]byte(value)), max(longestWord+1, len(value)*8/6), false)
	return out
}

// matcherOf returns a matcher of values as they are. Those behind the first half
// are added in place.
func matcherOf(values ...string) *Matcher {
	m := new(Matcher)
	for i, value := range values {
		if i == (len(values)+1)/2 {
			spansOf(m, nil, Edge{})
		}
		own := []byte(value)
		m.Add([]Pattern{Spell(own, len(own), false).Pattern(own)})
	}
	return m
}

// mask stands for a span in what masked returns.
const mask = "#"

func masked(m *Matcher, text string) string {
	var out strings.Builder
	at := 0
	for _, s := range spansOf(m, []byte(text), Edge{}) {
		out.WriteString(text[at:s.From] + mask)
		at = s.To
	}
	return out.String() + text[at:]
}

// spans is what m finds of patterns without a tag.
func spansOf(m *Matcher, text []byte, e Edge) []Span {
	s := m.Scan(nil, text, &e)
	if s == nil {
		return nil
	}
	defer s.Release()
	return s.Spans(nil)
}

func patternsOf(m *Matcher) []*Pattern {
	var out []*Pattern
	for _, member := range m.members {
		out = append(out, member.Pattern)
	}
	return out
}

// world makes values and texts that provoke: few letters, so that values
// repeat, overlap and share their beginnings.
type world struct{ *rand.Rand }

func (w world) text(alphabet string, n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = alphabet[w.IntN(len(alphabet))]
	}
	return string(out)
}

func (w world) alphabet() string {
	list := []string{"a", "ab", "abc", "aA%/", "jk\n", "a b/?+<\"", "0123456789abcdef", "jJ\xff\u00e9", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"}
	return list[w.IntN(len(list))]
}

func (w world) value() string {
	switch w.IntN(6) {
	case 0:
		return w.text(w.alphabet(), w.IntN(6))
	case 1:
		unit := w.text(w.alphabet(), 1+w.IntN(12))
		return strings.Repeat(unit, 1+w.IntN(12))
	case 2:
		return "shared-prefix-" + w.text("ab", w.IntN(8))
	case 3:
		return w.text("ab", w.IntN(5)) + strings.Repeat("common part of many values ", 2) + w.text("ab", w.IntN(9))
	default:
		return w.text(w.alphabet(), w.IntN(50))
	}
}

func (w world) values() []string {
	out := make([]string, 1+w.IntN(8))
	for i := range out {
		out[i] = w.value()
	}
	return out
}

// around returns a text of pieces of the patterns, whole, cut and changed, with
// and without something between them.
func (w world) around(patterns []*Pattern) []byte {
	var out []byte
	for range w.IntN(12) {
		if len(patterns) == 0 || w.IntN(4) == 0 {
			out = append(out, w.text(w.alphabet()+" .\n", w.IntN(30))...)
			continue
		}
		piece := bytes.Clone(patterns[w.IntN(len(patterns))].text)
		switch w.IntN(6) {
		case 0:
			piece = piece[w.IntN(len(piece)):]
		case 1:
			piece = piece[:w.IntN(len(piece)+1)]
		case 2:
			piece[w.IntN(len(piece))] ^= 1 << w.IntN(8)
		case 3:
			for i, c := range piece {
				if c >= 'a' && c <= 'f' && w.IntN(2) == 0 {
					piece[i] -= 0x20
				}
			}
		}
		out = append(out, piece...)
	}
	return out
}

// streamed returns what is covered of a text that comes in pieces, of which
// only what Hold says is kept from one to the next.
func (w world) streamed(m *Matcher, text []byte) []Span {
	var spans []Span
	var held []byte
	before, from := byte(0), 0 // of held
	for rest, last := text, false; !last; {
		n := 0
		if len(rest) > 0 {
			n = 1 + w.IntN(min(len(rest), 1+w.IntN(100)))
		}
		held, rest, last = append(held, rest[:n]...), rest[n:], len(rest) == 0
		cut := len(held)
		if !last {
			cut = m.Hold(held, before)
		}
		for _, s := range spansOf(m, held, Edge{Before: before, Open: !last}) {
			if s.From < cut {
				spans = append(spans, Span{from + s.From, from + s.To})
			}
		}
		if cut > 0 {
			before = held[cut-1]
		}
		held, from = held[cut:], from+cut
	}
	return Join(spans)
}

func (w world) check(t *testing.T) {
	m := new(Matcher)
	all := w.values()
	late := w.IntN(len(all) + 1)
	for _, value := range all[:late] {
		m.Add(spelled(value))
	}
	spansOf(m, nil, Edge{}) // so that the rest is added in place
	for _, value := range all[late:] {
		m.Add(spelled(value))
	}
	patterns := patternsOf(m)
	text := w.around(patterns)
	if w.IntN(16) == 0 { // long enough to be read in lanes
		for size := (20 + w.IntN(150)) << 10; len(text) < size; {
			text = append(append(text, w.around(patterns)...), '\n')
		}
	}
	if w.IntN(4) == 0 {
		m.Remove(spelled(all[0]), false)
	}
	want, got := naiveSpans(patternsOf(m), text), spansOf(m, text, Edge{})
	if !slices.Equal(got, want) && !excused(m, text, got) {
		t.Fatalf("text %q\nwant %v\ngot  %v\nvalues %q", text, want, got, all)
	}
	if parts := w.streamed(m, text); !slices.Equal(parts, got) { // in any case
		t.Fatalf("text %q\nwhole  %v\nstream %v\nvalues %q", text, got, parts, all)
	}
}

// excused reports whether got covers more than it must only because an
// automaton does not tell upper from lower case; see [automaton].
func excused(m *Matcher, text []byte, got []Span) bool {
	var patterns []*Pattern
	for _, m := range m.members {
		p := *m.Pattern
		if m.id < 0 && p.fold != foldNone {
			p.fold, p.text = foldAll, bytes.Clone(p.text)
			for i, c := range p.text {
				if c |= 0x20; 'a' <= c && c <= 'z' { // ASCII alone, unlike bytes.ToLower
					p.text[i] = c
				}
			}
		}
		patterns = append(patterns, &p)
	}
	return slices.Equal(got, naiveSpans(patterns, text))
}

func TestMatcherAgreesWithTheNaiveOne(t *testing.T) {
	rounds := 800
	if testing.Short() {
		rounds = 200
	}
	for seed := range rounds {
		world{rand.New(rand.NewPCG(uint64(seed), 1))}.check(t)
	}
}

func FuzzMatcherAgreesWithTheNaiveOne(f *testing.F) {
	f.Add(uint64(1), uint64(2))
	f.Add(uint64(231), uint64(389))
	f.Fuzz(func(t *testing.T, a, b uint64) { world{rand.New(rand.NewPCG(a, b))}.check(t) })
}
