package server_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFlows(t *testing.T) {
	a := startWithStore(t)
	require.Equal(t, 201, a.create("key", "token", canary, "").status)
	const source = `{"expressions":{"auth":{"expression":"` + "`Bearer ${secrets.key}`" + `","language":"js"},"greeting":"'Hi ' + name"},
		"description":"sends","sample_vars":{"name":"Ann"}}`
	stored := a.put("/v1/flows/order", source, "If-None-Match", "*")
	require.Equal(t, 201, stored.status, stored.text)
	require.Equal(t, []any{"key"}, stored.json["secrets"])
	require.Equal(t, "'Hi ' + name", stored.json["expressions"].(map[string]any)["greeting"])
	require.Equal(t, "js", stored.json["expressions"].(map[string]any)["auth"].(map[string]any)["language"])

	got := a.call("POST", "/v1/evaluate", `{"flow_id":"order","vars":{"name":"Bob"}}`)
	require.Equal(t, 200, got.status, got.text)
	require.Equal(t, map[string]any{"auth": "Bearer " + canary, "greeting": "Hi Bob"}, got.json["results"])
	got = a.call("POST", "/v1/evaluate", `{"flow_id":"order","mode":"preview"}`)
	require.Equal(t, map[string]any{"auth": "Bearer [secrets.key]", "greeting": "Hi Ann"}, got.json["results"])
	batch := a.call("POST", "/v1/evaluate/batch", `{"flow_id":"order","recipients":[{"id":"1","vars":{"name":"Eve"}}]}`)
	require.Equal(t, 200, batch.status, batch.text)
	require.Contains(t, batch.text, `"Hi Eve"`)
	lint := a.call("POST", "/v1/lint", `{"flow_id":"order"}`)
	require.Equal(t, true, lint.json["valid"], lint.text)
	require.Equal(t, []any{"name"}, lint.json["variables"])

	usage := a.call("GET", "/v1/secrets/key/usage", nil)
	require.Equal(t, []any{map[string]any{"id": "order", "scope": "default"}}, usage.json["flows"])
	refused := a.call("POST", "/v1/secrets/key/archive", nil)
	requireProblem(t, refused, 409, "in_use")
	require.Contains(t, refused.text, `flow \"order\"`)
}

func TestFlowsAreRefused(t *testing.T) {
	a := startWithStore(t)
	require.Equal(t, 201, a.create("key", "token", canary, "").status)
	require.Equal(t, 201, a.create("other", "token", canary+"2", "").status)
	require.Equal(t, 201, a.put("/v1/flows/declared", `{"expressions":{"a":"1"},"required_secrets":["key"]}`).status)
	for _, c := range []struct {
		name, path, body string
		status           int
		code             string
	}{
		{"syntax", "PUT /v1/flows/x", `{"expressions":{"a":"1 +"}}`, 400, "expression_syntax"},
		{"nothing", "PUT /v1/flows/x", `{"expressions":{}}`, 400, "invalid_request"},
		{"one expression", "PUT /v1/flows/x", `{"expression":"1"}`, 400, "invalid_request"},
		{"a template", "PUT /v1/flows/x", `{"template":"1"}`, 400, "invalid_request"},
		{"another language", "PUT /v1/flows/x", `{"expressions":{"a":"1"},"language":"lua"}`, 400, "invalid_request"},
		{"unknown", "POST /v1/evaluate", `{"flow_id":"nobody"}`, 404, "not_found"},
		{"both", "POST /v1/evaluate", `{"flow_id":"declared","expression":"1"}`, 400, "invalid_request"},
		{"its own language", "POST /v1/evaluate", `{"flow_id":"declared","language":"js"}`, 400, "invalid_request"},
		{"a wider declaration", "POST /v1/evaluate", `{"flow_id":"declared","required_secrets":["other"]}`, 422, "secret_not_declared"},
		{"a template's id", "POST /v1/render", `{"template_id":"declared"}`, 404, "not_found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			method, path, _ := strings.Cut(c.path, " ")
			requireProblem(t, a.call(method, path, c.body), c.status, c.code)
		})
	}
	require.Equal(t, 200, a.call("POST", "/v1/evaluate", `{"flow_id":"declared","required_secrets":["KEY"]}`).status)
	require.Equal(t, 200, a.call("POST", "/v1/evaluate", `{"flow_id":"declared","required_secrets":[]}`).status)
}
