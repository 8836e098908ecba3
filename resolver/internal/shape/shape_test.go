package shape_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver/internal/shape"
)

func TestSecret(t *testing.T) {
	for _, test := range []struct {
		name, raw string
		kind      redact.Kind
		text      string
	}{
		{"a text", ` "tok\u00e9n" `, redact.Token, "tokén"},
		{"an object", `{"b": 1.50, "a": null}`, redact.JSON, `{"b":1.50,"a":null}`},
		{"an array", `["a"]`, redact.JSON, `["a"]`},
		{"credentials and more", `{"username":"u","password":"p","host":"h"}`, redact.JSON, `{"username":"u","password":"p","host":"h"}`},
		{"a password that is no text", `{"username":"u","password":7}`, redact.JSON, `{"username":"u","password":7}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			secret, err := shape.Secret([]byte(test.raw))
			require.NoError(t, err)
			require.Equal(t, test.kind, secret.Kind())
			require.Equal(t, test.text, secret.Reveal())
		})
	}
	secret, err := shape.Secret([]byte(`{"password":"p","username":"u"}`))
	require.NoError(t, err)
	require.Equal(t, redact.Credentials, secret.Kind())
	require.Equal(t, map[string]any{"username": "u", "password": "p"}, secret.Tree())
}

func TestWhatIsNoSecret(t *testing.T) {
	for name, raw := range map[string]string{
		"nothing": "", "no JSON": `canary`, "two values": `"canary" "canary"`, "an open text": `"canary`,
		"a number": `4711`, "a boolean": `true`, "null": `null`, "empty": `""`, "white space": `" \n\t"`,
		"credentials without a password": `{"username":"canary","password":""}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := shape.Secret([]byte(raw))
			require.Error(t, err)
			require.NotContains(t, err.Error(), "canary")
		})
	}
}
