package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/redact"
)

func TestTraceHidesLiteralsThatMeetASecret(t *testing.T) {
	for source, want := range map[string]string{
		`secrets.token == "tok-guess"`:                  `secrets.token == "[REDACTED]"`,
		`v == "tok-guess" && secrets.token != 'x'`:      `v == "[REDACTED]" && secrets.token != '[REDACTED]'`,
		`secrets.token in ["a", """b"""] ? 1 : 2`:       `secrets.token in ["[REDACTED]", """[REDACTED]"""] ? [REDACTED] : [REDACTED]`,
		"secrets.token == `tok-${v}!`":                  "secrets.token == `[REDACTED]${v}[REDACTED]`",
		`secrets["token"].startsWith("tok")`:            `secrets["token"].startsWith("[REDACTED]")`,
		`size(secrets.token) > 10 || true`:              `size(secrets.token) > [REDACTED] || [REDACTED]`,
		`("Bearer " + secrets.token) == "Bearer guess"`: `("[REDACTED]" + secrets.token) == "[REDACTED]"`,
		// Text beside a secret is compared with nothing.
		`"Bearer " + secrets.token`:                `"Bearer " + secrets.token`,
		"`Bearer ${secrets.token}`":                "`Bearer ${secrets.token}`",
		`[v, "tok-guess", secrets.token]`:          `[v, "tok-guess", secrets.token]`,
		`v == "x" ? secrets.token : "none"`:        `v == "x" ? secrets.token : "none"`,
		`[v == "tok-guess", secrets.token == "x"]`: `[v == "tok-guess", secrets.token == "[REDACTED]"]`,
	} {
		t.Run(source, func(t *testing.T) {
			requireTraceSource(t, source, engine.CEL, want)
		})
	}
}

func TestTraceOfJavaScriptHidesLiteralsThatMeetASecret(t *testing.T) {
	for source, want := range map[string]string{
		`secrets.token === "tok-guess"`:                                                   `secrets.token === "[REDACTED]"`,
		`v === "tok-guess" && secrets.token !== 'x'`:                                      `v === "[REDACTED]" && secrets.token !== '[REDACTED]'`,
		`["a", 'b', 7].includes(secrets.token) ? 1 : 2`:                                   `["[REDACTED]", '[REDACTED]', [REDACTED]].includes(secrets.token) ? [REDACTED] : [REDACTED]`,
		"secrets.token === `tok-${v}!`":                                                   "secrets.token === `[REDACTED]${v}[REDACTED]`",
		`secrets["token"].startsWith("tok")`:                                              `secrets["token"].startsWith("[REDACTED]")`,
		`/tok-[g]uess/i.test(secrets.token)`:                                              `/[REDACTED]/i.test(secrets.token)`,
		`secrets.token.length > 10 || true`:                                               `secrets.token.length > [REDACTED] || [REDACTED]`,
		`("Bearer " + secrets.token) === "Bearer guess"`:                                  `("[REDACTED]" + secrets.token) === "[REDACTED]"`,
		`(() => { const k = secrets.token; return k === "guess" })()`:                     `(() => { const k = secrets.token; return k === "[REDACTED]" })()`,
		`(() => { switch (secrets.token) { case "guess": return "yes" } return "no" })()`: `(() => { switch (secrets.token) { case "[REDACTED]": return "yes" } return "no" })()`,
		`((x) => x === "guess")(secrets.token)`:                                           `((x) => x === "[REDACTED]")(secrets.token)`,
		`({"guess": 1})[secrets.token]`:                                                   `({"[REDACTED]": [REDACTED]})[secrets.token]`,
		`secrets.token === "guess" ? "yes" : "no"`:                                        `secrets.token === "[REDACTED]" ? "[REDACTED]" : "[REDACTED]"`,
		// Text beside a secret is compared with nothing.
		`"Bearer " + secrets.token`:                     `"Bearer " + secrets.token`,
		"`Bearer ${secrets.token}`":                     "`Bearer ${secrets.token}`",
		`[v, "tok-guess", secrets.token]`:               `[v, "tok-guess", secrets.token]`,
		`({a: "tok-guess", b: secrets.token, true: v})`: `{a: "tok-guess", b: secrets.token, true: v}`,
		`v === "x" ? secrets.token : "none"`:            `v === "x" ? secrets.token : "none"`,
		`[v === "tok-guess", secrets.token === "x"]`:    `[v === "tok-guess", secrets.token === "[REDACTED]"]`,
	} {
		t.Run(source, func(t *testing.T) {
			requireTraceSource(t, source, engine.JavaScript, want)
		})
	}
}

// requireTraceSource checks what a trace shows of source, whether the guess in it is right
// or not.
func requireTraceSource(t *testing.T, source string, language engine.Language, want string) {
	t.Helper()
	e, err := engine.CompileExpression(source, engine.ExpressionOptions{Language: language})
	require.NoError(t, err)
	for _, value := range []string{"tok-guess", "another", "guess"} {
		result, err := e.Evaluate(t.Context(), &engine.Request{
			Secrets: engine.Map{"token": redact.NewSecret(value)}, Vars: map[string]any{"v": "v"}, Trace: true,
		})
		require.NoError(t, err)
		sources := make([]string, 0, len(result.Trace))
		for _, step := range result.Trace {
			sources = append(sources, step.Source)
		}
		require.Contains(t, sources, want)
	}
}

// A literal at the very beginning, which nothing stands before, is looked at as others are.
func TestTraceOfWhatBeginsWithALiteral(t *testing.T) {
	for _, source := range []string{
		`true || secrets.t`, `false && secrets.t`, `true || !!secrets.t`, `true || (secrets.t == "x")`, `false && secrets.t ? 1 : 2`, `null == secrets.t`,
	} {
		t.Run(source, func(t *testing.T) {
			e, err := engine.CompileExpression(source, engine.ExpressionOptions{})
			require.NoError(t, err)
			secrets := engine.Map{"t": redact.NewSecret("value-of-t-1")}
			_, err = e.Evaluate(t.Context(), &engine.Request{Secrets: secrets, Trace: true})
			require.NoError(t, err)
		})
	}
}
