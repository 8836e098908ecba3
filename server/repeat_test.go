package server_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestIdempotencyKey(t *testing.T) {
	a := startWithStore(t)
	const key = "Idempotency-Key"
	for _, c := range []struct{ name, method, path, body, other string }{
		{"a secret", "POST", "/v1/secrets", `{"alias":"k","value":"Zq7Xv9Kj2Wp4"}`, `{"alias":"k","value":"another-value"}`},
		{"an edit", "PATCH", "/v1/secrets/k", `{"value":"Zq7Xv9Kj2Wp5"}`, `{"value":"another-value"}`},
		{"a token", "POST", "/v1/tokens", `{"role":"render","description":"d"}`, `{"role":"admin"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			first := a.send(c.method, c.path, c.body, key, "key of "+c.name)
			require.Less(t, first.status, 300, first.text)
			require.Empty(t, first.header.Get("Idempotency-Replayed"))
			again := a.send(c.method, c.path, c.body, key, "key of "+c.name)
			require.Equal(t, first.status, again.status)
			require.Equal(t, "true", again.header.Get("Idempotency-Replayed"))
			require.Equal(t, first.header.Get("Location"), again.header.Get("Location"))
			require.NotContains(t, again.json, "token")
			delete(first.json, "token")
			require.Equal(t, first.json, again.json)
			requireProblem(t, a.send(c.method, c.path, c.other, key, "key of "+c.name), 422, "idempotency_key_reused")
			requireProblem(t, a.send(c.method, c.path+"?scope=default", c.body, key, "key of "+c.name), 422, "idempotency_key_reused")
		})
	}
	require.Len(t, a.call("GET", "/v1/tokens?scope=default", nil).json["items"], 1)
	require.EqualValues(t, 2, a.call("GET", "/v1/secrets/k", nil).json["version"])

	t.Run("of another scope or call", func(t *testing.T) {
		requireProblem(t, a.send("POST", "/v1/secrets", `{"alias":"k","value":"Zq7Xv9Kj2Wp4","scope":"acme"}`, key, "key of a secret"), 422, "idempotency_key_reused")
		requireProblem(t, a.send("POST", "/v1/tokens", `{"role":"render"}`, key, "key of a secret"), 422, "idempotency_key_reused")
		requireProblem(t, a.send("POST", "/v1/secrets", `{"alias":"x","value":"Zq7Xv9Kj2Wp4"}`, key, "key of a token"), 422, "idempotency_key_reused")
	})
	t.Run("the first answer, whatever came after it", func(t *testing.T) {
		const body = `{"alias":"db","type":"json","value":{"host":"db.example.com","password":"test"}}`
		first := a.send("POST", "/v1/secrets", body, key, "masked")
		require.Equal(t, 201, first.status, first.text)
		require.Contains(t, first.text, `"warnings":[{`)
		require.Contains(t, first.text, `"unmasked":["host"]`)
		require.Equal(t, 200, a.send("PATCH", "/v1/secrets/db", `{"value":{"password":"Zq7Xv9Kj2Wp4"}}`, key, "patched").status)
		require.Equal(t, first.text, a.send("POST", "/v1/secrets", body, key, "masked").text)
		second := a.send("PATCH", "/v1/secrets/db", `{"description":"d"}`, key, "described")
		require.Contains(t, second.text, `"unmasked":[]`)
		require.Equal(t, 200, a.send("PATCH", "/v1/secrets/db", `{"value":{"host":"db.example.com"}}`).status)
		require.Equal(t, second.text, a.send("PATCH", "/v1/secrets/db", `{"description":"d"}`, key, "described").text)
	})

	t.Run("of another token", func(t *testing.T) {
		other := a.as(a.tokenFor("admin", "default"))
		got := other.send("POST", "/v1/secrets", `{"alias":"k","value":"Zq7Xv9Kj2Wp4"}`, key, "key of a secret")
		requireProblem(t, got, 409, "alias_taken")
	})
	t.Run("of a role that may not", func(t *testing.T) {
		got := a.as(a.tokenFor("render", "default")).send("POST", "/v1/secrets", `{"alias":"k","value":"Zq7Xv9Kj2Wp4"}`, key, "key of a secret")
		requireProblem(t, got, 403, "forbidden")
	})
	for name, wrong := range map[string]string{"empty": "", "long": strings.Repeat("k", 256), "not ASCII": "schlüssel"} {
		t.Run(name, func(t *testing.T) {
			requireProblem(t, a.send("POST", "/v1/secrets", `{"alias":"x","value":"Zq7Xv9Kj2Wp4"}`, key, wrong), 400, "invalid_request")
		})
	}
	t.Run("on a call that changes nothing", func(t *testing.T) {
		for range 2 {
			require.Equal(t, 200, a.send("POST", "/v1/render", `{"template":"x"}`, key, "k").status)
		}
	})
}
