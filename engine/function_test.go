package engine_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

func parameter(name string, kind macros.Kind, optional bool) macros.Parameter {
	return macros.Parameter{Name: name, Kind: kind, Optional: optional}
}

// ownFunctions are a function of each kind of argument, and those that fail.
func ownFunctions(t *testing.T) *engine.Functions {
	t.Helper()
	shown := func(args []any) (any, error) { return fmt.Sprintf("%T %v", args[0], args[0]), nil }
	text := parameter("text", macros.TextKind, false)
	functions, err := engine.NewFunctions(
		engine.Function{
			Name: "shout", Parameters: []macros.Parameter{text, parameter("times", macros.IntegerKind, true)},
			Run: func(args []any) (any, error) {
				n := int64(1)
				if len(args) > 1 {
					n = args[1].(int64)
				}
				return strings.ToUpper(args[0].(string)) + strings.Repeat("!", int(n)), nil
			},
		},
		engine.Function{Name: "show_any", Parameters: []macros.Parameter{parameter("value", macros.AnyKind, false)}, Run: shown},
		engine.Function{Name: "show_list", Parameters: []macros.Parameter{parameter("value", macros.ListKind, false)}, Run: shown},
		engine.Function{Name: "show_number", Parameters: []macros.Parameter{parameter("value", macros.NumberKind, false)}, Run: shown},
		engine.Function{Name: "show_bool", Parameters: []macros.Parameter{parameter("value", macros.BoolKind, false)}, Run: shown},
		engine.Function{Name: "parts", Parameters: []macros.Parameter{text}, Run: func(args []any) (any, error) {
			return map[string]any{"parts": strings.Split(args[0].(string), "-")}, nil
		}},
		engine.Function{Name: "refuse", Parameters: []macros.Parameter{text}, Run: func(args []any) (any, error) {
			return nil, errors.New("refused " + args[0].(string))
		}},
		engine.Function{Name: "break_down", Parameters: []macros.Parameter{text}, Run: func(args []any) (any, error) { panic(args[0]) }},
		engine.Function{Name: "channel", Parameters: []macros.Parameter{text}, Run: func(args []any) (any, error) { return make(chan int), nil }},
		engine.Function{Name: "flood", Parameters: []macros.Parameter{text}, Run: func(args []any) (any, error) { return strings.Repeat("x", 64<<20), nil }},
	)
	require.NoError(t, err)
	return functions
}

func withOwn(t *testing.T, own *engine.Functions, filter, call string, req *engine.Request) (out string, filtered error, result engine.Result, called error) {
	t.Helper()
	if filter != "" {
		out, filtered = rendered(filter, engine.TemplateOptions{Filters: own}, req)
	}
	e, err := engine.CompileExpression(call, engine.ExpressionOptions{Functions: own})
	if err != nil {
		return out, filtered, result, err
	}
	result, called = e.Evaluate(t.Context(), req)
	return out, filtered, result, called
}

func TestOwnFunctions(t *testing.T) {
	own := ownFunctions(t)
	vars := map[string]any{"name": "Ann", "n": int64(3), "f": 2.5, "list": []any{"a", int64(1)}, "user": map[string]any{"a": []any{true, nil}}, "yes": true}
	for _, test := range []struct {
		filter, call string
		want         any
	}{
		{`{{ name | shout }}`, `shout(name)`, "ANN!"},
		{`{{ name | shout: 3 | append: "?" }}`, `shout(name, 3) + "?"`, "ANN!!!?"},
		{`{{ n | shout: "2" }}`, `shout(n, "2")`, "3!!"},
		{`{% if yes %}{{ name | shout }}{% endif %}`, `yes ? shout(name) : "no"`, "ANN!"},
		{`{{ user | show_any }}`, `show_any(user)`, "map[string]interface {} map[a:[true <nil>]]"},
		{`{{ list | show_list }}`, `show_list(list)`, "[]interface {} [a 1]"},
		{`{{ f | show_number }}`, `show_number(f)`, "float64 2.5"},
		{`{{ n | show_number }}`, `show_number(n)`, "int64 3"},
		{`{{ yes | show_bool }}`, `show_bool(yes)`, "bool true"},
		{`{{ nope | show_any }}`, `show_any(null)`, "<nil> <nil>"},
		{`{% assign p = "a-b" | parts %}{{ p.parts | join: "+" }}`, `parts("a-b").parts.join("+")`, "a+b"},
		{`{{ "a,b" | split: "," | map: "size" | join: "" }}`, `["a", "b"].map(x, shout(x)).join("")`, nil},
	} {
		t.Run(test.call, func(t *testing.T) {
			out, filtered, result, called := withOwn(t, own, test.filter, test.call, &engine.Request{Vars: vars})
			require.NoError(t, filtered)
			require.NoError(t, called)
			if test.want == nil {
				require.Equal(t, "A!B!", result.Value.Reveal())
				return
			}
			require.Equal(t, test.want, out)
			require.Equal(t, test.want, result.Value.Reveal())
			require.False(t, result.Sensitive)
		})
	}
	t.Run("escaped for its place", func(t *testing.T) {
		out, err := rendered(`{{ "<b>" | shout }}`, engine.TemplateOptions{Filters: own, Context: engine.HTMLContext}, &engine.Request{})
		require.NoError(t, err)
		require.Equal(t, "&lt;B&gt;!", out)
	})
	t.Run("in a partial", func(t *testing.T) {
		out, err := rendered(`{% render "p" %}`, engine.TemplateOptions{Filters: own, Partials: engine.PartialMap{"p": `{{ "x" | shout }}`}}, &engine.Request{})
		require.NoError(t, err)
		require.Equal(t, "X!", out)
	})
}

// TestOwnFunctionsKeepSecrets: what they make of a secret is sensitive and known
// to the redactors, also where the secret is deep inside an argument, and what they
// say when they fail is shown nowhere.
func TestOwnFunctionsKeepSecrets(t *testing.T) {
	own := ownFunctions(t)
	cfg, err := redact.NewJSON([]byte(`{"list": [{"key": "canary-4711-deep"}]}`))
	require.NoError(t, err)
	token := redact.NewSecret("canary-4711")
	redactor := redact.New()
	redactor.Add(token, cfg)
	secrets := engine.Map{"s": token, "cfg": cfg}
	for filter, call := range map[string]string{
		`{{ secrets.s | shout }}`:                                                  `shout(secrets.s)`,
		`{{ "x" | append: secrets.s | shout: 2 }}`:                                 `shout("x" + secrets.s, 2)`,
		`{{ secrets.cfg | show_any | upcase }}`:                                    `show_any(secrets.cfg).upperAscii()`,
		`{{ secrets.cfg.list | show_list | upcase }}`:                              `show_list(secrets.cfg.list).upperAscii()`,
		`{{ "a-b" | split: "-" | concat: secrets.cfg.list | show_list | upcase }}`: `show_list(["a", secrets.cfg.list]).upperAscii()`,
	} {
		t.Run(call, func(t *testing.T) {
			out, filtered, result, called := withOwn(t, own, filter, call, &engine.Request{Secrets: secrets, Trace: true})
			require.NoError(t, filtered)
			require.NoError(t, called)
			require.True(t, result.Sensitive)
			require.Contains(t, out, "CANARY-4711")
			require.NotContains(t, redactor.String(out), "CANARY-4711")
			require.NotContains(t, redactor.String(result.Value.Reveal().(string)), "CANARY-4711")
			require.NotContains(t, strings.ToLower(fmt.Sprintf("%+v", result.Trace)), "4711")
		})
	}
	for _, name := range []string{"refuse", "break_down", "channel", "show_number", "show_bool"} {
		t.Run(name, func(t *testing.T) {
			filter := "{{ secrets.s | " + name + " }}"
			if strings.HasPrefix(name, "show") || name == "channel" {
				filter = "" // Liquid takes any text for a number and for true, and what it does not know for nothing
			}
			_, filtered, result, called := withOwn(t, own, filter, name+"(secrets.s)", &engine.Request{Secrets: secrets, Trace: true})
			require.Equal(t, engine.ExpressionFailed, called.(*engine.Error).Code)
			require.NotContains(t, fmt.Sprintf("%v %+v %#v %+v", called, called, called, result.Trace), "4711")
			if filter != "" {
				require.Equal(t, engine.ValueRejected, filtered.(*engine.Error).Code)
				require.NotContains(t, fmt.Sprintf("%v %+v %#v", filtered, filtered, filtered), "4711")
			}
			shown, filtered, result, called := withOwn(t, own, filter, name+"(secrets.s)", &engine.Request{Secrets: secrets, Preview: true})
			require.NoError(t, filtered)
			require.NoError(t, called)
			require.Equal(t, "[secrets.s]", result.Value.Reveal())
			if filter != "" {
				require.Equal(t, "[secrets.s]", shown)
			}
		})
	}
	t.Run("too long", func(t *testing.T) {
		_, filtered, _, called := withOwn(t, own, `{{ "x" | flood | size }}`, `flood("x").size()`, &engine.Request{})
		require.Equal(t, engine.LimitExceeded, filtered.(*engine.Error).Code)
		require.Equal(t, engine.LimitExceeded, called.(*engine.Error).Code)
	})
}

// TestOwnFunctionsAreCheckedBeforeTheyRun: compilers, caches and lint know them.
func TestOwnFunctionsAreCheckedBeforeTheyRun(t *testing.T) {
	own := ownFunctions(t)
	for source, want := range map[string]string{
		`{{ x | shuot }}`: "did you mean `shout`?", `{{ x | shout: 1, 2 }}`: "takes 0 to 1 arguments: `shout: times`", `{{ x | shout: a: 1 }}`: "has no argument called `a`",
	} {
		t.Run(source, func(t *testing.T) {
			_, err := engine.Compile(source, engine.TemplateOptions{Filters: own})
			require.ErrorContains(t, err, want[:12])
		})
	}
	for source, want := range map[string]string{
		`shout()`: "write `shout(text[, times])`", `shout("a", 1, 2)`: "write `shout(text[, times])`", `"a".shout()`: "there is no function",
	} {
		t.Run(source, func(t *testing.T) {
			_, err := engine.CompileExpression(source, engine.ExpressionOptions{Functions: own})
			require.ErrorContains(t, err, want)
		})
	}
	require.Empty(t, lint(t, engine.LintOptions{}, engine.Source{Text: `{{ x | shout }}{% render "p" %}`, Template: engine.TemplateOptions{Filters: own, Partials: engine.PartialMap{"p": `{{ "x" | shout }}`}}},
		engine.Source{Text: `shout("x")`, Language: engine.CEL, Expression: engine.ExpressionOptions{Functions: own}}))
	require.Equal(t, []string{"error unknown_filter 1:8"}, lint(t, engine.LintOptions{}, engine.Source{Text: `{{ x | shout }}`}))
	require.Equal(t, []string{"error expression_syntax 1:1"}, lint(t, engine.LintOptions{}, engine.Source{Text: `shout("x")`, Language: engine.CEL}))

	var cache engine.Cache
	_, err := cache.Compile(`{{ x | shout }}`, engine.TemplateOptions{Filters: own})
	require.NoError(t, err)
	_, err = cache.Compile(`{{ x | shout }}`, engine.TemplateOptions{})
	require.ErrorContains(t, err, "there is no filter")
	other, err := engine.NewFunctions(engine.Function{Name: "shout", Parameters: []macros.Parameter{parameter("v", macros.AnyKind, false)}, Run: func([]any) (any, error) { return "other", nil }})
	require.NoError(t, err)
	template, err := cache.Compile(`{{ x | shout }}`, engine.TemplateOptions{Filters: other})
	require.NoError(t, err)
	out, err := template.Append(t.Context(), &engine.Request{}, nil)
	require.NoError(t, err)
	require.Equal(t, "other", string(out))
	expressions := engine.ExpressionCache{Functions: own}
	for _, want := range []string{"X!", "other"} {
		e, err := expressions.Compile(`shout("x")`, engine.CEL)
		require.NoError(t, err)
		result, err := e.Evaluate(t.Context(), &engine.Request{})
		require.NoError(t, err)
		require.Equal(t, want, result.Value.Reveal())
		expressions.Functions = other
	}
}

func TestFunctionsAreRefused(t *testing.T) {
	run := func([]any) (any, error) { return nil, nil }
	one := []macros.Parameter{parameter("x", macros.AnyKind, false)}
	for name, test := range map[string]struct {
		function engine.Function
		want     string
	}{
		"name":     {engine.Function{Name: "Shout", Parameters: one, Run: run}, "lower case"},
		"filter":   {engine.Function{Name: "upcase", Parameters: one, Run: run}, "filter of this name"},
		"function": {engine.Function{Name: "url_encode", Parameters: one, Run: run}, "filter of this name"},
		"of CEL":   {engine.Function{Name: "json_encode", Parameters: one, Run: run}, "of this name"},
		"macro":    {engine.Function{Name: "has", Parameters: one, Run: run}, "of this name"},
		"word":     {engine.Function{Name: "secrets", Parameters: one, Run: run}, "of this name"},
		"no Run":   {engine.Function{Name: "f", Parameters: one}, "no Run"},
		"none":     {engine.Function{Name: "f", Run: run}, "no parameters"},
		"named":    {engine.Function{Name: "f", Parameters: []macros.Parameter{{Name: "x", Kind: macros.AnyKind, Named: true}}, Run: run}, "named"},
		"optional": {engine.Function{Name: "f", Parameters: []macros.Parameter{parameter("x", macros.AnyKind, true)}, Run: run}, "cannot be optional"},
		"order":    {engine.Function{Name: "f", Parameters: []macros.Parameter{one[0], parameter("y", macros.AnyKind, true), parameter("z", macros.AnyKind, false)}, Run: run}, "behind an optional"},
		"kind":     {engine.Function{Name: "f", Parameters: []macros.Parameter{parameter("x", macros.PropertyKind, false)}, Run: run}, "kind"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := engine.NewFunctions(test.function)
			require.ErrorContains(t, err, test.want)
		})
	}
	f := engine.Function{Name: "f", Parameters: one, Run: run}
	_, err := engine.NewFunctions(f, f)
	require.ErrorContains(t, err, "two of this name")
}
