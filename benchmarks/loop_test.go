package benchmarks

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/flosch/pongo2/v6"
	"github.com/osteele/liquid"
	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
)

// digest is the loop of a digest mail: 20 items, conditions and filters. All
// contenders that read Liquid get this very text.
const digest = `Hi {{ user.name | default: "friend" }}, here is your week:
{% for item in items %}{{ forloop.index }}. {{ item.title | upcase }}{% if item.price > 50 %} (premium){% else %} (basic){% endif %}
   {{ item.price | times: 2 }} {{ currency }}{% if item.tags contains "sale" %}, on sale{% endif %}{% unless forloop.last %},{% endunless %}
   {{ item.note | default: "no note" | truncate: 30 }}
{% endfor %}Bye, {{ user.name | capitalize | append: "!" }}
`

// pongoDigest is digest in pongo2's dialect.
const pongoDigest = `Hi {{ user.name|default:"friend" }}, here is your week:
{% for item in items %}{{ forloop.Counter }}. {{ item.title|upper }}{% if item.price > 50 %} (premium){% else %} (basic){% endif %}
   {{ item.price|add:item.price }} {{ currency }}{% if "sale" in item.tags %}, on sale{% endif %}{% if not forloop.Last %},{% endif %}
   {{ item.note|default:"no note"|truncatechars:30 }}
{% endfor %}Bye, {{ user.name|capfirst }}!
`

func digestVars() map[string]any {
	items := make([]any, 20)
	for i := range items {
		item := map[string]any{"title": fmt.Sprintf("article number %d", i), "price": i * 7, "tags": []any{"new", "book"}}
		if i%3 == 0 {
			item["tags"] = []any{"new", "sale"}
			item["note"] = "A note that is a little longer than the thirty characters it may have"
		}
		items[i] = item
	}
	return map[string]any{"user": map[string]any{"name": "margaret"}, "currency": "EUR", "items": items}
}

// digestRenderers makes the contenders.
func digestRenderers() []rival {
	vars := digestVars()
	return []rival{
		{"sotto", func() (renderer, error) {
			t, err := engine.Compile(digest, engine.TemplateOptions{})
			if err != nil {
				return nil, err
			}
			return prepared(t, vars, nil)
		}},
		{"liquid", func() (renderer, error) {
			t, err := liquid.NewEngine().ParseString(digest)
			if err != nil {
				return nil, err
			}
			return func(dst []byte) ([]byte, error) {
				out, err := t.Render(vars)
				return append(dst, out...), err
			}, nil
		}},
		{"pongo2", func() (renderer, error) {
			t, err := pongo2.FromString(pongoDigest)
			if err != nil {
				return nil, err
			}
			return func(dst []byte) ([]byte, error) {
				out, err := t.ExecuteBytes(pongo2.Context(vars))
				return append(dst, out...), err
			}, nil
		}},
	}
}

func TestDigestsAgree(t *testing.T) {
	want := ""
	for _, c := range digestRenderers()[:2] {
		render, err := c.make()
		require.NoError(t, err)
		got, err := render(nil)
		require.NoError(t, err)
		if want == "" {
			want = string(got)
		}
		require.Equal(t, want, string(got), c.name)
	}
	js := startLiquidJS(t, digest, digestVars())
	require.Equal(t, want, js.output)
}

func BenchmarkLoop(b *testing.B) {
	for _, c := range digestRenderers() {
		render, err := c.make()
		require.NoError(b, err)
		b.Run("20/"+c.name, func(b *testing.B) { measure(b, render) })
	}
	b.Run("20/liquidjs", startLiquidJS(b, digest, digestVars()).measure)
}

// liquidJS is a node process that renders one template with LiquidJS, parsed
// once. It times itself, so that the pipe between us costs it nothing.
type liquidJS struct {
	in     io.Writer
	out    *bufio.Reader
	output string
}

func startLiquidJS(tb testing.TB, template string, vars map[string]any) *liquidJS {
	tb.Helper()
	cmd := exec.Command("node", "liquidjs/render.mjs")
	in, err := cmd.StdinPipe()
	require.NoError(tb, err)
	out, err := cmd.StdoutPipe()
	require.NoError(tb, err)
	var problem strings.Builder
	cmd.Stderr = &problem
	if err := cmd.Start(); err != nil {
		tb.Skipf("node is not installed: LiquidJS is not measured")
	}
	tb.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	job, err := json.Marshal(map[string]any{"template": template, "vars": vars})
	require.NoError(tb, err)
	js := &liquidJS{in: in, out: bufio.NewReader(out)}
	_, err = fmt.Fprintf(in, "%s\n", job)
	require.NoError(tb, err)
	line, err := js.out.ReadString('\n')
	if err != nil {
		tb.Skipf("LiquidJS is not measured: run npm ci in benchmarks/liquidjs first")
	}
	require.NoError(tb, json.Unmarshal([]byte(line), &js.output))
	return js
}

func (js *liquidJS) measure(b *testing.B) {
	_, err := fmt.Fprintln(js.in, b.N)
	require.NoError(b, err)
	line, err := js.out.ReadString('\n')
	require.NoError(b, err)
	ns, err := strconv.ParseFloat(strings.TrimSpace(line), 64)
	require.NoError(b, err)
	b.ReportMetric(ns/float64(b.N), "ns/op")
}
