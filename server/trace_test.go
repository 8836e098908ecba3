package server_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTraceMasksSecretsThatCameAnotherWay(t *testing.T) {
	a := startWithStore(t)
	const value = "tok-V4lue-9f8e7d6c5b"
	require.Equal(t, http.StatusCreated, a.call("POST", "/v1/secrets", map[string]any{"alias": "tok", "type": "token", "value": value}).status)

	got := a.call("POST", "/v1/evaluate", map[string]any{
		"expression": `[v, "a ` + value + `"].exists(i, i == secrets.tok) && plain == "shown"`, "trace": true,
		"vars": map[string]any{"v": value, "plain": "shown"},
	})

	require.Equal(t, http.StatusOK, got.status)
	require.NotContains(t, got.text, value)
	require.Contains(t, got.text, `"source":"v","value":"[REDACTED]"`)
	require.NotEmpty(t, got.json["trace"])
}

func TestTraceOfPreviewTellsNoGuessFromAnother(t *testing.T) {
	a := startWithStore(t)
	const value = "tok-V4lue-9f8e7d6c5b"
	require.Equal(t, http.StatusCreated, a.call("POST", "/v1/secrets", map[string]any{"alias": "tok", "type": "token", "value": value}).status)
	require.Equal(t, http.StatusOK, a.call("POST", "/v1/evaluate", map[string]any{"expression": "secrets.tok"}).status)

	for _, guess := range []string{value, "tok-wrong"} {
		got := a.call("POST", "/v1/evaluate", map[string]any{
			"expression": `[v, "` + guess + `", secrets.tok]`, "trace": true, "mode": "preview", "vars": map[string]any{"v": guess},
		})
		require.Equal(t, http.StatusOK, got.status)
		require.Contains(t, got.text, `"source":"v","value":"`+guess+`"`)
		require.Contains(t, got.text, `"source":"[v, \"`+guess+`\", secrets.tok]","value":"[REDACTED]"`)
	}
}

func TestTraceDoesNotMaskTheOutcomeOfAComparison(t *testing.T) {
	a := startWithStore(t)
	require.Equal(t, http.StatusCreated, a.call("POST", "/v1/secrets", map[string]any{"alias": "tok", "type": "token", "value": "tok-V4lue"}).status)

	got := a.call("POST", "/v1/evaluate", map[string]any{
		"expression": `[string(secrets.tok == "x"), string(has(secrets.tok)), string(yes), string(!yes)]`, "trace": true, "vars": map[string]any{"yes": true},
	})
	require.Equal(t, http.StatusOK, got.status)
	require.Contains(t, got.text, `"source":"string(yes)","value":"true"`)
	require.Contains(t, got.text, `"source":"string(!yes)","value":"false"`)
}

func TestFailedEvaluationHasItsTrace(t *testing.T) {
	a := startWithStore(t)
	const value = "tok-V4lue-9f8e7d6c5b"
	require.Equal(t, http.StatusCreated, a.call("POST", "/v1/secrets", map[string]any{"alias": "tok", "type": "token", "value": value}).status)
	request := map[string]any{
		"expression": `[v, n + 1, "x" + secrets.tok, int(secrets.tok), n + 2]`, "trace": true, "vars": map[string]any{"v": value, "n": 3},
	}

	got := a.call("POST", "/v1/evaluate", request)
	require.Equal(t, http.StatusUnprocessableEntity, got.status)
	require.Equal(t, "expression_failed", got.json["code"])
	require.NotContains(t, got.text, value)
	require.Contains(t, got.text, `{"line":1,"column":5,"source":"n + 1","value":4}`)
	require.Contains(t, got.text, `{"line":1,"column":2,"source":"v","value":"[REDACTED]"}`)
	require.Contains(t, got.text, `"source":"int(secrets.tok)","value":"[REDACTED]"`)
	require.Contains(t, got.text, `"source":"n + 2","value":"[REDACTED]"`)
	require.NotContains(t, got.json, "trace_truncated")

	request["trace"] = false
	require.NotContains(t, a.call("POST", "/v1/evaluate", request).json, "trace")

	several := a.call("POST", "/v1/evaluate", map[string]any{
		"expressions": map[string]string{"a": "n + 1", "b": "int(secrets.tok)", "c": "lists.range(2000).map(i, i)"},
		"trace":       true, "vars": map[string]any{"n": 3},
	})
	require.Equal(t, http.StatusUnprocessableEntity, several.status)
	require.Contains(t, several.text, `{"part":"a","line":1,"column":1,"source":"n + 1","value":4}`)
	require.Equal(t, true, several.json["trace_truncated"])
	require.NotContains(t, several.json, "results")
}
