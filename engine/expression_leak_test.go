package engine_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/redact"
	"github.com/stretchr/testify/require"
)

// canaries are secrets whose values stand nowhere else. Each has the same
// shape, so that an expression does the same with either.
type canaries struct {
	token, username, password, text string
	number                          int
}

var (
	canary = canaries{"Zq7Xv9Kj2Wp4Ym6T", "Hu3Rb8Lc5N", "Gd6Fs1Qe0Vx", "Jn4Tz7Bk9Rm", 73912846}
	other  = canaries{"Bw5Ck8Dn1Gx3Hr7Lq", "Mt2Pv6", "Sy9Wz4Xj5Kb7", "Ld3Fp8Qg", 5}
)

func (c canaries) secrets() engine.Map {
	cfg, err := redact.NewJSON(fmt.Appendf(nil,
		`{"number":%d,"text":%q,"list":[%q,%q],"mixed":[%q,%d]}`, c.number, c.text, c.text, c.token, c.text, c.number))
	if err != nil {
		panic(err)
	}
	return engine.Map{
		"token": redact.NewSecret(c.token), "login": redact.NewCredentials(c.username, c.password), "cfg": cfg,
	}
}

// pieces are the values, what functions make of them, and each part of them
// that is long enough to be told from chance.
func (c canaries) pieces() []string {
	all := []string{fmt.Sprint(c.number)}
	parts := func(form string, length int) {
		for i := 0; i+length <= len(form); i++ {
			all = append(all, form[i:i+length])
		}
	}
	for _, v := range []string{c.token, c.username, c.password, c.text} {
		letters := []byte(v)
		slices.Reverse(letters)
		for _, form := range []string{v, strings.ToLower(v), strings.ToUpper(v), string(letters), base64.StdEncoding.EncodeToString([]byte(v))} {
			parts(form, 4)
		}
		parts(hex.EncodeToString([]byte(v)), 8)
	}
	return all
}

func leakCorpus(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/expressions/leaks.json")
	require.NoError(t, err)
	var corpus []string
	require.NoError(t, json.Unmarshal(text, &corpus))
	require.GreaterOrEqual(t, len(corpus), 60)
	return corpus
}

var leakVars = map[string]any{"user": map[string]any{"name": "Ann"}, "n": json.Number("3")}

// shownOf is all that may be shown of an evaluation: everything but what
// Reveal returns.
func shownOf(t *testing.T, r engine.Result, err error) string {
	t.Helper()
	var shown bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&shown, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	}))
	logger.Info("evaluated", "result", r, "value", r.Value, "trace", r.Trace, "err", err)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&shown, verb+"\n", r)
		fmt.Fprintf(&shown, verb+"\n", r.Trace)
		fmt.Fprintf(&shown, verb+"\n", err)
	}
	text, jsonErr := json.Marshal(map[string]any{"result": r, "trace": r.Trace, "error": err})
	require.NoError(t, jsonErr)
	shown.Write(text)
	return shown.String()
}

func TestExpressionsLeakNothing(t *testing.T) {
	for _, source := range leakCorpus(t) {
		for _, trace := range []bool{false, true} {
			for _, preview := range []bool{false, true} {
				e, err := engine.CompileExpression(source, engine.ExpressionOptions{})
				if err != nil {
					requireClean(t, source, source, err.Error())
					continue
				}
				for _, required := range [][]string{nil, {"token", "login", "cfg"}} {
					r, err := e.Evaluate(context.Background(), &engine.Request{
						Vars: leakVars, Secrets: canary.secrets(), Trace: trace, Preview: preview, Required: required,
					})
					requireClean(t, source, source, shownOf(t, r, err))
					var failed *engine.Error
					require.False(t, errors.As(err, &failed) && failed.Code == engine.Internal, source)
					if preview && err == nil {
						requireClean(t, source, source, fmt.Sprint(r.Value.Reveal()))
					}
					var why *engine.Error
					if errors.As(err, &why) {
						require.NotEqual(t, engine.Internal, why.Code, source)
					}
					if err == nil {
						require.True(t, r.Sensitive || !strings.Contains(fmt.Sprint(r.Value.Reveal()), canary.token), source)
					}
				}
			}
		}
	}
}

// requireClean fails where shown holds a piece of a canary that its source does
// not hold itself.
func requireClean(t *testing.T, name, source, shown string) {
	t.Helper()
	lower := strings.ToLower(source)
	for _, piece := range canary.pieces() {
		if strings.Contains(shown, piece) && !strings.Contains(lower, strings.ToLower(piece)) {
			require.Failf(t, "a value leaks", "%s shows %q in\n%s", name, piece, shown)
		}
	}
}

// TestTracesTellNothing holds two runs against each other that differ in their
// secrets alone: what both show must be the same.
func TestTracesTellNothing(t *testing.T) {
	sources := append(leakCorpus(t),
		`secrets.token == "Zq7Xv9Kj2Wp4Ym6T" ? user.name : n`,
		`secrets.token.startsWith("Z") && n > 2`,
		`secrets.token.startsWith("Z") || user.name == "Ann"`,
		`lists.range(size(secrets.token)).map(i, n + 1).size() > 0`,
		`[1, 2, 3].exists(i, n == i && secrets.token.startsWith("Z"))`,
		`[1, 2, 3].filter(i, secrets.cfg.number > 10 ? n == i : false)`,
		`secrets.cfg.number > 10 ? [n, n + 1].map(x, x * 2) : [n]`,
		`has(secrets.cfg.list) ? n : user.name`,
		`cel.bind(a, n + 1, secrets.cfg.number > 10 ? a : 2)`,
		`1 / (secrets.cfg.number - 5) > 0 || n == 3`,
		`[n + 1, 1 / (secrets.cfg.number - 5), n + 2] == [] || n == 3`,
		`[1, 2].map(i, 1 / (secrets.cfg.number - 5) + n) == [] || n == 3`,
		`{"a": 1 / (secrets.cfg.number - 5), "b": n + 1} == {} || n == 3`,
		`secrets.?token.orValue(user.name)`,
		`optional.of(secrets.cfg.number).optMap(v, v + n)`,
		`secrets.cfg.list.transformList(i, v, i + n)`,
		`user.name in secrets.cfg ? n : n + 1`,
		// These fail, each at another place or in another round.
		`lists.range(9).map(i, 1 / (secrets.cfg.number % 10 - i))`,
		`lists.range(30000).map(i, 1 / (secrets.cfg.number % 25000 - i))`,
		`lists.range(2000).map(i, [i, n]).size() + lists.range(9).filter(i, 1 / (secrets.cfg.number % 10 - i) > n).size()`,
		`[n, 1 / (secrets.cfg.number - 5), n + 1, 1 / (secrets.cfg.number - 73912846)]`,
		`{"a": int(secrets.token), "b": n + 1, "c": user.nope}`,
		`{"a": secrets.token, "b": secrets.cfg.number > 10 ? 1 / 0 : user.nope}`,
		`cel.bind(a, n + 1, [1 / (secrets.cfg.number - 5), 1 / (secrets.cfg.number - 73912846), a])`,
		`user.name.substring(secrets.cfg.number) + string(n + 1)`,
		`user.tags.map(t, t) + [secrets.cfg.list[secrets.cfg.number], n]`,
		"`${n + 1} ${secrets.cfg.number > 10 ? 1 / 0 : int(user.name)} ${n + 2}`",
	)
	for _, source := range sources {
		t.Run(source, func(t *testing.T) {
			e, err := engine.CompileExpression(source, engine.ExpressionOptions{})
			if err != nil {
				return
			}
			requireSameTrace(t, e, source)
		})
	}
}

// requireSameTrace evaluates e with either set of secrets. Both runs end well or
// both fail, at whatever places: then their traces must be the same.
func requireSameTrace(t require.TestingT, e *engine.Expression, source string) {
	var shown [2]string
	var failed [2]error
	for i, c := range []canaries{canary, other} {
		r, err := e.Evaluate(context.Background(), &engine.Request{Vars: leakVars, Secrets: c.secrets(), Trace: true})
		var why *engine.Error
		if errors.As(err, &why) && why.Code == engine.LimitExceeded {
			return
		}
		failed[i] = err
		text, err := json.Marshal(r.Trace)
		require.NoError(t, err)
		shown[i] = string(text)
	}
	if (failed[0] == nil) == (failed[1] == nil) {
		require.Equal(t, shown[0], shown[1], source)
	}
}

func TestTraceOfAFailureTellsHowFarItCame(t *testing.T) {
	steps := func(r engine.Result) (all []string) {
		for _, s := range r.Trace {
			all = append(all, s.Source+" = "+s.Value.String())
		}
		return all
	}
	for source, want := range map[string][]string{
		"[n + 1, 1 / (n - 3), n]": {
			"n = 3", "n + 1 = 4", "n = 3", "n - 3 = 0", `1 / (n - 3) = "error: divide by zero"`, `[n + 1, 1 / (n - 3), n] = "error: divide by zero"`,
		},
		"{'a': secrets.token, 'b': 1 / (n - 3)}": {
			"secrets.token = [REDACTED]", "n = 3", "n - 3 = 0", `1 / (n - 3) = "error: divide by zero"`, "{'a': secrets.token, 'b': 1 / (n - 3)} = [REDACTED]",
		},
		// How often the loop went round would tell the number.
		"[1, 2, 73912846].map(i, n / (secrets.cfg.number - i))": {
			"i = [REDACTED]", "n = [REDACTED]", "secrets.cfg.number = [REDACTED]", "secrets.cfg.number - i = [REDACTED]",
			"n / (secrets.cfg.number - i) = [REDACTED]",
			"[[REDACTED], [REDACTED], [REDACTED]].map(i, n / (secrets.cfg.number - i)) = [REDACTED]",
		},
		// What comes behind an error in a tainted part is not reached.
		"[n, int(secrets.token), n + 1]": {
			"n = [REDACTED]", "n + 1 = [REDACTED]", "n = 3", "secrets.token = [REDACTED]", "int(secrets.token) = [REDACTED]", "[n, int(secrets.token), n + 1] = [REDACTED]",
		},
	} {
		t.Run(source, func(t *testing.T) {
			r, err := evaluated(t, source, &engine.Request{Secrets: canary.secrets(), Vars: leakVars, Trace: true})
			require.Error(t, err, source)
			require.Nil(t, r.Value.Reveal(), source)
			require.ElementsMatch(t, want, steps(r), source)
			requireClean(t, source, source, shownOf(t, r, err))
			untraced, err := evaluated(t, source, &engine.Request{Secrets: canary.secrets(), Vars: leakVars})
			require.Error(t, err, source)
			require.Nil(t, untraced.Trace, source)
		})
	}
}

func TestTraceSaysThatItIsTruncated(t *testing.T) {
	for source, want := range map[string]struct {
		truncated bool
		steps     int
	}{
		"lists.range(10).map(i, i + n)":                     {false, 31},
		"lists.range(900).map(i, i + n)":                    {true, 1000},
		"lists.range(900).map(i, i + n).size() / (n - 3)":   {true, 1000},
		"lists.range(90000).map(i, i + n).exists(i, i < 0)": {true, 1000},
	} {
		t.Run(source, func(t *testing.T) {
			r, _ := evaluated(t, source, &engine.Request{Vars: leakVars, Trace: true})
			require.Equal(t, want.truncated, r.TraceTruncated, source)
			require.Len(t, r.Trace, want.steps, source)
		})
	}
}

func TestFailedFlowHasTheTracesOfAll(t *testing.T) {
	parts := map[string]*engine.Expression{}
	for name, source := range map[string]string{"a": "n + 1", "b": "int(secrets.token)"} {
		e, err := engine.CompileExpression(source, engine.ExpressionOptions{})
		require.NoError(t, err)
		parts[name] = e
	}
	results, err := engine.NewFlow(parts).Evaluate(t.Context(), &engine.Request{Secrets: canary.secrets(), Vars: leakVars, Trace: true})
	require.EqualError(t, err, "b:1:1: conversion")
	require.Len(t, results["a"].Trace, 2)
	require.Nil(t, results["a"].Value.Reveal())
	require.Len(t, results["b"].Trace, 2)
	for name, r := range results {
		requireClean(t, name, "", shownOf(t, r, err))
	}
}

func TestPreviewTraceShowsTheSourceOfAReferenceWhole(t *testing.T) {
	e, err := engine.CompileExpression(`size(secrets.token) > 1 && secrets.other.startsWith("t")`, engine.ExpressionOptions{})
	require.NoError(t, err)
	result, err := e.Evaluate(t.Context(), &engine.Request{
		Secrets: engine.Map{"token": redact.NewSecret("tok-value"), "other": redact.NewSecret("tok-other")},
		Preview: true, Trace: true,
	})
	require.NoError(t, err)
	sources := make(map[string]int)
	for _, step := range result.Trace {
		sources[step.Source] = step.Column
	}
	require.Equal(t, 6, sources["secrets.token"])
	require.Equal(t, 28, sources[`secrets.other.startsWith("t")`])
}
