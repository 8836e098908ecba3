package engine_test

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/internal/jsonread"
	"github.com/sotto-render/sotto/redact"
)

var boundSources = []struct {
	name, source string
	context      engine.Context
	strict       bool
}{
	{name: "text", source: `Hi {{ name }}, "{{ user.city }}" <<Secrets.key>> \ {{ count }}é`},
	{name: "missing", source: "{{ nobody }}{{ name }}{{ nobody.here }}"},
	{name: "strict", source: "{{ name }} {{ count }}", strict: true},
	{name: "json", source: `{"a":"{{ name }}","b":{{ count }},{{ name }}: {{ user.city }},"k":"<<Secrets.key>>"}`, context: engine.JSONContext},
	{name: "html", source: `<p>{{ name }}</p><a title="{{ user.city }}">{{ count }}</a><<Secrets.key>>`, context: engine.HTMLContext},
	{name: "url", source: `https://sotto.example/find?q={{ name }}&k=<<Secrets.key>>`, context: engine.URLContext},
	{name: "whole object", source: "{{ user }}"},
	{name: "property", source: "{{ name.size }} {{ user.size }}"},
}

// TestBoundIsAppend: pasting records yields what rendering their variables does,
// whatever they hold, or it says that it cannot.
func TestBoundIsAppend(t *testing.T) {
	secrets := engine.Map{"key": redact.NewSecret(`s"e\c<r>et`)}
	for _, c := range boundSources {
		t.Run(c.name, func(t *testing.T) {
			template, err := engine.Compile(c.source, engine.TemplateOptions{Context: c.context})
			require.NoError(t, err)
			prepared, err := template.Prepare(t.Context(), &engine.Request{Secrets: secrets, Strict: c.strict})
			require.NoError(t, err)
			pasted := 0
			rapid.Check(t, func(t *rapid.T) {
				record := map[string]any{
					"name": leaf().Draw(t, "name"), "count": leaf().Draw(t, "count"),
					"user": map[string]any{"city": leaf().Draw(t, "city")},
				}
				text, err := json.Marshal(record)
				require.NoError(t, err)
				shape := jsonread.ShapeOf(string(text))
				bound := prepared.Bind(shape.Paths())
				cells := make([]engine.Cell, len(shape.Paths()))
				if bound == nil || shape.Read(string(text), cells) == 0 {
					return
				}
				got, ok := bound.AppendJSON([]byte("before"), cells)
				if !ok {
					require.Equal(t, "before", string(got))
					return
				}
				pasted++
				vars, err := engine.DecodeVars(text)
				require.NoError(t, err)
				want, err := prepared.Append(nil, vars)
				require.NoError(t, err)
				var output string
				require.NoError(t, json.Unmarshal([]byte(`"`+strings.TrimPrefix(string(got), "before")+`"`), &output))
				require.Equal(t, string(want), output)
			})
			if c.name == "text" || c.name == "json" {
				require.Positive(t, pasted)
			}
		})
	}
}

// leaf is anything that a record may hold in the place of a value.
func leaf() *rapid.Generator[any] {
	return rapid.OneOf(
		rapid.Map(rapid.String(), func(s string) any { return s }),
		rapid.Map(rapid.SampledFrom([]string{"", `a"b`, "<b>&'", "line\nline", "é", "\u2028", "a/b?c=d"}), func(s string) any { return s }),
		rapid.Map(rapid.Int64(), func(n int64) any { return n }),
		rapid.Map(rapid.Float64Range(-1e9, 1e9), func(n float64) any { return n }),
		rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Just[any](nil),
	)
}

// TestForksCountForThemselves: what one recipient used is not missing to another.
func TestForksCountForThemselves(t *testing.T) {
	template, err := engine.Compile("{% for i in (1..10) %}{{ x }}{% endfor %}", engine.TemplateOptions{})
	require.NoError(t, err)
	expression, err := engine.CompileExpression("x + x", engine.ExpressionOptions{})
	require.NoError(t, err)
	request := &engine.Request{Budget: engine.NewBudget(engine.BudgetLimits{OutputBytes: 1})}
	prepared, err := template.Prepare(t.Context(), request)
	require.NoError(t, err)
	_, err = prepared.Append(nil, map[string]any{"x": "ab"})
	require.ErrorContains(t, err, "output_bytes")
	flow, err := engine.NewFlow(map[string]*engine.Expression{"a": expression}).Prepare(t.Context(), request)
	require.NoError(t, err)

	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			budget := new(engine.Budget)
			render, evaluate := prepared.Fork(nil, budget), flow.Fork(nil, budget)
			for range 100 {
				budget.Start(engine.BudgetLimits{OutputBytes: 24})
				out, err := render.Append(nil, map[string]any{"x": "ab"})
				require.NoError(t, err)
				require.Equal(t, strings.Repeat("ab", 10), string(out))
				results, err := evaluate.Evaluate(map[string]any{"x": "ab"})
				require.NoError(t, err)
				require.Equal(t, "abab", results["a"].Value.Reveal())
				_, err = render.Append(nil, map[string]any{"x": "ab"})
				require.ErrorContains(t, err, "output_bytes")
			}
		})
	}
	all.Wait()
}

// TestNothingOfTheLastRecipientIsLeft: a variable that one does not have is empty,
// and never what the one before had.
func TestNothingOfTheLastRecipientIsLeft(t *testing.T) {
	template, err := engine.Compile("{{ a }}{{ b.c }}{% if b %}!{% endif %}", engine.TemplateOptions{})
	require.NoError(t, err)
	message := engine.NewMessage(map[string]*engine.Template{"one": template})
	prepared, err := template.Prepare(t.Context(), &engine.Request{})
	require.NoError(t, err)
	parts, err := message.Prepare(t.Context(), &engine.Request{})
	require.NoError(t, err)
	for _, c := range []struct {
		name string
		vars map[string]any
		want string
	}{
		{"all", map[string]any{"a": "x", "b": map[string]any{"c": "y"}}, "xy!"},
		{"none", nil, ""},
		{"all again", map[string]any{"a": "x", "b": map[string]any{"c": "y"}}, "xy!"},
		{"one", map[string]any{"a": "z"}, "z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, err := prepared.Append(nil, c.vars)
			require.NoError(t, err)
			require.Equal(t, c.want, string(out))
			outputs, err := parts.Render(c.vars)
			require.NoError(t, err)
			require.Equal(t, c.want, outputs["one"].Reveal())
		})
	}
}
