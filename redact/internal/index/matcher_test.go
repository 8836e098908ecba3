package index

import (
	"runtime"
	"strings"
	"testing"
	"weak"

	"github.com/stretchr/testify/require"
)

func TestAMatcherOfNothingHasNoIndex(t *testing.T) {
	m := new(Matcher)
	require.Nil(t, spansOf(m, []byte("text"), Edge{}))
	require.Nil(t, m.index.Load(), "never told a pattern")

	values := []string{"a-value-of-some-length", strings.Repeat("a", 20), "abc"}
	for _, value := range values {
		m.Add(spelled(value))
	}
	require.Nil(t, m.index.Load(), "never asked")
	require.Equal(t, "# #", masked(m, "a-value-of-some-length abc"))
	for _, value := range values {
		m.Remove(spelled(value), false)
	}
	require.Nil(t, m.index.Load(), "all are gone")
	require.Equal(t, "a-value-of-some-length abc", masked(m, "a-value-of-some-length abc"))
}

func TestAScanKeepsNothingOfWhatIsGone(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // one pool
	other := matcherOf("another-value")
	automaton := func() weak.Pointer[automaton] {
		m := matcherOf(strings.Repeat("a", 20))
		require.Equal(t, mask, masked(m, strings.Repeat("a", 20)))
		return weak.Make((*m.index.Load().tiers[0].automata.Load())[0])
	}()
	for range 4 { // more than a pool keeps what nobody asks for
		require.Equal(t, mask, masked(other, "another-value"))
		runtime.GC()
	}
	require.Nil(t, automaton.Value())
}
