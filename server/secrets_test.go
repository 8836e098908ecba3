package server_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/server"
)

func (a *api) create(alias, kind string, value any, scope string) answer {
	a.t.Helper()
	body := map[string]any{"alias": alias, "type": kind, "value": value, "description": "for tests"}
	if scope != "" {
		body["scope"] = scope
	}
	return a.call("POST", "/v1/secrets", body)
}

// output renders a template and returns its output, or the code of the error.
func (a *api) output(template, scope string) string {
	a.t.Helper()
	got := a.call("POST", "/v1/render", map[string]any{"template": template, "scope": scope})
	if got.status != 200 {
		return got.json["code"].(string)
	}
	return got.json["output"].(string)
}

func TestSecretFromBirthToDeath(t *testing.T) {
	a := startWithStore(t)
	const template = "<<Secrets.github_token>>"

	got := a.create("GitHub_Token", "token", canary, "")
	require.Equal(t, 201, got.status, got.text)
	require.Equal(t, "GitHub_Token", got.json["alias"])
	require.Equal(t, "default", got.json["scope"])
	require.EqualValues(t, 1, got.json["version"])
	require.NotContains(t, got.text, canary)
	require.Equal(t, canary, a.output(template, ""))

	requireProblem(t, a.create("GITHUB_TOKEN", "token", "other", ""), 409, "alias_taken")
	requireProblem(t, a.create("bad alias", "token", "other", ""), 422, "invalid_alias")
	requireProblem(t, a.create("empty", "token", " ", ""), 422, "invalid_value")
	requireProblem(t, a.create("kind", "certificate", "other", ""), 400, "invalid_request")

	got = a.call("PATCH", "/v1/secrets/github_token", `{"value":"tok-rotated-1"}`)
	require.Equal(t, 200, got.status, got.text)
	require.EqualValues(t, 2, got.json["version"])
	require.Equal(t, "tok-rotated-1", a.output(template, ""))
	requireProblem(t, a.call("PATCH", "/v1/secrets/github_token", `{"value":""}`), 422, "no_changes")
	requireProblem(t, a.call("PATCH", "/v1/secrets/github_token", `{"alias":"x"}`), 422, "locked_field")
	requireProblem(t, a.call("PATCH", "/v1/secrets/github_token", `{"type":"json"}`), 422, "locked_field")
	requireProblem(t, a.call("PATCH", "/v1/secrets/nope", `{"value":"x"}`), 404, "not_found")

	got = a.call("POST", "/v1/secrets/github_token/archive", nil)
	require.Equal(t, true, got.json["archived"], got.text)
	require.Equal(t, "secret_archived", a.output(template, ""))
	require.Equal(t, 200, a.call("GET", "/v1/secrets/github_token", nil).status)
	got = a.call("POST", "/v1/secrets/github_token/restore", nil)
	require.Equal(t, false, got.json["archived"], got.text)
	require.Equal(t, "tok-rotated-1", a.output(template, ""))

	requireProblem(t, a.call("DELETE", "/v1/secrets/github_token", nil), 400, "invalid_request")
	requireProblem(t, a.call("DELETE", "/v1/secrets/github_token?confirm=x", nil), 400, "invalid_request")
	require.Equal(t, 204, a.call("DELETE", "/v1/secrets/github_token?confirm=GitHub_Token", nil).status)
	require.Equal(t, "secret_missing", a.output(template, ""))
	requireProblem(t, a.call("GET", "/v1/secrets/github_token", nil), 404, "not_found")
}

func TestSecretTypes(t *testing.T) {
	a := startWithStore(t)
	require.Equal(t, 201, a.create("smtp", "username_password", map[string]any{"username": "mailer", "password": "p@ss"}, "").status)
	require.Equal(t, 201, a.create("cfg", "json", map[string]any{"db": map[string]any{"port": 5432}}, "").status)
	require.Equal(t, "mailer:p@ss 5432", a.output("<<Secrets.smtp.username>>:<<Secrets.smtp.password>> <<Secrets.cfg.db.port>>", ""))
	requireProblem(t, a.create("x", "username_password", "text", ""), 422, "invalid_value")
	requireProblem(t, a.create("x", "json", 17, ""), 422, "invalid_value")
	requireProblem(t, a.create("x", "token", 17, ""), 422, "invalid_value")
	requireProblem(t, a.call("POST", "/v1/secrets", `{"alias":"x","type":"json","value":{"a":1,"a":2}}`), 400, "invalid_request")
}

func TestSecretsListInPages(t *testing.T) {
	a := startWithStore(t)
	for _, alias := range []string{"c", "a", "e", "b", "d"} {
		require.Equal(t, 201, a.create(alias, "token", "value-"+alias, "").status)
	}
	require.Equal(t, 201, a.create("other", "token", "value-other", "elsewhere").status)
	var seen []string
	path := "/v1/secrets?limit=2"
	for range 10 {
		got := a.call("GET", path, nil)
		require.Equal(t, 200, got.status, got.text)
		require.NotContains(t, got.text, "value-")
		for _, item := range got.json["items"].([]any) {
			seen = append(seen, item.(map[string]any)["alias"].(string))
		}
		next, more := got.json["next"].(string)
		if !more {
			break
		}
		path = "/v1/secrets?limit=2&cursor=" + next
	}
	require.Equal(t, []string{"a", "b", "c", "d", "e"}, seen)
	requireProblem(t, a.call("GET", "/v1/secrets?limit=0", nil), 400, "invalid_request")
	requireProblem(t, a.call("GET", "/v1/secrets?limit=x", nil), 400, "invalid_request")
	requireProblem(t, a.call("GET", "/v1/secrets?Scope=x", nil), 400, "invalid_request")
	requireProblem(t, a.call("GET", "/v1/secrets?scope=a&scope=b", nil), 400, "invalid_request")
	requireProblem(t, a.call("GET", "/v1/secrets?scope=%zz", nil), 400, "invalid_request")
}

func TestScopesOfSecrets(t *testing.T) {
	a := startWithStore(t)
	require.Equal(t, 201, a.create("key", "token", "value-of-acme", "acme").status)
	require.Equal(t, "value-of-acme", a.output("<<Secrets.key>>", "acme/shop/prod"))
	require.Equal(t, "secret_missing", a.output("<<Secrets.key>>", "acm"))
	require.Equal(t, 201, a.create("key", "token", "value-of-shop", "acme/shop").status)
	require.Equal(t, "value-of-shop", a.output("<<Secrets.key>>", "acme/shop/prod"))
	requireProblem(t, a.call("PATCH", "/v1/secrets/key?scope=acme", `{"value":"x-value","scope":"acme/shop"}`), 400, "invalid_request")
	require.Equal(t, 200, a.call("PATCH", "/v1/secrets/key?scope=acme", `{"value":"x-value"}`).status)
	require.Equal(t, "x-value", a.output("<<Secrets.key>>", "acme"))
}

func TestUsage(t *testing.T) {
	a := startWithStore(t)
	require.Equal(t, 201, a.create("key", "token", canary, "").status)
	require.Equal(t, 201, a.call("PUT", "/v1/templates/welcome", `{"template":"<<Secrets.key>>"}`).status)
	require.Equal(t, canary, a.output("<<Secrets.key>>", ""))
	require.Equal(t, canary, a.output("<<Secrets.key>>", ""))

	requireProblem(t, a.call("POST", "/v1/secrets/key/archive", nil), 409, "in_use")
	got := a.call("DELETE", "/v1/secrets/key?confirm=key", nil)
	requireProblem(t, got, 409, "in_use")
	require.Contains(t, got.text, "welcome")

	require.Eventually(t, func() bool {
		got = a.call("GET", "/v1/secrets/key/usage", nil)
		uses := got.json["uses"].([]any)
		return len(uses) > 0 && uses[0].(map[string]any)["count"] == 2.0
	}, time.Minute, 10*time.Millisecond)
	require.Equal(t, []any{map[string]any{"id": "welcome", "scope": "default"}}, got.json["templates"])

	const chosen = `,"vars":{"a":"KEY"},"required_secrets":["key"]}`
	for path, source := range map[string]string{
		"/v1/render": `{"template":"{{ secrets[a] }}"`, "/v1/evaluate": `{"expressions":{"x":"secrets[a]"}`,
	} {
		require.Equal(t, []any{"key"}, a.call("POST", path, source+chosen).json["secrets"])
	}
	require.Eventually(t, func() bool {
		used := 0.0
		for _, use := range a.call("GET", "/v1/secrets/key/usage", nil).json["uses"].([]any) {
			used += use.(map[string]any)["count"].(float64)
		}
		return used == 4
	}, 5*time.Second, 10*time.Millisecond)
	require.NotNil(t, a.call("GET", "/v1/secrets/key", nil).json["last_used_at"])

	require.Equal(t, 200, a.call("POST", "/v1/secrets/key/archive?force=true", nil).status)
	require.Equal(t, 204, a.call("DELETE", "/v1/secrets/key?confirm=key&force=true", nil).status)
	requireProblem(t, a.call("DELETE", "/v1/secrets/key?confirm=key&force=yes", nil), 400, "invalid_request")
}

func TestTemplates(t *testing.T) {
	a := startWithStore(t)
	require.Equal(t, 201, a.create("key", "token", canary, "").status)
	got := a.call("PUT", "/v1/templates/hook", `{"template":"{\"k\":\"<<Secrets.key>>\"}","context":"json","description":"d","required_secrets":["KEY"]}`)
	require.Equal(t, 201, got.status, got.text)
	got = a.call("PUT", "/v1/templates/hook", `{"parts":{"body":{"template":"<<Secrets.key>>!"},"url":{"template":"/q/{{x}}","context":"url"}}}`)
	require.Equal(t, 200, got.status, got.text)
	require.EqualValues(t, 2, got.json["version"])
	require.Equal(t, []any{"key"}, got.json["secrets"])

	got = a.call("POST", "/v1/render", `{"template_id":"hook","vars":{"x":"a b"}}`)
	require.JSONEq(t, `{"outputs":{"body":"tok-4f9a8b2c7d!","url":"/q/a%20b"},"secrets":["key"],"mode":"send"}`, got.text)
	got = a.call("POST", "/v1/render", `{"template_id":"hook","scope":"default/below","vars":{"x":"a"}}`)
	require.Equal(t, 200, got.status, "a template is seen from below: "+got.text)
	require.Equal(t, 200, a.call("POST", "/v1/lint", `{"template_id":"hook"}`).status)

	requireProblem(t, a.call("PUT", "/v1/templates/broken", `{"template":"{{ a"}`), 400, "template_syntax")
	requireProblem(t, a.call("GET", "/v1/templates/broken", nil), 404, "not_found")
	requireProblem(t, a.call("PUT", "/v1/templates/hook", `{}`), 400, "invalid_request")
	requireProblem(t, a.call("PUT", "/v1/templates/hook", `{"template_id":"hook"}`), 400, "invalid_request")
	requireProblem(t, a.call("PUT", "/v1/templates/bad%20id", `{"template":"x"}`), 400, "invalid_request")
	requireProblem(t, a.call("POST", "/v1/render", `{"template_id":"hook","context":"json"}`), 400, "invalid_request")

	got = a.call("GET", "/v1/templates", nil)
	require.Len(t, got.json["items"], 1)
	require.NotContains(t, got.text, "Secrets.key", "a list holds no sources")
	require.Equal(t, 204, a.call("DELETE", "/v1/templates/hook", nil).status)
	requireProblem(t, a.call("DELETE", "/v1/templates/hook", nil), 404, "not_found")
	requireProblem(t, a.call("POST", "/v1/render", `{"template_id":"hook"}`), 404, "not_found")
}

func TestStoredDeclarationIsALimit(t *testing.T) {
	a := startWithStore(t)
	require.Equal(t, 201, a.create("key", "token", canary, "").status)
	require.Equal(t, 201, a.create("other", "token", "other-value", "").status)
	require.Equal(t, 201, a.call("PUT", "/v1/templates/t", `{"template":"{{ secrets[name] }}","required_secrets":["key"]}`).status)
	require.Equal(t, 200, a.call("POST", "/v1/render", `{"template_id":"t","vars":{"name":"key"}}`).status)
	requireProblem(t, a.call("POST", "/v1/render", `{"template_id":"t","vars":{"name":"other"}}`), 422, "secret_not_declared")
	requireProblem(t, a.call("POST", "/v1/render",
		`{"template_id":"t","vars":{"name":"other"},"required_secrets":["key","other"]}`), 422, "secret_not_declared")
}

func TestPartialsFollowTheirEdits(t *testing.T) {
	a := startWithStore(t)
	const caller = "{% render 'footer' %}|{% assign n = 'footer' %}{% include n %}"
	require.Equal(t, 201, a.call("PUT", "/v1/templates/footer", `{"template":"one"}`).status)
	require.Equal(t, "one|one", a.output(caller, ""))
	require.Equal(t, 200, a.call("PUT", "/v1/templates/footer", `{"template":"two"}`).status)
	require.Equal(t, "two|two", a.output(caller, ""))
	require.Equal(t, 201, a.call("PUT", "/v1/templates/footer?scope=default/shop", `{"template":"shop"}`).status)
	require.Equal(t, "shop|shop", a.output(caller, "default/shop"))
	require.Equal(t, "two|two", a.output(caller, ""))
	require.Equal(t, 204, a.call("DELETE", "/v1/templates/footer", nil).status)
	require.NotEqual(t, "two|two", a.output(caller, ""))
}

func TestTokens(t *testing.T) {
	a := startWithStore(t)
	got := a.call("POST", "/v1/tokens", `{"role":"render","scope":"acme","description":"ci","expires_at":"2099-01-01T00:00:00Z"}`)
	require.Equal(t, 201, got.status, got.text)
	token, id := got.json["token"].(string), got.json["id"].(string)
	require.Equal(t, 200, a.as(token).call("POST", "/v1/render", `{"template":"x"}`).status)

	list := a.call("GET", "/v1/tokens", nil)
	require.Len(t, list.json["items"], 1)
	require.NotContains(t, list.text, token)
	require.Equal(t, 204, a.call("DELETE", "/v1/tokens/"+id, nil).status)
	requireProblem(t, a.as(token).call("POST", "/v1/render", `{"template":"x"}`), 401, "unauthorized")
	requireProblem(t, a.call("DELETE", "/v1/tokens/"+id, nil), 404, "not_found")
	require.NotContains(t, a.log.String(), token)

	requireProblem(t, a.call("POST", "/v1/tokens", `{"role":"root"}`), 400, "invalid_request")
	requireProblem(t, a.call("POST", "/v1/tokens", `{}`), 400, "invalid_request")
	requireProblem(t, a.call("POST", "/v1/tokens", `{"role":"render","expires_at":"tomorrow"}`), 400, "invalid_request")
	requireProblem(t, a.call("POST", "/v1/tokens", `{"role":"render","expires_at":"2001-01-01T00:00:00Z"}`), 400, "invalid_request")
	root := a.call("POST", "/v1/tokens", `{"role":"admin","scope":"/"}`)
	require.Equal(t, 201, root.status, root.text)
	require.Equal(t, 200, a.as(root.json["token"].(string)).call("GET", "/v1/secrets?scope=any/where", nil).status)
}

// TestTokensHaveLimitsOfTheirOwn sets them below and above those of the server.
func TestTokensHaveLimitsOfTheirOwn(t *testing.T) {
	a := startWithStore(t, limited(server.Limits{Token: server.TokenLimits{Rate: 100, Bytes: 1 << 20}}))
	make := func(by *api, body string) *api {
		got := by.call("POST", "/v1/tokens", body)
		require.Equal(t, 201, got.status, got.text)
		return a.as(got.json["token"].(string))
	}
	policy := func(of *api) string {
		return of.call("GET", "/v1/macros", nil).header.Get("RateLimit-Policy")
	}
	shop := make(a, `{"role":"admin","scope":"acme"}`)
	require.Equal(t, `"token";q=100;w=1`, policy(shop))
	require.Equal(t, `"token";q=7;w=1`, policy(make(shop, `{"role":"render","limits":{"rate":7,"concurrency":0}}`)))
	require.Equal(t, `"token";q=1000;w=1`, policy(make(a, `{"role":"render","scope":"acme","limits":{"rate":1000}}`)))
	small := make(shop, `{"role":"render","limits":{"bytes":50000,"concurrency":1000000}}`)
	requireProblem(t, small.call("POST", "/v1/render", map[string]any{"template": strings.Repeat("x", 60000)}), 429, "rate_limited")
	require.Equal(t, 200, shop.call("POST", "/v1/render", map[string]any{"template": strings.Repeat("x", 60000)}).status)

	for name, body := range map[string]string{
		"rate":  `{"role":"render","limits":{"rate":101}}`,
		"bytes": `{"role":"render","limits":{"bytes":1048577}}`,
	} {
		t.Run("an admin of a scope raises the "+name, func(t *testing.T) {
			requireProblem(t, shop.call("POST", "/v1/tokens", body), 403, "forbidden")
		})
	}
	requireProblem(t, make(a, `{"role":"render","scope":"acme"}`).call("POST", "/v1/tokens", `{"role":"render","limits":{"rate":1}}`), 403, "forbidden")
	for name, limits := range map[string]string{
		"negative": `{"rate":-1}`, "a fraction": `{"rate":1.5}`, "a text": `{"rate":"1"}`, "too large": `{"rate":1000000001}`,
		"too long": `{"bytes":99999999999999999999}`, "unknown": `{"speed":1}`, "a list": `[]`,
	} {
		t.Run(name, func(t *testing.T) {
			requireProblem(t, a.call("POST", "/v1/tokens", `{"role":"render","limits":`+limits+`}`), 400, "invalid_request")
		})
	}
	bound := make(a, `{"role":"admin","scope":"acme","limits":{"rate":9,"bytes":60000}}`)
	require.Equal(t, `"token";q=9;w=1`, policy(make(bound, `{"role":"admin"}`)), "what is left open is as its maker's")
	require.Equal(t, `"token";q=8;w=1`, policy(make(bound, `{"role":"render","limits":{"rate":8}}`)))
	root := make(a, `{"role":"admin","scope":"/","limits":{"rate":9}}`)
	for name, of := range map[string]struct {
		maker  *api
		limits string
	}{
		"rate": {bound, `{"rate":10}`}, "bytes": {bound, `{"bytes":60001}`}, "rate of all scopes": {root, `{"rate":10}`},
	} {
		t.Run("nobody gives more than it has of "+name, func(t *testing.T) {
			got := of.maker.call("POST", "/v1/tokens", `{"role":"render","scope":"acme","limits":`+of.limits+`}`)
			requireProblem(t, got, 403, "forbidden")
			require.Contains(t, got.text, "your own token")
		})
	}
	list := a.call("GET", "/v1/tokens", nil)
	require.Contains(t, list.text, `"limits":{"rate":1000}`)
	require.Contains(t, list.text, `"limits":{"concurrency":1000000,"bytes":50000}`)
	require.Equal(t, 2, strings.Count(list.text, `"expires_at":null}`), "two tokens have none")
}

func TestAudit(t *testing.T) {
	a := startWithStore(t)
	require.Equal(t, 201, a.create("key", "token", canary, "acme").status)
	a.call("PATCH", "/v1/secrets/key?scope=acme", `{"value":"`+canary+`2"}`)
	a.create("key", "token", canary, "acme")
	weak := a.call("POST", "/v1/tokens", `{"role":"preview","scope":"acme"}`).json["token"].(string)
	requireProblem(t, a.as(weak).create("x", "token", canary, "acme"), 403, "forbidden")

	got := a.call("GET", "/v1/audit?limit=100", nil)
	require.Equal(t, 200, got.status, got.text)
	require.NotContains(t, got.text, canary)
	var rows []string
	for _, item := range got.json["items"].([]any) {
		row := item.(map[string]any)
		rows = append(rows, row["what"].(string)+" "+row["outcome"].(string))
		require.NotEmpty(t, row["request_id"])
	}
	require.Equal(t, "POST /v1/secrets forbidden|token.create ok|secret.create alias_taken|secret.update ok|secret.create ok", strings.Join(rows, "|"))
	require.Len(t, a.call("GET", "/v1/audit?scope=other", nil).json["items"], 0)
	require.Len(t, a.call("GET", "/v1/audit?since=2099-01-01T00:00:00Z", nil).json["items"], 0)
	requireProblem(t, a.call("GET", "/v1/audit?since=now", nil), 400, "invalid_request")
}

// TestRefusalsAreCounted tries again and again what a token does not allow: the
// trail has a few rows, and the metric has all.
func TestRefusalsAreCounted(t *testing.T) {
	a := startWithStore(t)
	foreign := a.as(a.call("POST", "/v1/tokens", `{"role":"preview","scope":"evil"}`).json["token"].(string))
	for range 100 {
		requireProblem(t, foreign.call("POST", "/v1/render", `{"template":"a","mode":"preview","scope":"bank"}`), 403, "forbidden")
	}
	items := a.call("GET", "/v1/audit?scope=evil", nil).json["items"].([]any)
	refused := slices.DeleteFunc(items, func(item any) bool { return item.(map[string]any)["outcome"] == "ok" })
	require.Len(t, refused, 3)
	require.EqualValues(t, 1, refused[0].(map[string]any)["count"])
	page := a.call("GET", "/metrics", nil).text
	require.Contains(t, page, "\nsotto_store_refusals_total 100\n")
	require.Contains(t, page, "\nsotto_store_refusal_rows_total 3\n")
	require.Contains(t, page, "\nsotto_store_expired_total{kind=\"audit_row\"} 0\n")
}
