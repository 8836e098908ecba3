package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// The documentation has an example of each form; here is what it leaves out.

func evaluated(t *testing.T, source string, req *engine.Request) (engine.Result, error) {
	t.Helper()
	e, err := engine.CompileExpression(source, engine.ExpressionOptions{})
	if err != nil {
		return engine.Result{}, err
	}
	return e.Evaluate(context.Background(), req)
}

func TestExpressionValues(t *testing.T) {
	type person struct {
		Name   string `json:"name"`
		Secret string `json:"-"`
		Age    int
		Tags   []string
	}
	now := time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)
	req := &engine.Request{Secrets: canary.secrets(), Now: func() time.Time { return now }, Vars: map[string]any{
		"int": json.Number("3"), "big": json.Number("12345678901234567890"), "huge": json.Number("123456789012345678901"),
		"fraction": json.Number("1.50"), "exponent": json.Number("1e3"), "minus": json.Number("-9223372036854775808"),
		"float": 2.0, "small": int8(7), "unsigned": uint16(8), "single": float32(0.5), "pointer": &now, "none": (*person)(nil),
		"person": person{Name: "Ann", Secret: "x", Age: 41, Tags: []string{"a"}}, "words": []string{"a", "b"}, "counts": map[string]int{"a": 1},
		"list": []any{json.Number("1"), json.Number("2.5")}, "map": map[string]any{"type": "t", "a-b/c d": "field"}, "type": "own", "text": "3", "n": 3,
	}}
	for source, want := range map[string]any{
		"int + 1": int64(4), "big": uint64(12345678901234567890), "fraction": 1.5, "exponent": 1000.0, "minus": int64(math.MinInt64),
		"float": 2.0, "small + 1": int64(8), "unsigned + 1u": uint64(9), "single": 0.5, "none": nil, "pointer == now()": true,
		"person.name + person.Tags[0]": "Anna", "person.Age": int64(41), "has(person.Secret)": false, "words.size()": int64(2), "counts.a": int64(1),
		"list[int - 2]": 2.5, "list.map(x, x > 1)": []any{false, true}, "map.type": "t", "type": "own", "type(int) == int": false,
		"map[`ty${\"pe\"}`]": "t", "{\"3\": 1}[text]": int64(1), "[1, 2, 3, 4][int]": int64(4), "now()": "2024-02-29T12:00:00Z",
		"`${now()}`": "2024-02-29T12:00:00Z", "vars.int": int64(3), "secrets.cfg.list[int - 2]": canary.token,
		"secrets.CFG.text": canary.text, "secrets.login.USERNAME": canary.username, "secrets . token": canary.token, "secrets.\n\ttoken // c": canary.token,
		"cel.bind(a, \"token\", secrets[a])": canary.token, "secrets[\"TOKEN\".lowerAscii()]": canary.token, "<<secrets[\"token\"]>>": canary.token,
		"\"\"\"<<Secrets.cfg[\"text\"]>> \"q\" \"\"\"": canary.text + " \"q\" ", "'\\u0041\\x42\\103\\<<x>>'": "ABC<<x>>", "'<<Secrets.cfg[\\'text\\']>>'": canary.text,
		"n in<<secrets.cfg.list>>": false, "map.`a-b/c d` + 'x'": "fieldx", "has(map.`a-b/c d`)": true, "\"<<secrets.cfg[\\\"list\\\"][1]>>\"": canary.token, "`a\\u{}`": nil,
	} {
		t.Run(source, func(t *testing.T) {
			r, err := evaluated(t, source, req)
			if source == "`a\\u{}`" {
				require.Error(t, err)
				return
			}
			require.NoError(t, err, source)
			require.Equal(t, want, r.Value.Reveal(), source)
		})
	}
	_, err := evaluated(t, "huge", req)
	require.ErrorContains(t, err, "number out of range")
}

func TestExpressionErrorsHaveTheirPlace(t *testing.T) {
	for source, want := range map[string]string{
		"é":                                     "1:1: this character cannot stand here",
		"\"é\" +\n  nope":                       "2:3: there is no variable nope",
		"`é ${nope}`":                           "1:6: there is no variable nope",
		"usre.name":                             "1:1: there is no variable usre: did you mean user?",
		"\"é<<Secrets.nope>>\"":                 "1:5: secret \"nope\" does not exist",
		"user.nope":                             "1:5: no such key",
		"user.name +":                           "1:12: the expression ends too early",
		"(1":                                    "1:1: `(` is never closed",
		"1]":                                    "1:2: `]` closes nothing",
		"`a ${n":                                "1:1: the template literal is never closed",
		"'a":                                    "1:1: the string is never closed",
		"'a\nb'":                                "1:1: the string is not closed on its line",
		"'<<Secrets.a b>>'":                     "1:4: the macro is malformed",
		"<<n>>":                                 "1:1: `<<` opens no macro here",
		"__sotto_text([])":                      "1:1: names that start with __sotto_ are reserved",
		"secrets.":                              "1:1: an alias must stand behind",
		"secrets.token.nope":                    "1:1: secret \"token\" is a token and has no fields",
		"n > 2 ? secrets.token.nope : 1":        "1:9: the secret has no such field",
		"n > 2 ? secrets.login : 1":             "1:9: the secret is a username and a password",
		"n > 2 ? secrets.nope : 1":              "1:9: the secret does not exist",
		"[1].map(x, x / (n - 3))":               "1:14: divide by zero",
		"user.tags[9]":                          "1:10: index out of range",
		"size(n)":                               "1:1: no such overload",
		"n.startsWith('a')":                     "1:3: no such overload",
		"  math.sqrt(user)":                     "1:8: no such overload",
		"n ? 1 : 2":                             "1:3: no such overload",
		"n == 3 ? '' : '%z'.format([n])":        "1:20: could not parse formatting clause",
		"{n: 1, b'x': 2}":                       "1:8: the value does not fit",
		"user.name + 'a\\q'":                    "1:15: this escape is not valid",
		"user.`a${n}`":                          "1:6: a field in backquotes takes",
		"n &gt; 2":                              "1:3: `&gt;` is HTML: write `>`",
		"n > 1 &amp;&amp; n < 5":                "1:7: `&amp;` is HTML: write `&`",
		"&#39;a&#39;":                           "1:1: `&#39;` is HTML: write a quote",
		"n ==\u00a03":                           "1:5: this is a no-break or another special space",
		"user.name + “x”":                       "1:13: this is a typographic quote",
		"n && m == ‘x’":                         "1:11: this is a typographic quote",
		"user.``":                               "1:6: a field in backquotes takes",
		"user.<<secrets.token>>":                "1:6: a macro cannot stand behind a dot",
		"user.'<<secrets.token>>'":              "1:6: a text cannot stand behind a dot",
		"[<<secrets.token>>1, <<secrets.cfg>>]": "1:19: this cannot stand here",
		"n`a`":                                  "1:2: this cannot stand here",
		"secrets.a-b{}":                         "1:12: there is no such function or name",
		"has(user['name'])":                     "1:9: has() takes a field behind a dot",
		"timestamp(9223372036854775807)":        "1:1: overflow",
		"secrets.token == 1 ? n : secrets":      "1:26: `secrets` alone is no value",
		"{1: 2}.transformMap(k, SECRETS, k)":    "1:8: a variable of a comprehension must not be called",
	} {
		t.Run(source, func(t *testing.T) {
			_, err := evaluated(t, source, &engine.Request{
				Secrets: canary.secrets(), Vars: map[string]any{"n": int64(3), "user": map[string]any{"name": "Ann", "tags": []any{"a"}}},
			})
			require.ErrorContains(t, err, want, source)
		})
	}
}

func TestExpressionReferences(t *testing.T) {
	for source, want := range map[string][]macros.Reference{
		"secrets.Token":               {{Alias: "token", Display: "Token"}},
		"a ? secrets.x : secrets.y":   {{Alias: "x", Display: "x", Pos: 4, Guarded: true}, {Alias: "y", Display: "y", Pos: 16, Guarded: true}},
		"secrets.x == a && secrets.y": {{Alias: "x", Display: "x"}, {Alias: "y", Display: "y", Pos: 18, Guarded: true, Covered: true}},
		"!secrets.x":                  {{Alias: "x", Display: "x", Pos: 1, Guarded: true, Covered: true}},
		"secrets.x.a ? 1 : 2":         {{Alias: "x", Display: "x", Path: []macros.Segment{{Key: "a", Pos: 9}}, Guarded: true, Covered: true}},
		"has(secrets.x)":              {{Alias: "x", Display: "x", Pos: 4, Guarded: true, Covered: true}},
		"secrets.?x":                  {{Alias: "x", Display: "x", Guarded: true, Covered: true}},
		"[1].map(i, secrets.x)":       {{Alias: "x", Display: "x", Pos: 11, Guarded: true}},
		"basic_auth(secrets.x)":       {{Alias: "x", Display: "x", Pos: 11, Whole: true}},
		"secrets['a' + '-b']":         {{Alias: "a-b", Display: "a-b"}},
		"'<<Secrets.x>>'":             {{Alias: "x", Display: "x", Pos: 3}},
	} {
		t.Run(source, func(t *testing.T) {
			e, err := engine.CompileExpression(source, engine.ExpressionOptions{})
			require.NoError(t, err, source)
			require.Equal(t, want, e.References(), source)
		})
	}
	e, err := engine.CompileExpression("secrets.b + secrets.A + secrets[n] + secrets.b", engine.ExpressionOptions{})
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, e.Aliases())
	require.NotNil(t, e.References()[2].Computed)
}

func TestSensitiveIsThatOfTheResult(t *testing.T) {
	for source, want := range map[string]bool{
		"n + 1": false, "secrets.token": true, "size(secrets.token)": true, "secrets.token == 'x'": true, "has(secrets.token)": true,
		"secrets.?nope.orValue(n)": true, "{'a': secrets.token, 'b': n}": true, "secrets.token == 'x' ? 1 : 2": true,
		"n == 3 ? n : secrets.token": false, "n == 4 ? n : secrets.token": true, "n == 3 || secrets.token == 'x'": false,
		"n == 4 || secrets.token == 'x'": true, "has(user.name) ? user.name : secrets.token": false, "user.?name.orValue(secrets.token)": false,
		"cel.bind(s, secrets.token, n)": false, "cel.bind(s, secrets.token, s)": true, "secrets.cfg.list.map(x, n)": true,
		"[1, 2].map(x, n == 3 ? x : secrets.cfg.number)": false, "[1, 2].exists(x, x == secrets.cfg.number)": true, "`${n}`": false,
	} {
		t.Run(source, func(t *testing.T) {
			for _, trace := range []bool{false, true} {
				r, err := evaluated(t, source, &engine.Request{Secrets: canary.secrets(), Vars: leakVars, Trace: trace})
				require.NoError(t, err, source)
				require.Equal(t, want, r.Sensitive, source)
			}
		})
	}
}

func TestExpressionsTellRedactorsWhatTheyMake(t *testing.T) {
	secrets := canary.secrets()
	redactor := redact.New(secrets["token"], secrets["login"], secrets["cfg"])
	for _, source := range []string{
		"secrets.token.reverse()", "hmac_sha256('x', secrets.token)", "secrets.token.split('').join('-')", "secrets.token.substring(2, 11)",
		"sha256(secrets.login.password)", "basic_auth(secrets.login)", "secrets.cfg.list.map(x, x.lowerAscii())[0]", "string(secrets.cfg.number * 2 + 100000)",
		"json_decode(`{\"a\": \"${secrets.token.reverse()}x\"}`).a",
	} {
		t.Run(source, func(t *testing.T) {
			r, err := evaluated(t, source, &engine.Request{Secrets: secrets})
			require.NoError(t, err, source)
			made := r.Value.Reveal().(string)
			require.NotContains(t, redactor.String("log: "+made+"."), made, source)
		})
	}
}

func TestExpressionEndsWithItsContext(t *testing.T) {
	e, err := engine.CompileExpression("lists.range(1000).all(x, lists.range(1000).all(y, y >= 0))", engine.ExpressionOptions{
		Limits: engine.ExpressionLimits{Cost: 1 << 40, Time: time.Minute},
	})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = e.Evaluate(ctx, &engine.Request{})
	require.ErrorIs(t, err, context.Canceled)
	var failed *engine.Error
	require.True(t, errors.As(err, &failed))
	require.Equal(t, engine.LimitExceeded, failed.Code)
}

func TestExpressionLimitsCanBeSet(t *testing.T) {
	for _, limits := range []engine.ExpressionLimits{{Source: 5}, {Nesting: 1}, {Cost: 3}, {Output: 10}} {
		t.Run(fmt.Sprintf("%+v", limits), func(t *testing.T) {
			e, err := engine.CompileExpression("[['0123456789', 'b', 'c', 'd', 'e'].map(x, x + x)]", engine.ExpressionOptions{Limits: limits})
			if err == nil {
				_, err = e.Evaluate(context.Background(), &engine.Request{})
			}
			var failed *engine.Error
			require.True(t, errors.As(err, &failed), limits)
			require.Equal(t, engine.LimitExceeded, failed.Code)
		})
	}
}

func TestFlowReportsAllMistakes(t *testing.T) {
	parts := map[string]*engine.Expression{}
	for name, source := range map[string]string{"a": "1 / (n - 3)", "b": "`${secrets.token}`", "c": "int(secrets.token)"} {
		e, err := engine.CompileExpression(source, engine.ExpressionOptions{})
		require.NoError(t, err)
		parts[name] = e
	}
	flow := engine.NewFlow(parts)
	require.Equal(t, []string{"token"}, flow.Aliases())
	results, err := flow.Evaluate(context.Background(), &engine.Request{Secrets: canary.secrets(), Vars: leakVars})
	require.Nil(t, results)
	require.EqualError(t, err, "a:1:3: divide by zero\nc:1:1: conversion")
	_, err = flow.Evaluate(context.Background(), &engine.Request{Vars: leakVars})
	require.ErrorContains(t, err, "b:1:4: secret \"token\" does not exist")
}

func TestPreparedExpressionAppends(t *testing.T) {
	for source, want := range map[string]string{
		"`Bearer ${secrets.token}`": "Bearer " + canary.token, "'a' + name": "aAnn", "[n, name]": `[3,"Ann"]`, "n + 1": "4", "tags.map(x, x)": `["<"]`,
	} {
		t.Run(source, func(t *testing.T) {
			e, err := engine.CompileExpression(source, engine.ExpressionOptions{})
			require.NoError(t, err)
			p, err := e.Prepare(context.Background(), &engine.Request{Secrets: canary.secrets()})
			require.NoError(t, err)
			vars := map[string]any{"n": int64(3), "name": "Ann", "tags": []any{"<"}}
			out, err := p.Append([]byte("> "), vars)
			require.NoError(t, err)
			require.Equal(t, "> "+want, string(out))
			if source != "`Bearer ${secrets.token}`" {
				out, err = p.Append([]byte("> "), nil)
				require.Error(t, err)
				require.Equal(t, "> ", string(out), "an error leaves no half of a result")
			}
		})
	}
}

// TestAnyTraceTellsNothing draws expressions over secrets and variables and
// holds runs with different secrets against each other.
func TestAnyTraceTellsNothing(t *testing.T) {
	leaf := rapid.SampledFrom([]string{
		"n", "user.name", "secrets.token", "secrets.cfg.number", "secrets.cfg.text", "secrets.cfg.list", "1", "'Z'", "true", "has(secrets.cfg.text)",
		"secrets.token.startsWith('Z')", "n == 3", "!secrets.token", "!!secrets.cfg.text", "!!secrets.cfg.nope", "(secrets.cfg.list ? 1 : 'Z')", "(secrets.nope || n == 3)", "secrets.cfg.number > 10", "secrets.?token", "user.?nope", "1 / (secrets.cfg.number - 5)", "1 / (secrets.cfg.number - 73912846)", "[n, 2]",
		"[7, 5, 73912846].map(x, x + n / (secrets.cfg.number - x))", "int(secrets.token)", "secrets.cfg.list[secrets.cfg.number]", "size(secrets.token)",
	})
	shape := rapid.SampledFrom([]string{
		"(% == %)", "(% && %)", "(% || %)", "(% || n == 3)", "(% ? % : %)", "(% + %)", "[%, %]", "{'a': %, 'b': %}", "[%].map(x, %)", "[1, 2].filter(x, %)", "[1, 2, 3].exists(x, x == %)",
		"[1, 2].all(x, % || x == n)", "cel.bind(q, %, %)", "cel.bind(q, %, secrets.cfg.number > 10 ? q : %)", "`${%} ${%}`", "string(%)", "size(%)", "optional.of(%).optMap(v, %)", "optional.none().orValue(%)",
		"secrets.cfg.list.transformList(i, v, %)", "(%).size() > 1 || n == 3", "lists.range(size(secrets.token)).map(i, %)",
	})
	var source func(depth int) *rapid.Generator[string]
	source = func(depth int) *rapid.Generator[string] {
		return rapid.Custom(func(t *rapid.T) string {
			if depth == 0 {
				return leaf.Draw(t, "leaf")
			}
			return fill(shape.Draw(t, "shape"), func() string { return source(depth-1).Draw(t, "part") })
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		text := source(rapid.IntRange(1, 3).Draw(t, "depth")).Draw(t, "source")
		e, err := engine.CompileExpression(text, engine.ExpressionOptions{})
		if err == nil {
			requireSameTrace(t, e, text)
		}
	})
}

func fill(shape string, part func() string) string {
	out := ""
	for _, r := range shape {
		if r == '%' {
			out += part()
			continue
		}
		out += string(r)
	}
	return out
}
