package engine_test

import (
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

func TestCacheIsBounded(t *testing.T) {
	cache := engine.Cache{Bytes: 10_000}
	first, err := cache.Compile("first", engine.TemplateOptions{})
	require.NoError(t, err)
	for i := range 100 {
		_, err := cache.Compile(strings.Repeat("x", i+1), engine.TemplateOptions{})
		require.NoError(t, err)
	}
	again, err := cache.Compile("first", engine.TemplateOptions{})
	require.NoError(t, err)
	require.NotSame(t, first, again)
}

func BenchmarkCacheHit(b *testing.B) {
	var cache engine.Cache
	source := strings.Repeat("lorem {{ name }} ", 64)
	for b.Loop() {
		if _, err := cache.Compile(source, engine.TemplateOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
