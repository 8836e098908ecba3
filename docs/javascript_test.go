package docs_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/redact"
)

// TestJavaScriptExamples evaluates each row of the tables of javascript.md: the
// last column is what the one before yields, as JSON.
func TestJavaScriptExamples(t *testing.T) {
	text, err := os.ReadFile("javascript.md")
	require.NoError(t, err)
	cfg, err := redact.NewJSON([]byte(`{"host": "db", "port": 5432}`))
	require.NoError(t, err)
	vars, err := engine.DecodeVars([]byte(`{"n": 3, "user": {"name": "Ann", "age": 41, "tags": ["a", "b"]},
		"items": [{"sku": "a1", "price": 10, "qty": 1}, {"sku": "b2", "price": 2, "qty": 3}]}`))
	require.NoError(t, err)
	req := &engine.Request{Vars: vars, Secrets: engine.Map{
		"token": redact.NewSecret("tok-4f9a"), "smtp": redact.NewCredentials("mailer", "pass-77"), "cfg": cfg,
	}}
	examples := 0
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.ReplaceAll(strings.TrimSpace(line), `\|`, "\x00"), "|")
		if len(cells) < 4 || !strings.Contains(line, "`") {
			continue
		}
		code := func(i int) string {
			cell := strings.ReplaceAll(strings.TrimSpace(cells[i]), "\x00", "|")
			if inner, ok := strings.CutPrefix(cell, "`` "); ok {
				return strings.TrimSuffix(inner, " ``")
			}
			return strings.Trim(cell, "`")
		}
		source, want := code(len(cells)-3), code(len(cells)-2)
		examples++
		t.Run(source, func(t *testing.T) {
			e, err := engine.CompileExpression(source, engine.ExpressionOptions{Language: engine.JavaScript})
			require.NoError(t, err)
			result, err := e.Evaluate(t.Context(), req)
			require.NoError(t, err)
			got, err := json.Marshal(result.Value.Reveal())
			require.NoError(t, err)
			require.JSONEq(t, want, string(got))
		})
	}
	require.Greater(t, examples, 30)
}

// TestJavaScriptHasEveryFunction: the document has a line in the words of the table for
// each function.
func TestJavaScriptHasEveryFunction(t *testing.T) {
	text, err := os.ReadFile("javascript.md")
	require.NoError(t, err)
	for _, f := range engine.FunctionSignatures(engine.JavaScript) {
		t.Run(f.Name, func(t *testing.T) {
			require.Contains(t, string(text), "\n- `"+strings.Join(f.Forms, "`, `")+"`: "+f.Description+"\n")
		})
	}
}
