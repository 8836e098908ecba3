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
			e, err := engine.CompileExpression(source, engine.ExpressionOptions{})
			require.NoError(t, err)
			// Whether the guess is right changes nothing.
			for _, value := range []string{"tok-guess", "another"} {
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
		})
	}
}
