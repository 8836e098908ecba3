// Package flows_test evaluates the examples as their README says.
package flows_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/redact"
)

var values = map[string]string{
	"anthropic_api_key":   "sk-ant-4f9a8b2c7d",
	"weather_fx":          "tok-7d2c9a41",
	"payment_signing_key": "whsec-51f0c3ab",
	"payment_password":    "pay-8e21aa90",
}

func evaluate(t *testing.T, name string) (any, string) {
	t.Helper()
	source, err := os.ReadFile(name + ".cel")
	require.NoError(t, err)
	text, err := os.ReadFile(name + ".json")
	require.NoError(t, err)
	vars, err := engine.DecodeVars(text)
	require.NoError(t, err)
	secrets := engine.Map{}
	for alias, value := range values {
		secrets[alias] = redact.NewSecret(value)
	}
	e, err := engine.CompileExpression(string(source), engine.ExpressionOptions{})
	require.NoError(t, err)
	r, err := e.Evaluate(context.Background(), &engine.Request{Vars: vars, Secrets: secrets, Trace: true})
	require.NoError(t, err)
	require.True(t, r.Sensitive)
	trace, err := json.Marshal(r.Trace)
	require.NoError(t, err)
	return r.Value.Reveal(), string(trace) + fmt.Sprintf("%+v", r)
}

func TestFlows(t *testing.T) {
	files, err := filepath.Glob("*.cel")
	require.NoError(t, err)
	require.Len(t, files, 3)
	for _, file := range files {
		name := strings.TrimSuffix(file, ".cel")
		t.Run(name, func(t *testing.T) {
			result, shown := evaluate(t, name)
			got, err := json.MarshalIndent(result, "", "  ")
			require.NoError(t, err)
			want, err := os.ReadFile("testdata/" + name + ".json")
			require.NoError(t, err)
			require.JSONEq(t, string(want), string(got))
			require.Contains(t, shown, redact.Mask)
			for _, value := range values {
				require.NotContains(t, shown, value)
			}
		})
	}
}
