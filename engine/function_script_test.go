package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/redact"
)

// callScript evaluates a JavaScript expression that may call own.
func callScript(t *testing.T, own *engine.Functions, source string, req *engine.Request) (engine.Result, error) {
	t.Helper()
	e, err := engine.CompileExpression(source, engine.ExpressionOptions{Language: engine.JavaScript, Functions: own})
	if err != nil {
		return engine.Result{}, err
	}
	return e.Evaluate(t.Context(), req)
}

func TestOwnFunctionsInJavaScript(t *testing.T) {
	own := ownFunctions(t)
	vars := map[string]any{
		"name": "Ann", "n": int64(3), "f": 2.5, "list": []any{"a", int64(1)}, "user": map[string]any{"a": []any{true, nil}}, "yes": true,
		"big": int64(9007199254740993), "show_any": "a variable",
	}
	for source, want := range map[string]any{
		"shout(name)":                            "ANN!",
		"shout(name, 3) + '?'":                   "ANN!!!?",
		"shout(n, '2')":                          "3!!",
		"shout(name, undefined)":                 "ANN!",
		"yes ? shout(name) : 'no'":               "ANN!",
		"show_any(user)":                         "map[string]interface {} map[a:[true <nil>]]",
		"show_list([...list])":                   "[]interface {} [a 1]",
		"show_number(f)":                         "float64 2.5",
		"show_number(big)":                       "int64 9007199254740993",
		"show_bool(!yes)":                        "bool false",
		"show_any(null)":                         "<nil> <nil>",
		"parts('a-b').parts.join('+')":           "a+b",
		"['a', 'b'].map(x => shout(x)).join('')": "A!B!",
		"['a', 'b'].map(shout).join('')":         "AB!",
		"typeof shout":                           "function",
		"show_any":                               "a variable",
		"(shout => shout)(1)":                    1.0,
	} {
		t.Run(source, func(t *testing.T) {
			result, err := callScript(t, own, source, &engine.Request{Vars: vars})
			require.NoError(t, err)
			require.Equal(t, want, result.Value.Reveal())
			require.False(t, result.Sensitive)
		})
	}
	for source, want := range map[string]string{
		"1 + shout()":       "1:5: `shout` takes other arguments: write `shout(text[, times])`",
		"shout(1, 2, 3)":    "1:1: `shout` takes other arguments: write `shout(text[, times])`",
		"shout(...[])":      "1:1: `shout` takes other arguments: write `shout(text[, times])`",
		"show_number('x')":  "1:1: it takes a number as its value",
		"show_list({})":     "1:1: it takes a list as its value",
		"show_any(() => 1)": "1:1: a function is no result: call it",
		"shot(name)":        "1:1: there is no function `shot`: did you mean `shout`?",
		"refuse(name)":      "1:1: the function failed",
		"break_down(name)":  "1:1: the function failed",
	} {
		t.Run(source, func(t *testing.T) {
			_, err := callScript(t, own, source, &engine.Request{Vars: vars})
			require.EqualError(t, err, want)
		})
	}
	t.Run("too much", func(t *testing.T) {
		_, err := callScript(t, own, "flood('x').length", &engine.Request{})
		require.Equal(t, engine.LimitExceeded, err.(*engine.Error).Code)
	})
	t.Run("lint knows them", func(t *testing.T) {
		for source, valid := range map[string]bool{"shout('x')": true, "['x'].map(shout)": true, "shout()": false} {
			report, err := engine.Lint(t.Context(), []engine.Source{{
				Text: source, Language: engine.JavaScript, Expression: engine.ExpressionOptions{Functions: own},
			}}, engine.LintOptions{Variables: []string{}})
			require.NoError(t, err)
			require.Equal(t, valid, report.Valid, "%v", report.Diagnostics)
			require.Equal(t, valid, len(report.Diagnostics) == 0, "%v", report.Diagnostics)
		}
	})
}

// TestOwnFunctionsKeepSecretsInJavaScript is TestOwnFunctionsKeepSecrets for scripts.
func TestOwnFunctionsKeepSecretsInJavaScript(t *testing.T) {
	own := ownFunctions(t)
	cfg, err := redact.NewJSON([]byte(`{"list": [{"key": "canary-4711-deep"}]}`))
	require.NoError(t, err)
	token := redact.NewSecret("canary-4711")
	redactor := redact.New()
	redactor.Add(token, cfg)
	secrets := engine.Map{"s": token, "cfg": cfg}
	for _, source := range []string{
		"shout(secrets.s)", "shout('x' + secrets.s, 2)", "show_any(secrets.cfg).toUpperCase()", "show_any({a: [secrets.s]}).toUpperCase()",
		"show_list(secrets.cfg.list).toUpperCase()", "[secrets.s].map(shout)[0]", "parts(shout(secrets.s)).parts.join('-')",
	} {
		t.Run(source, func(t *testing.T) {
			result, err := callScript(t, own, source, &engine.Request{Secrets: secrets, Trace: true})
			require.NoError(t, err)
			require.True(t, result.Sensitive)
			require.NotContains(t, redactor.String(result.Value.Reveal().(string)), "CANARY-4711")
			require.NotContains(t, strings.ToLower(fmt.Sprintf("%+v", result.Trace)), "4711")
		})
	}
	for _, name := range []string{"refuse", "break_down", "channel", "show_number", "show_bool"} {
		t.Run(name, func(t *testing.T) {
			result, err := callScript(t, own, name+"(secrets.s)", &engine.Request{Secrets: secrets, Trace: true})
			require.Equal(t, engine.ExpressionFailed, err.(*engine.Error).Code)
			require.NotContains(t, fmt.Sprintf("%v %+v %#v %+v", err, err, err, result.Trace), "4711")
		})
	}
	t.Run("a preview has placeholders", func(t *testing.T) {
		result, err := callScript(t, own, "[shout(secrets.s), show_number(secrets.s)].join()", &engine.Request{Secrets: secrets, Preview: true})
		require.NoError(t, err)
		require.Equal(t, "[SECRETS.S]!,[secrets.s]", result.Value.Reveal())
	})
}

// TestGoTypesInJavaScript reads variables of types that encoding/json does not decode to.
func TestGoTypesInJavaScript(t *testing.T) {
	type address struct {
		Street string `json:"street"`
		Hidden string `json:"-"`
		Zip    int
	}
	vars := map[string]any{
		"texts": []string{"a", "b"}, "counts": map[string]int{"x": 1}, "rows": []map[string]any{{"k": 1}}, "home": address{"S", "h", 7},
		"away": &address{Street: "T"}, "nobody": (*address)(nil), "small": float32(1.5), "none": []string(nil), "pair": [2]int{3, 4},
	}
	for source, want := range map[string]any{
		"texts.map(t => t + t)":                    []any{"aa", "bb"},
		"Object.entries(counts)":                   []any{[]any{"x", 1.0}},
		"rows[0].k + pair[1]":                      5.0,
		"rows[0] === rows[0] && texts === texts":   true,
		"home":                                     map[string]any{"street": "S", "Zip": 7.0},
		"Object.keys(home).join()":                 "street,Zip",
		"[home.Hidden, away.street, nobody, none]": []any{nil, "T", nil, nil},
		"small * 2":                                3.0,
	} {
		t.Run(source, func(t *testing.T) {
			result, err := callScript(t, nil, source, &engine.Request{Vars: vars})
			require.NoError(t, err)
			require.Equal(t, want, result.Value.Reveal())
		})
	}
}
