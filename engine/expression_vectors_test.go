package engine_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/redact"
	"github.com/stretchr/testify/require"
)

// vector is a test of the shared vectors, run here without a server.
type vector struct {
	Name    string
	Call    string
	Secrets []struct {
		Alias, Type string
		Value       json.RawMessage
	}
	Request struct {
		Expression  string
		Expressions map[string]string
		Vars        map[string]any
		Mode        string
		Required    []string `json:"required_secrets"`
		Trace       bool
	}
	Want struct {
		Status    int
		Code      string
		Result    any
		Results   map[string]any
		Sensitive *bool
		Secrets   []string
		Errors    []map[string]any
	}
}

func decode(t *testing.T, text []byte, into any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	require.NoError(t, d.Decode(into))
}

func secretOf(t *testing.T, kind string, raw json.RawMessage) redact.Secret {
	t.Helper()
	switch kind {
	case "json":
		s, err := redact.NewJSON(raw)
		require.NoError(t, err)
		return s
	case "username_password":
		var c struct{ Username, Password string }
		require.NoError(t, json.Unmarshal(raw, &c))
		return redact.NewCredentials(c.Username, c.Password)
	}
	var text string
	require.NoError(t, json.Unmarshal(raw, &text))
	return redact.NewSecret(text)
}

// TestExpressionVectors runs the vectors of the contract. The copies under
// testdata are those that an evaluation alone can answer.
func TestExpressionVectors(t *testing.T) {
	files, err := filepath.Glob("testdata/expressions/vectors*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var vectors []vector
		decode(t, text, &vectors)
		for _, v := range vectors {
			if v.Call == "evaluate" {
				t.Run(v.Name, func(t *testing.T) { runVector(t, v) })
			}
		}
	}
}

func runVector(t *testing.T, v vector) {
	secrets := engine.Map{}
	for _, s := range v.Secrets {
		secrets[s.Alias] = secretOf(t, s.Type, s.Value)
	}
	req := &engine.Request{
		Vars: v.Request.Vars, Secrets: secrets, Preview: v.Request.Mode == "preview",
		Required: v.Request.Required, Trace: v.Request.Trace,
	}
	got, sensitive, err := evaluateVector(v, req)
	if v.Want.Code != "" {
		var failed *engine.Error
		require.ErrorAs(t, err, &failed)
		require.Equal(t, v.Want.Code, string(failed.Code), failed.Error())
		details, err := json.Marshal(failed.Details)
		require.NoError(t, err)
		for i, want := range v.Want.Errors {
			var all []map[string]any
			decode(t, details, &all)
			for key, value := range want {
				require.Equal(t, value, all[i][key], key)
			}
		}
		return
	}
	require.NoError(t, err)
	want := v.Want.Result
	if v.Want.Results != nil {
		want = v.Want.Results
	}
	gotText, err := json.Marshal(got)
	require.NoError(t, err)
	wantText, err := json.Marshal(want)
	require.NoError(t, err)
	require.JSONEq(t, string(wantText), string(gotText))
	if v.Want.Sensitive != nil {
		require.Equal(t, *v.Want.Sensitive, sensitive)
	}
}

func evaluateVector(v vector, req *engine.Request) (any, bool, error) {
	if v.Request.Expression != "" {
		e, err := engine.CompileExpression(v.Request.Expression, engine.ExpressionOptions{})
		if err != nil {
			return nil, false, err
		}
		r, err := e.Evaluate(context.Background(), req)
		return r.Value.Reveal(), r.Sensitive, err
	}
	all := map[string]*engine.Expression{}
	for name, source := range v.Request.Expressions {
		e, err := engine.CompileExpression(source, engine.ExpressionOptions{})
		if err != nil {
			return nil, false, err
		}
		all[name] = e
	}
	results, err := engine.NewFlow(all).Evaluate(context.Background(), req)
	values := map[string]any{}
	for name, r := range results {
		values[name] = r.Value.Reveal()
	}
	return values, false, err
}
