package server_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// redacted returns what /v1/redact makes of a text.
func (a *api) redacted(text string) string {
	a.t.Helper()
	got := a.call("POST", "/v1/redact", map[string]any{"text": text})
	require.Equal(a.t, http.StatusOK, got.status, got.text)
	return got.json["text"].(string)
}

func TestWeakValuesAreWarnedOf(t *testing.T) {
	a := startWithStore(t)
	for _, test := range []struct {
		name, body string
		want       []any // code, field
	}{
		{"common word", `{"alias":"a1","value":"admin"}`, []any{"common_value", nil}},
		{"short value", `{"alias":"a2","value":"q7Zk2"}`, []any{"short_value", nil}},
		{"password that is a word", `{"alias":"a3","type":"username_password","value":{"username":"svc","password":"guest"}}`, []any{"common_value", "password"}},
		{"field of JSON", `{"alias":"a4","type":"json","value":{"pin":"4711x","host":"h"}}`, []any{"short_value", "pin"}},
		{"a key", `{"alias":"a5","value":"tok-4f9a8b2c7d"}`, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := a.call("POST", "/v1/secrets", test.body)
			require.Equal(t, http.StatusCreated, got.status, got.text)
			if test.want == nil {
				require.NotContains(t, got.json, "warnings")
				return
			}
			warning := got.json["warnings"].([]any)[0].(map[string]any)
			require.Equal(t, test.want, []any{warning["code"], warning["field"]})
			require.NotEmpty(t, warning["message"])

			alias := got.json["alias"].(string)
			require.Equal(t, got.json["warnings"], a.call("GET", "/v1/secrets/"+alias, nil).json["warnings"])
			// To others a warning would tell that the password is one of a few hundred words.
			for _, role := range []string{"render", "author", "preview"} {
				other := a.as(a.tokenFor(role, "default"))
				require.NotContains(t, other.call("GET", "/v1/secrets/"+alias, nil).text, "warnings")
				require.NotContains(t, other.call("GET", "/v1/secrets", nil).text, "warnings")
				require.NotContains(t, other.call("GET", "/v1/secrets", nil).text, "unmasked")
			}
		})
	}
	listed := a.call("GET", "/v1/secrets", nil)
	require.Contains(t, listed.text, `"common_value"`)
	require.Equal(t, []any{}, listed.json["items"].([]any)[0].(map[string]any)["unmasked"])

	got := a.call("PATCH", "/v1/secrets/a5", `{"value":"test"}`)
	require.Contains(t, got.text, `"common_value"`)
	require.NotContains(t, a.log.String(), "common")
}

func TestAnAdminChoosesWhatLogsShow(t *testing.T) {
	a := startWithStore(t)
	const text = "user svc-mail at db-7.example.com, client app-one, Tq4zWnb81Lxe9"
	got := a.call("POST", "/v1/secrets", `{"alias":"db","type":"json","value":{"user":"svc-mail","host":"db-7.example.com","client":"app-one-77","password":"Tq4zWnb81Lxe9"}}`)
	require.Equal(t, http.StatusCreated, got.status, got.text)
	require.Equal(t, []any{"host", "user"}, got.json["unmasked"])
	require.Equal(t, "user svc-mail at db-7.example.com, client app-one, [REDACTED]", a.redacted(text))

	// With effect at once, and nothing of the other fields stays known.
	got = a.call("PATCH", "/v1/secrets/db", `{"unmasked":["client"]}`)
	require.Equal(t, http.StatusOK, got.status, got.text)
	require.Equal(t, []any{"client"}, got.json["unmasked"])
	require.EqualValues(t, 1, got.json["version"], "the value is the same")
	require.Equal(t, "user [REDACTED] at [REDACTED], app-one-77", a.redacted("user svc-mail at db-7.example.com, app-one-77"))

	require.Equal(t, http.StatusOK, a.call("PATCH", "/v1/secrets/db", `{"unmasked":[]}`).status)
	require.Equal(t, "user [REDACTED] at [REDACTED], [REDACTED]", a.redacted("user svc-mail at db-7.example.com, app-one-77"))
	require.Equal(t, []any{}, a.call("GET", "/v1/secrets/db", nil).json["unmasked"])

	require.Equal(t, http.StatusOK, a.call("PATCH", "/v1/secrets/db", `{"unmasked":null}`).status)
	require.Equal(t, "user svc-mail at db-7.example.com, [REDACTED]", a.redacted("user svc-mail at db-7.example.com, app-one-77"))

	// A field that the next value lacks is not unmasked any more.
	require.Equal(t, http.StatusOK, a.call("PATCH", "/v1/secrets/db", `{"unmasked":["client","user"]}`).status)
	got = a.call("PATCH", "/v1/secrets/db", `{"value":{"user":"svc-mail","password":"Xq4zWnb81Lxe9"}}`)
	require.Equal(t, []any{"user"}, got.json["unmasked"], got.text)

	for name, body := range map[string]string{
		"a password":               `{"unmasked":["password"]}`,
		"what is no field":         `{"unmasked":["nope"]}`,
		"no list":                  `{"unmasked":"user"}`,
		"what is unmasked already": `{"unmasked":["user"]}`,
	} {
		t.Run(name, func(t *testing.T) {
			got := a.call("PATCH", "/v1/secrets/db", body)
			require.GreaterOrEqual(t, got.status, 400, got.text)
			require.Less(t, got.status, 500, got.text)
		})
	}
	events := a.call("GET", "/v1/audit", nil)
	require.Contains(t, events.text, `"secret.update"`)

	got = a.call("POST", "/v1/secrets", `{"alias":"login","type":"username_password","value":{"username":"svc-billing","password":"Tq4zWnb81Lxe8"},"unmasked":["username"]}`)
	require.Equal(t, []any{"username"}, got.json["unmasked"], got.text)
	require.Equal(t, "svc-billing [REDACTED]", a.redacted("svc-billing Tq4zWnb81Lxe8"))
}

// TestACommonValueIsMaskedBehindItsAlias holds that what is stored is known by its alias.
func TestACommonValueIsMaskedBehindItsAlias(t *testing.T) {
	a := startWithStore(t)
	require.Equal(t, http.StatusCreated, a.call("POST", "/v1/secrets", `{"alias":"Weather-FX","value":"staging"}`).status)
	require.Equal(t, "weather_fx=[REDACTED] env=staging", a.redacted("weather_fx=staging env=staging"))
}
