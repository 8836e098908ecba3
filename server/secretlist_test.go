package server_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/server"
)

func aliases(got answer) []string {
	found := []string{}
	for _, item := range got.json["items"].([]any) {
		found = append(found, item.(map[string]any)["alias"].(string))
	}
	return found
}

func TestSecretsAreFiltered(t *testing.T) {
	a := startWithStore(t)
	require.Equal(t, 201, a.create("old", "token", "value-old", "").status)
	require.Equal(t, 201, a.create("new", "token", "value-new", "").status)
	require.Equal(t, 201, a.create("cfg", "json", map[string]any{"a": "value-cfg"}, "").status)
	require.Equal(t, 200, a.call("POST", "/v1/secrets/old/archive", nil).status)
	for query, want := range map[string][]string{
		"":                        {"cfg", "new"},
		"?archived=false":         {"cfg", "new"},
		"?archived=true":          {"cfg", "new", "old"},
		"?archived=only":          {"old"},
		"?type=json":              {"cfg"},
		"?q=NE":                   {"new"},
		"?q=tests&type=token":     {"new"},
		"?q=value":                {},
		"?unused=true&type=token": {"new"},
	} {
		t.Run(query, func(t *testing.T) { require.Equal(t, want, aliases(a.call("GET", "/v1/secrets"+query, nil))) })
	}
	for _, query := range []string{"?archived=yes", "?type=jwt", "?unused=1", "?limit=1001"} {
		t.Run(query, func(t *testing.T) {
			requireProblem(t, a.call("GET", "/v1/secrets"+query, nil), 400, "invalid_request")
		})
	}
}

// TestWordsThatUsersKnow begin the messages about a secret.
func TestWordsThatUsersKnow(t *testing.T) {
	a := startWithStore(t)
	require.Equal(t, 201, a.create("key", "token", "value-one", "").status)
	for _, test := range []struct{ name, method, path, body, code, words string }{
		{"no alias", "POST", "/v1/secrets", `{"value":"x-value"}`, "invalid_alias", "Secret key is required"},
		{"an empty alias", "POST", "/v1/secrets", `{"alias":"","value":"x-value"}`, "invalid_alias", "Secret key is required"},
		{"no value", "POST", "/v1/secrets", `{"alias":"x"}`, "invalid_value", "Secret value is required"},
		{"an empty value", "POST", "/v1/secrets", `{"alias":"x","value":""}`, "invalid_value", "Secret value is required"},
		{"null", "POST", "/v1/secrets", `{"alias":"x","value":null}`, "invalid_value", "Secret value is required"},
		{"white space", "POST", "/v1/secrets", `{"alias":"x","value":" \n"}`, "invalid_value", "Secret value is required"},
		{"no password", "POST", "/v1/secrets", `{"alias":"x","type":"username_password","value":{"username":"u"}}`, "invalid_value", "Secret value is required"},
		{"an empty patch", "PATCH", "/v1/secrets/key", `{}`, "no_changes", "No changes to save"},
		{"the same value", "PATCH", "/v1/secrets/key", `{"value":"value-one"}`, "no_changes", "No changes to save"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := a.call(test.method, test.path, test.body)
			requireProblem(t, got, 422, test.code)
			require.Regexp(t, "^"+test.words, got.json["detail"])
		})
	}
}

func TestCreatedSaysWhere(t *testing.T) {
	a := startWithStore(t)
	got := a.call("POST", "/v1/secrets", `{"alias":"Key","value":"value-one","scope":"acme/shop"}`)
	require.Equal(t, 201, got.status, got.text)
	require.Equal(t, "token", got.json["type"])
	require.Equal(t, "/v1/secrets/Key?scope=acme%2Fshop", got.header.Get("Location"))
	require.Equal(t, "Key", a.call("GET", got.header.Get("Location"), nil).json["alias"])

	got = a.call("POST", "/v1/tokens", `{"role":"render","scope":"acme"}`)
	require.Equal(t, 201, got.status, got.text)
	where := got.header.Get("Location")
	shown := a.call("GET", where, nil)
	require.Equal(t, got.json["id"], shown.json["id"])
	require.NotContains(t, shown.text, got.json["token"])
	other := a.call("POST", "/v1/tokens", `{"role":"admin","scope":"other"}`).json["token"].(string)
	requireProblem(t, a.as(other).call("GET", where, nil), 404, "not_found")
	require.Equal(t, 204, a.call("DELETE", where, nil).status)
	requireProblem(t, a.call("GET", where, nil), 404, "not_found")
}

func TestUsageShowsVersions(t *testing.T) {
	a := startWithStore(t)
	require.Equal(t, 201, a.create("key", "token", "value-one", "").status)
	require.Equal(t, 200, a.call("PATCH", "/v1/secrets/key", `{"value":"value-two"}`).status)
	versions := a.call("GET", "/v1/secrets/key/usage", nil).json["versions"].([]any)
	require.Len(t, versions, 2)
	require.EqualValues(t, 2, versions[0].(map[string]any)["version"])
	require.Equal(t, "admin", versions[1].(map[string]any)["by"])
}

// TestDeclarationsMayBeRequired sends and previews where the server asks each send to
// declare its secrets.
func TestDeclarationsMayBeRequired(t *testing.T) {
	a := startWithStore(t, func(o *server.Options) { o.RequireDeclared = true })
	require.Equal(t, 201, a.create("key", "token", canary, "").status)
	require.Equal(t, 201, a.call("PUT", "/v1/templates/declared", `{"template":"<<Secrets.key>>","required_secrets":["key"]}`).status)
	require.Equal(t, 201, a.call("PUT", "/v1/templates/open", `{"template":"<<Secrets.key>>"}`).status)
	for _, test := range []struct {
		name, path, body string
		refused          bool
	}{
		{"undeclared", "/v1/render", `{"template":"<<Secrets.key>>"}`, true},
		{"chosen by data", "/v1/render", `{"template":"{{ secrets[a] }}","vars":{"a":"key"}}`, true},
		{"a part", "/v1/render", `{"parts":{"p":{"template":"<<Secrets.key>>"}}}`, true},
		{"an undeclared template", "/v1/render", `{"template_id":"open"}`, true},
		{"an expression", "/v1/evaluate", `{"expression":"secrets.key"}`, true},
		{"expressions", "/v1/evaluate", `{"expressions":{"x":"secrets.key"}}`, true},
		{"JavaScript", "/v1/evaluate", `{"expression":"secrets.key","language":"js"}`, true},
		{"recipients", "/v1/render/batch", `{"template":"<<Secrets.key>>","recipients":[{"id":"a","vars":{}}]}`, true},
		{"declared", "/v1/render", `{"template":"<<Secrets.key>>","required_secrets":["key"]}`, false},
		{"a declared template", "/v1/render", `{"template_id":"declared"}`, false},
		{"a declared expression", "/v1/evaluate", `{"expression":"secrets.key","required_secrets":["key"]}`, false},
		{"without secrets", "/v1/render", `{"template":"x"}`, false},
		{"a preview", "/v1/render", `{"template":"<<Secrets.key>>","mode":"preview"}`, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := a.call("POST", test.path, test.body)
			if test.refused {
				requireProblem(t, got, 422, "secret_not_declared")
			} else {
				require.Equal(t, 200, got.status, got.text)
			}
		})
	}
}
