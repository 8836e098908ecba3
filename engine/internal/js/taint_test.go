package js

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// TestTextsOfSecretObjects asks objects that were made of a secret for their text by
// each of the methods that have it.
func TestTextsOfSecretObjects(t *testing.T) {
	secrets := worlds(t)[0]
	for name, made := range map[string]string{
		"parameters of an object": "new URLSearchParams({k: secrets.a})",
		"parameters of pairs":     "new URLSearchParams([['k', secrets.a]])",
		"parameters of a text":    "new URLSearchParams(secrets.a)",
		"parameters added to":     "(() => { const p = new URLSearchParams(); p.append('k', secrets.a); return p })()",
		"URL":                     "new URL('http://h/' + secrets.a)",
		"URL changed":             "(() => { const u = new URL('http://h/'); u.pathname = secrets.a; return u })()",
		"URL by its parameters":   "(() => { const u = new URL('http://h/'); u.searchParams.set('k', secrets.a); return u })()",
		"pattern":                 "new RegExp(secrets.a)",
		"error":                   "Error(secrets.a)",
		"error changed":           "(() => { const e = Error('x'); e.message = secrets.a; return e })()",
		"date":                    "new Date(secrets.b * 1)",
		"date changed":            "(() => { const d = new Date(0); d.setTime(secrets.b * 1); return d })()",
		"array":                   "[secrets.a]",
	} {
		for _, text := range []string{".toString()", " + ''", ".toString().length"} {
			t.Run(name+text, func(t *testing.T) {
				out, err := run(t, "("+made+")"+text, eval.Given{Secrets: secrets}, nil)
				require.NoError(t, err)
				require.True(t, out.Sensitive)
			})
		}
	}
}

// TestTextsByFunctionsOfData converts objects whose toString came into them as data, where
// a secret decides whether they are converted at all.
func TestTextsByFunctionsOfData(t *testing.T) {
	secrets := worlds(t)[0]
	for name, made := range map[string]string{
		"fromEntries":              `Object.fromEntries([["to" + "String", set]])`,
		"fromEntries by its name":  `Object["fromEntries"]([["to" + "String", set]])`,
		"parse with a function":    `JSON.parse('{"to\\u0053tring": 1}', (k, v) => k ? set : v)`,
		"parse as a value":         `(p => p('{"to\\u0053tring": 1}', (k, v) => k ? set : v))(JSON.parse)`,
		"parse with spread values": `JSON.parse(...['{"to\\u0053tring": 1}', (k, v) => k ? set : v])`,
	} {
		t.Run(name, func(t *testing.T) {
			source := "(() => { let a = 0; const set = () => { a = 1; return 'x' }; const o = " + made +
				"; secrets.a === 'none' ? `${o}` : 'n'; return a })()"
			out, err := run(t, source, eval.Given{Secrets: secrets}, nil)
			require.NoError(t, err)
			require.Equal(t, 0.0, out.Value)
			require.True(t, out.Sensitive)
		})
	}
}
