package engine_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
)

// versioned are partials whose version the test sets.
type versioned struct {
	engine.PartialMap
	version string
}

func (v versioned) Version() string { return v.version }

func TestCacheKeepsByContent(t *testing.T) {
	var cache engine.Cache
	first, err := cache.Compile("Hi {{ name }}", engine.TemplateOptions{})
	require.NoError(t, err)
	same, err := cache.Compile("Hi {{ name }}", engine.TemplateOptions{})
	require.NoError(t, err)
	require.Same(t, first, same)
	other, err := cache.Compile("Hi {{ name }}", engine.TemplateOptions{Context: engine.HTMLContext})
	require.NoError(t, err)
	require.NotSame(t, first, other)
	require.Equal(t, engine.HTMLContext, other.Context())
}

func TestCacheForgetsChangedPartials(t *testing.T) {
	var cache engine.Cache
	compile := func(p engine.Partials) *engine.Template {
		template, err := cache.Compile("{% render 'foot' %}", engine.TemplateOptions{Partials: p})
		require.NoError(t, err)
		return template
	}
	one := versioned{engine.PartialMap{"foot": "one"}, "1"}
	two := versioned{engine.PartialMap{"foot": "two"}, "2"}
	require.Same(t, compile(one), compile(one))
	require.NotSame(t, compile(one), compile(two))
	require.NotSame(t, compile(one.PartialMap), compile(one.PartialMap), "without a version nothing is kept")
}

// What a partial takes counts: many short templates that name a long one push
// each other out.
func TestCacheIsBounded(t *testing.T) {
	partials := versioned{engine.PartialMap{"long": strings.Repeat("{{ a }}", 1000)}, "1"}
	cache := engine.Cache{Bytes: 1 << 20}
	compile := func(i int) *engine.Template {
		template, err := cache.Compile(strconv.Itoa(i)+"{% render 'long' %}", engine.TemplateOptions{Partials: partials})
		require.NoError(t, err)
		return template
	}
	const all = 50
	var first [all]*engine.Template
	size := 0
	for i := range all {
		first[i] = compile(i)
		size = first[i].Size()
		require.Same(t, first[0], compile(0), "what is asked for all the time stays")
	}
	require.Greater(t, size, 100_000)
	kept := 0
	for i := range all {
		if compile(i) == first[i] {
			kept++
		}
	}
	require.LessOrEqual(t, kept, cache.Bytes/size)
}

func BenchmarkCacheHit(b *testing.B) {
	var cache engine.Cache
	source := strings.Repeat("lorem {{ name }} ", 61)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := cache.Compile(source, engine.TemplateOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
