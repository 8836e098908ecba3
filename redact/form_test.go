package redact_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
)

// TestJSONOfOtherLanguages has what encoders write that escape more for HTML
// than encoding/json does.
func TestJSONOfOtherLanguages(t *testing.T) {
	r := redact.New(redact.NewSecret("c2VjcmV0dG9rZW4="), redact.NewSecret(`it's<a>"\+é=b`))
	for name, text := range map[string]string{
		"Gson, base64":     `c2VjcmV0dG9rZW4\u003d`,
		"Gson":             `it\u0027s\u003ca\u003e\"\\+é\u003db`,
		"Jinja":            `it\u0027s\u003ca\u003e\"\\+\u00e9=b`,
		"System.Text.Json": `it\u0027s\u003Ca\u003E\u0022\\\u002B\u00E9=b`,
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, `{"k":"[REDACTED]"}`, r.String(`{"k":"`+text+`"}`))
		})
	}
}

// TestCharacterReferences has what writers of HTML and XML put for characters
// by their number.
func TestCharacterReferences(t *testing.T) {
	for value, texts := range map[string][]string{
		"p<q>r&stuv":   {"p&#60;q&#62;r&#38;stuv", "p&#x3c;q&#x3e;r&#x26;stuv", "p&#x3C;q&#x3E;r&#x26;stuv"},
		"пароль-17":    {"&#1087;&#1072;&#1088;&#1086;&#1083;&#1100;-17", "&#x43f;&#x430;&#x440;&#x43e;&#x43b;&#x44c;-17"},
		"clé<secrète>": {"cl&#233;&lt;secr&#232;te&gt;", "cl&#233;&#60;secr&#232;te&#62;", "cl&#233;<secr&#232;te>"},
	} {
		r := redact.New(redact.NewSecret(value))
		for _, text := range texts {
			t.Run(text, func(t *testing.T) {
				require.Equal(t, "a "+redact.Mask+" b", r.String("a "+text+" b"))
			})
		}
	}
}

// TestURLsOfOtherLanguages has what encoders of queries write that keep neither
// what RFC 3986 keeps nor what browsers do.
func TestURLsOfOtherLanguages(t *testing.T) {
	r := redact.New(redact.NewSecret("p~a*s(s) !/w"))
	for name, text := range map[string]string{
		"PHP urlencode":           "p%7Ea%2As%28s%29+%21%2Fw",
		".NET HttpUtility":        "p%7ea*s(s)+!%2fw",
		".NET WebUtility":         "p%7Ea*s(s)+!%2Fw",
		"Java URLEncoder":         "p%7Ea*s%28s%29+%21%2Fw",
		"Python quote_plus":       "p~a%2As%28s%29+%21%2Fw",
		"encodeURIComponent":      "p~a*s(s)%20!%2Fw",
		"Go's fragment of a URL":  "p~a*s(s)%20!/w",
		"Go's path of a URL":      "p~a%2As%28s%29%20%21/w",
		"Go's user info of a URL": "p~a%2As%28s%29%20%21%2Fw",
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, "q="+redact.Mask+"&x", r.String("q="+text+"&x"))
		})
	}
}
