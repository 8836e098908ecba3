package server_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLint(t *testing.T) {
	a := startWithStore(t)
	require.Equal(t, 201, a.create("known", "token", canary, "").status)
	require.Equal(t, 201, a.create("old", "token", canary, "").status)
	require.Equal(t, 200, a.call("POST", "/v1/secrets/old/archive", nil).status)
	require.Equal(t, 201, a.call("PUT", "/v1/templates/footer", `{"template":"<<Secrets.in_footer>>"}`).status)
	require.Equal(t, 201, a.call("PUT", "/v1/templates/covered", `{"template":"<<Secrets.in_covered | default: 1>>"}`).status)
	require.Equal(t, 201, a.call("PUT", "/v1/templates/known", `{"template":"<<Secrets.known>>"}`).status)
	tests := []struct {
		name, body string
		valid      bool
		// status of each reference, and code of each diagnostic
		statuses, codes []string
	}{
		{"fine", `{"template":"<<Secrets.known>>"}`, true, []string{"known"}, nil},
		{"archived", `{"template":"<<Secrets.old>>"}`, false, []string{"archived"}, []string{"secret_archived"}},
		{"covered", `{"template":"<<Secrets.nope | default: secrets.known>>"}`, true, []string{"missing", "known"}, []string{"secret_missing"}},
		{"in a branch", `{"template":"{% if x %}<<Secrets.nope>>{% endif %}"}`, false, []string{"missing"}, []string{"secret_missing"}},
		{"undeclared", `{"template":"<<Secrets.known>>","required_secrets":[]}`, false, []string{"undeclared"}, []string{"secret_not_declared"}},
		{"unused", `{"template":"x","required_secrets":["known"]}`, true, nil, []string{"unused_secret"}},
		{"required and missing", `{"template":"x","required_secrets":["nope"]}`, false, nil, []string{"secret_missing"}},
		{"computed", `{"template":"{{ secrets[n] }}"}`, false, []string{"undeclared"}, []string{"secret_not_declared"}},
		{"computed and declared", `{"template":"{{ secrets[n] }}","required_secrets":["known"]}`, true, []string{"known"}, nil},
		{"broken", `{"template":"<<Secrets.nope>> {{ a"}`, false, []string{"missing"}, []string{"secret_missing", "template_syntax"}},
		{"two mistakes", `{"template":"{% if %}{% endif %}{{ a | nosuch }}"}`, false, nil, []string{"template_syntax", "unknown_filter"}},
		{"context", `{"template":"{\"a\":","context":"json"}`, false, nil, []string{"template_syntax"}},
		{"likely mistakes", `{"template":"<<Secret.x>> { name }}"}`, true, nil, []string{"suspect_macro", "suspect_object"}},
		{"bare in the text", `{"template":"the token is secrets.known, SECRETS.Old"}`, true, nil, []string{"bare_reference", "bare_reference"}},
		{"bare, of none that exists", `{"template":"see secrets.example.com, secrets.known"}`, true, nil, []string{"bare_reference"}},
		{"shown", `{"template":"<p><<Secrets.known>></p>","context":"html"}`, true, []string{"known"}, []string{"secret_shown"}},
		{"unknown variable", `{"template":"{{ nmae }}","variables":["name"]}`, true, nil, []string{"unknown_variable"}},
		{"in a partial", `{"template":"{% render 'footer' %}"}`, false, nil, []string{"secret_missing"}},
		{"covered in a partial", `{"template":"{% render 'covered' %}"}`, true, nil, []string{"secret_missing"}},
		{"required in a partial", `{"template":"{% render 'known' %}","required_secrets":["known"]}`, true, nil, nil},
		{"no such partial", `{"template":"{% if x %}{% render 'nope' %}{% endif %}{{ a | nosuch }}"}`, false, nil, []string{"template_syntax", "unknown_filter"}},
		{"arguments of filters", `{"template":"{{ a | date }}{{ a | upcase: 1 }}{{ a | }}"}`, false, nil, []string{"template_syntax", "template_syntax", "template_syntax"}},
		{"expression", `{"expression":"secrets.known + secrets.nope"}`, false, []string{"known", "missing"}, []string{"secret_missing"}},
		{"optional", `{"expression":"secrets.?nope.orValue(\"x\")"}`, true, []string{"missing"}, []string{"secret_missing"}},
		{"mistakes of one expression", `{"expression":"size(1) + size(2)"}`, false, nil, []string{"expression_syntax", "expression_syntax"}},
		{"unknown variable of an expression", `{"expression":"nmae","variables":["name"]}`, true, nil, []string{"unknown_variable"}},
		{"broken expressions", `{"expressions":{"a":"1 +","b":"secrets.nope"}}`, false, []string{"missing"}, []string{"expression_syntax", "secret_missing"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := a.call("POST", "/v1/lint", test.body)
			require.Equal(t, 200, got.status, got.text)
			require.Equal(t, test.valid, got.json["valid"], got.text)
			var statuses, codes []string
			for _, item := range got.json["references"].([]any) {
				statuses = append(statuses, item.(map[string]any)["status"].(string))
			}
			for _, item := range got.json["diagnostics"].([]any) {
				codes = append(codes, item.(map[string]any)["code"].(string))
			}
			require.Equal(t, test.statuses, statuses, got.text)
			require.ElementsMatch(t, test.codes, codes, got.text)
		})
	}
	for _, body := range []string{`{}`, `{"template":"x","expression":"y"}`, `{"template":"x","vars":{}}`, `{"template_id":"nope"}`} {
		t.Run(body, func(t *testing.T) {
			require.GreaterOrEqual(t, a.call("POST", "/v1/lint", body).status, 400, body)
		})
	}
}
