package engine_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
)

// heapOf returns how many bytes one of what build makes keeps alive.
func heapOf(t *testing.T, build func() (any, error)) int {
	t.Helper()
	const n = 100
	kept := make([]any, n)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range kept {
		var err error
		kept[i], err = build()
		require.NoError(t, err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(kept)
	return int(after.HeapAlloc-before.HeapAlloc) / n
}

// A cache is bounded by what things say they take: not much less than they do.
func TestSizeIsThatOfTheHeap(t *testing.T) {
	mixed := strings.Repeat("lorem ipsum {{ name | upcase }} dolor <<secrets.token>> ", 20)
	template := func(source string) func() (any, error) {
		return func() (any, error) {
			return engine.Compile(strings.Clone(source), engine.TemplateOptions{Partials: engine.PartialMap{"p": strings.Clone(mixed)}})
		}
	}
	expression := func(source string) func() (any, error) {
		return func() (any, error) {
			return engine.CompileExpression(strings.Clone(source), engine.ExpressionOptions{})
		}
	}
	for _, c := range []struct {
		name  string
		build func() (any, error)
	}{
		{"text", template(strings.Repeat("lorem ipsum dolor ", 200) + "{{ name }}")},
		{"objects", template(strings.Repeat("{{ a }}", 200))},
		{"mixed", template(mixed)},
		{"filters", template(strings.Repeat("{{ a.b.c | replace: 'x', 'y' | default: d }}", 50))},
		{"blocks", template(strings.Repeat("{% if a == 1 and b %}{{ x }}{% else %}y{% endif %}{% for i in l %}{{ i }}{% endfor %}", 30))},
		{"partials", template("{% render 'p' %}")},
		{"sum", expression(strings.Repeat("a + ", 50) + "b")},
		{"template literal", expression("`Bearer ${secrets.token}`")},
		{"macro", expression(strings.Repeat("[1,2].exists(x, x == n) || ", 20) + "c")},
	} {
		t.Run(c.name, func(t *testing.T) {
			one, err := c.build()
			require.NoError(t, err)
			size, heap := one.(interface{ Size() int }).Size(), heapOf(t, c.build)
			require.Greater(t, size, heap/2)
			require.Less(t, size, 4*heap)
		})
	}
}
