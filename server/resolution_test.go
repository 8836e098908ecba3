package server_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
)

// explained is what the server says of the secret k in a scope: a word, a line for
// each answer, and what is cached.
func (a *api) explained(scope string) (lines []string, cached any) {
	a.t.Helper()
	got := a.call("GET", "/v1/secrets/K/resolution?scope="+scope, nil)
	require.Equal(a.t, 200, got.status, got.text)
	require.NotContains(a.t, got.text, canary)
	lines = []string{got.json["status"].(string)}
	for _, one := range got.json["answers"].([]any) {
		m := one.(map[string]any)
		lines = append(lines, fmt.Sprint(m["provider"], " ", m["scope"], " ", m["version"], " ", m["status"], " ", m["outcome"]))
	}
	return lines, got.json["cached"]
}

func TestResolutionTellsWhereASecretComesFrom(t *testing.T) {
	a := startWithStore(t)
	lines, cached := a.explained("acme/shop")
	require.Equal(t, []string{"missing", "store:sqlite <nil> <nil> missing lacks", "fake <nil> <nil> missing lacks"}, lines)
	require.Nil(t, cached)

	a.fake.Put("acme", "k", redact.NewSecret(canary+"-fake"))
	require.Equal(t, 201, a.create("k", "token", canary+"-acme", "acme").status)
	require.Equal(t, 201, a.create("k", "token", canary+"-shop", "acme/shop").status)
	require.Equal(t, canary+"-shop", a.output("<<Secrets.k>>", "acme/shop"))
	lines, cached = a.explained("acme/shop")
	require.Equal(t, []string{
		"known", "store:sqlite acme/shop 1 known answers", "store:sqlite acme 1 known shadowed", "fake acme 1 known shadowed",
	}, lines)
	is := cached.(map[string]any)
	require.Less(t, is["age_seconds"], 60.0)
	delete(is, "age_seconds")
	require.Equal(t, map[string]any{"provider": "store:sqlite", "scope": "acme/shop", "status": "known", "version": 1.0, "fresh": true}, is)

	require.Equal(t, 200, a.call("POST", "/v1/secrets/k/archive?scope=acme/shop", nil).status)
	lines, _ = a.explained("acme/shop")
	require.Equal(t, "archived", lines[0], "it is an answer, and hides what stands behind it")

	a.fake.Break(errors.New("cannot be reached with " + canary))
	lines, _ = a.explained("other")
	require.Equal(t, []string{"unavailable", "store:sqlite <nil> <nil> missing lacks", "fake <nil> <nil> unavailable unavailable"}, lines)
	requireProblem(t, a.call("GET", "/v1/secrets/-k/resolution", nil), 422, "invalid_alias")
}
