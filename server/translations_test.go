package server_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTranslations: a stored template has texts of its own, and a request's go
// first, key by key.
func TestTranslations(t *testing.T) {
	a := startWithStore(t)
	put := a.call("PUT", "/v1/templates/mail", `{"template":"{{ \"hi\" | t }} {{ \"m.a\" | t }} {{ \"m.b\" | t }}","translations":{"hi":"Hi","m":{"a":"A","b":"B"}}}`)
	require.Equal(t, 201, put.status, put.text)
	require.Equal(t, "Hi", put.json["translations"].(map[string]any)["hi"])
	for _, test := range []struct{ name, body, want string }{
		{"of the request", `{"template":"{{ k | t }}","vars":{"k":"a"},"translations":{"a":"x {{ k }}"}}`, "x {{ k }}"},
		{"of parts", `{"parts":{"p":{"template":"{{ \"a\" | t }}"}},"translations":{"a":"x"}}`, ""},
		{"stored", `{"template_id":"mail"}`, "Hi A B"},
		{"the request's first", `{"template_id":"mail","translations":{"hi":"Salü","m":{"b":"Be"}}}`, "Salü A Be"},
		{"a text for an object", `{"template_id":"mail","translations":{"m":"x"}}`, "Hi  "},
		{"and the stored ones stay", `{"template_id":"mail"}`, "Hi A B"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := a.call("POST", "/v1/render", test.body)
			require.Equal(t, 200, got.status, got.text)
			if test.want == "" {
				require.Equal(t, map[string]any{"p": "x"}, got.json["outputs"])
				return
			}
			require.Equal(t, test.want, got.json["output"])
		})
	}
	for _, body := range []string{
		`{"template":"x","translations":{"a":1}}`, `{"template":"x","translations":{"a":{"b":["c"]}}}`, `{"template":"x","translations":[]}`,
	} {
		t.Run("refused: "+body, func(t *testing.T) {
			require.Equal(t, 400, a.call("POST", "/v1/render", body).status)
			require.Equal(t, 400, a.call("PUT", "/v1/templates/no", body).status)
		})
	}
}
