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
