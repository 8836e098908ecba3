package engine_test

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
)

// editedPartials change with each look-up.
type editedPartials struct {
	reads atomic.Int64
	ctx   context.Context // of the last look-up
}

func (p *editedPartials) Partial(name string) (string, error) {
	return p.PartialContext(context.Background(), name)
}

func (p *editedPartials) PartialContext(ctx context.Context, name string) (string, error) {
	p.ctx = ctx
	n := p.reads.Add(1)
	switch {
	case name == "outer":
		return "{% render 'inner' %}", nil
	case strings.HasPrefix(name, "no"):
		return "", fs.ErrNotExist
	}
	return fmt.Sprint(n, ";"), nil
}

// TestPartialIsReadOnce: an edit never shows in one half of an output.
func TestPartialIsReadOnce(t *testing.T) {
	for _, c := range []struct {
		name, source string
		vars         map[string]any
		want         []string // of the first render and of the next; N is one number
	}{
		{"in each use", "{% include x %}{% include x %}{% capture c %}{% include x %}{% endcapture %}{{ c }}",
			map[string]any{"x": "a"}, []string{"1;1;1;", "2;2;2;"}},
		{"below others", "{% include x %}{% include y %}{% render 'inner' %}",
			map[string]any{"x": "outer", "y": "inner"}, []string{"1;1;1;", "1;1;1;"}},
		{"below one of them", "{% include x %}{% include y %}",
			map[string]any{"x": "outer", "y": "inner"}, []string{"N;N;", "N;N;"}}, // which is read first is open
		{"named by the template too", "{% render 'a' %}{% include x %}", map[string]any{"x": "a"}, []string{"1;1;", "1;1;"}},
		{"in a loop", "{% for i in (1..3) %}{% include x %}{% endfor %}", map[string]any{"x": "a"}, []string{"1;1;1;", "2;2;2;"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			template, err := engine.Compile(c.source, engine.TemplateOptions{Partials: new(editedPartials)})
			require.NoError(t, err)
			for _, want := range c.want {
				got, err := template.Render(t.Context(), &engine.Request{Vars: c.vars})
				require.NoError(t, err)
				number, _, _ := strings.Cut(got.Reveal(), ";")
				require.Equal(t, strings.ReplaceAll(want, "N", number), got.Reveal())
			}
		})
	}
}

// chosenNames has n names of partials.
func chosenNames(n int) (names []any, partials engine.PartialMap) {
	partials = make(engine.PartialMap, n)
	for i := range n {
		name := fmt.Sprint("part", i)
		names, partials[name] = append(names, name), strings.Repeat("{{ a | upcase }} text\n", 20)+fmt.Sprint("{% assign a = ", i, " %}")
	}
	return names, partials
}

// TestChosenPartialsAreWeighed: what a template keeps of the partials that data
// names has an end, and is in its size.
func TestChosenPartialsAreWeighed(t *testing.T) {
	names, partials := chosenNames(3000)
	template, err := engine.Compile("{% include x %}", engine.TemplateOptions{Partials: partials})
	require.NoError(t, err)
	alone, most := template.Size(), 0
	for _, name := range names {
		_, err := template.Render(t.Context(), &engine.Request{Vars: map[string]any{"x": name}})
		require.NoError(t, err)
		most = max(most, template.Size())
	}
	require.Greater(t, most, alone+1<<20)
	require.Less(t, most, alone+5<<20)
}

func TestPartialsAreBounded(t *testing.T) {
	var static strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&static, "{%% render 'no%d' %%}", i)
	}
	names, existing := chosenNames(1001)
	const loop = "{% for x in names %}{% include x %}{% endfor %}"
	for _, c := range []struct {
		name, source string
		partials     engine.Partials
		vars         any
		limits       engine.Limits
		want         string
	}{
		{"that a template names", static.String(), new(editedPartials), nil, engine.Limits{}, "the limit partials of 1000 names is exceeded"},
		{"that data names", loop, existing, names, engine.Limits{}, "the limit partials of 1000 names is exceeded"},
		{"as they take", loop, existing, names, engine.Limits{WorkBytes: 1 << 20}, "the limit work_bytes of 1048576 bytes is exceeded"},
		{"what one may take", "{% render 'big' %}{% capture c %}{% render 'big' %}{% endcapture %}{% include 'big' %}{% capture c %}{% include 'big' %}{% endcapture %}",
			engine.PartialMap{"big": strings.Repeat("{{ a }}", 140_000)}, nil, engine.Limits{}, "the limit compiled_bytes of 67108864 bytes is exceeded"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := rendered(c.source, engine.TemplateOptions{Partials: c.partials, Limits: c.limits}, &engine.Request{Vars: map[string]any{"names": c.vars}})
			var wrong *engine.Error
			require.ErrorAs(t, err, &wrong)
			require.Equal(t, engine.LimitExceeded, wrong.Code)
			require.ErrorContains(t, err, c.want)
			if p, ok := c.partials.(*editedPartials); ok {
				require.LessOrEqual(t, p.reads.Load(), int64(1000))
			}
		})
	}
}

// TestPartialsEndWithTheCaller: nothing is looked up for a caller who is gone.
func TestPartialsEndWithTheCaller(t *testing.T) {
	gone, leave := context.WithCancel(context.Background())
	leave()
	partials := new(editedPartials)
	o := engine.TemplateOptions{Partials: partials}
	_, err := engine.CompileContext(gone, "{% render 'a' %}{% render 'b' %}", o)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorContains(t, err, "the caller gave up")
	require.Zero(t, partials.reads.Load())

	template, err := engine.Compile("{% include x %}", o)
	require.NoError(t, err)
	type mark struct{}
	ctx := context.WithValue(t.Context(), mark{}, true)
	_, err = template.Render(ctx, &engine.Request{Vars: map[string]any{"x": "a"}})
	require.NoError(t, err)
	require.Equal(t, true, partials.ctx.Value(mark{}), "the render's own")
}

// versionedPartials are the same for ever.
type versionedPartials struct{ engine.PartialMap }

func (versionedPartials) Version() string { return "1" }

// TestCacheWeighsChosenPartials: what a template keeps later counts too.
func TestCacheWeighsChosenPartials(t *testing.T) {
	names, partials := chosenNames(200)
	o := engine.TemplateOptions{Partials: versionedPartials{partials}}
	const most = 1 << 20
	cache := engine.Cache{Bytes: most}
	kept := make(map[*engine.Template]bool)
	for round := range 2 {
		again := 0
		for i := range 20 {
			template, err := cache.Compile(fmt.Sprint(i, "{% for x in names %}{% include x %}{% endfor %}"), o)
			require.NoError(t, err)
			if kept[template] {
				again += template.Size()
			}
			kept[template] = true
			if round == 0 {
				_, err = template.Render(t.Context(), &engine.Request{Vars: map[string]any{"names": names}})
				require.NoError(t, err)
				_, err = cache.Compile(fmt.Sprint(i, "{% for x in names %}{% include x %}{% endfor %}"), o)
				require.NoError(t, err)
			}
		}
		require.LessOrEqual(t, again, most)
	}
}

// TestChosenPartialsTogether: renders of one template at once, each of which sees
// the partials that it names.
func TestChosenPartialsTogether(t *testing.T) {
	partials := engine.PartialMap{}
	for i := range 50 {
		partials[fmt.Sprint("p", i)] = fmt.Sprintf("{%% assign v%d = %d %%}{{ v%d }};{%% render 'shared' %%}", i, i, i)
	}
	partials["shared"] = "s;"
	template, err := engine.Compile("{% include x %}{% include y %}", engine.TemplateOptions{Partials: partials})
	require.NoError(t, err)
	var group sync.WaitGroup
	for g := range 4 {
		group.Go(func() {
			for i := range 200 {
				x, y := (i*7+g)%50, (i*3+g*11)%50
				got, err := template.Render(t.Context(), &engine.Request{Vars: map[string]any{"x": fmt.Sprint("p", x), "y": fmt.Sprint("p", y)}})
				if !assert.NoError(t, err) || !assert.Equal(t, fmt.Sprintf("%d;s;%d;s;", x, y), got.Reveal()) {
					return
				}
			}
		})
	}
	group.Wait()
}
