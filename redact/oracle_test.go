package redact

import (
	"bytes"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// naiveSpans is the meaning of a match, as simple as it can be said: every
// pattern is tried at every byte.
func naiveSpans(patterns []*pattern, text []byte) []span {
	covered := make([]bool, len(text)+1)
	joined := make([]bool, len(text)+1) // the byte and the one before are one match
	for _, p := range patterns {
		for at := range text {
			n := 0
			for n < len(p.text) && at+n < len(text) && naiveSame(p, n, text[at+n]) {
				n++
			}
			if n < p.need {
				continue
			}
			if p.need <= longestWord {
				if at > 0 && inWord(text[at-1]) || at+n < len(text) && inWord(text[at+n]) {
					continue
				}
			}
			for i := range n {
				covered[at+i] = true
				joined[at+i] = joined[at+i] || i > 0
			}
		}
	}
	var spans []span
	for i := range text {
		if !covered[i] {
			continue
		}
		// Matches that touch are one: covered bytes side by side.
		if n := len(spans); n > 0 && spans[n-1].to == i {
			spans[n-1].to++
		} else {
			spans = append(spans, span{i, i + 1})
		}
	}
	return spans
}

func naiveSame(p *pattern, i int, c byte) bool {
	want := p.text[i]
	if p.fold != nil && p.fold[i/64]>>(i%64)&1 != 0 {
		return strings.EqualFold(string(want), string(c))
	}
	return c == want
}

func naiveRedact(patterns []*pattern, text []byte) string {
	return string(appendMasked(nil, text, naiveSpans(patterns, text)))
}

// world makes secrets and texts that provoke: few letters, so that values
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

func (w world) values() []Secret {
	out := make([]Secret, 1+w.IntN(8))
	for i := range out {
		out[i] = NewSecret(w.value())
	}
	return out
}

// text of pieces of the patterns, whole, cut and changed, with and without
// something between them.
func (w world) around(patterns []*pattern) []byte {
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

func (w world) split(text []byte, visit func(piece []byte)) {
	for len(text) > 0 {
		n := 1 + w.IntN(min(len(text), 1+w.IntN(100)))
		visit(text[:n])
		text = text[n:]
	}
}

// patternsOf returns all patterns of secrets. Values for which an automaton
// takes letters of either case are left out if exact is set.
func patternsOf(r *Redactor) []*pattern {
	var out []*pattern
	for _, m := range r.registry().matcher.known {
		out = append(out, m.pattern)
	}
	return out
}

func (w world) check(t *testing.T) {
	r := New()
	all := w.values()
	late := w.IntN(len(all) + 1)
	r.Add(all[:late]...)
	r.String("so that the rest is added in place")
	for _, s := range all[late:] {
		r.Add(s)
	}
	patterns := patternsOf(r)
	text := w.around(patterns)
	if w.IntN(16) == 0 { // long enough to be read in lanes
		for size := (20 + w.IntN(150)) << 10; len(text) < size; {
			text = append(append(text, w.around(patterns)...), '\n')
		}
	}
	want := naiveRedact(patterns, text)
	if got := r.String(string(text)); got != want && !w.excused(r, text, got) {
		t.Fatalf("text %q\nwant %q\ngot  %q\nvalues %q", text, want, got, reveal(all))
	}
	want = r.String(string(text)) // the stream agrees with the whole in any case
	var out bytes.Buffer
	stream := r.Writer(&out)
	var pieces []string
	w.split(text, func(piece []byte) {
		pieces = append(pieces, string(piece))
		n, err := stream.Write(piece)
		require.NoError(t, err)
		require.Equal(t, len(piece), n)
	})
	require.NoError(t, stream.Close())
	if want != out.String() {
		t.Fatalf("pieces %q\nwant %q\ngot  %q\nvalues %q", pieces, want, out.String(), reveal(all))
	}
}

// excused reports whether got masks more than it must only because an
// automaton does not tell upper from lower case; see [automaton].
func (w world) excused(r *Redactor, text []byte, got string) bool {
	var patterns []*pattern
	for _, m := range r.registry().matcher.known {
		p := *m.pattern
		if m.id < 0 && p.fold != nil {
			p.fold, p.text = make([]uint64, len(p.fold)), bytes.Clone(p.text)
			for i, c := range p.text {
				if c |= 0x20; 'a' <= c && c <= 'z' { // ASCII alone, unlike bytes.ToLower
					p.text[i] = c
					p.fold[i/64] |= 1 << (i % 64)
				}
			}
		}
		patterns = append(patterns, &p)
	}
	return got == naiveRedact(patterns, text)
}

func reveal(secrets []Secret) (out []string) {
	for _, s := range secrets {
		out = append(out, s.Reveal())
	}
	return out
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
	f.Add(uint64(231), uint64(389)) // a byte that is no ASCII differs by the bit of case
	f.Fuzz(func(t *testing.T, a, b uint64) { world{rand.New(rand.NewPCG(a, b))}.check(t) })
}

func TestWriterAgreesOnLargeWrites(t *testing.T) {
	for seed := range uint64(40) {
		w := world{rand.New(rand.NewPCG(seed, 5))}
		r := New(w.values()...)
		patterns := patternsOf(r)
		var text []byte
		for len(text) < 40<<10 {
			text = append(append(text, w.around(patterns)...), '\n')
		}
		want := r.String(string(text))
		var out bytes.Buffer
		stream := r.Writer(&out)
		for at := 0; at < len(text); {
			n := min(1+w.IntN(9000), len(text)-at)
			written, err := stream.Write(text[at : at+n])
			require.NoError(t, err)
			require.Equal(t, n, written)
			at += n
		}
		require.NoError(t, stream.Close())
		require.True(t, want == out.String(), "seed %d", seed)
	}
}

func FuzzWriter(f *testing.F) {
	f.Add("hunter2", "abcdef\x00%2f", []byte("see hunter2 and %2F"), uint64(7))
	f.Fuzz(func(t *testing.T, one, two string, text []byte, seed uint64) {
		r := New(NewSecret(one), NewSecret(two))
		want := r.String(string(text))
		var out bytes.Buffer
		w := r.Writer(&out)
		world{rand.New(rand.NewPCG(seed, 0))}.split(text, func(piece []byte) { _, _ = w.Write(piece) })
		require.NoError(t, w.Close())
		require.Equal(t, want, out.String())
	})
}

var _ io.WriteCloser = (*Writer)(nil)
