package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTerminalSafe(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"all that prints":            {"Grüße, 世界 👩‍💻 a\u00a0b", "Grüße, 世界 👩‍💻 a\u00a0b"},
		"an escape sequence":         {"\x1b[31mred\x07", `\x1b[31mred\x07`},
		"ends of lines":              {"one\ntwo\ttab\rover", `one\x0atwo\x09tab\x0dover`},
		"controls above ASCII":       {"csi \u009b del \x7f", `csi \u009b del \x7f`},
		"bytes that are no UTF-8":    {"bytes \xff\xfe", `bytes \xff\xfe`},
		"directions of writing":      {"turned \u202e and \u2066", `turned \u202e and \u2066`},
		"separators and replacement": {"lines \u2028 \u2029 and \ufffd", "lines \\u2028 \\u2029 and \ufffd"},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, terminalSafe(c.text)) })
	}
	require.Equal(t, "a\\x1b\nb", terminalSafeLines("a\x1b\nb"))
}

// TestServerCannotDriveTheTerminal has a server that answers with control
// characters wherever it can, in problems, lists and traces.
func TestServerCannotDriveTheTerminal(t *testing.T) {
	const evil = `\u001b]0;owned\u0007\u001b[2J\u202e\r\n`
	answers := map[string]string{
		"render":  `{"code":"` + evil + `","detail":"` + evil + `","request_id":"` + evil + `"}`,
		"lint":    `{"valid":false,"diagnostics":[{"severity":"` + evil + `","code":"` + evil + `","message":"` + evil + `","part":"` + evil + `"}]}`,
		"eval":    `{"result":1,"trace":[{"line":1,"column":1,"source":"` + evil + `","value":"` + evil + `"}]}`,
		"failed":  `{"code":"x","errors":[{"code":"x","message":"m"}],"trace":[{"line":1,"column":1,"source":"` + evil + `","value":"` + evil + `"}]}`,
		"details": `{"code":"x","errors":[{"code":"` + evil + `","message":"` + evil + `","part":"` + evil + `"}]}`,
		"secrets": `{"items":[{"alias":"` + evil + `","type":"` + evil + `","description":"` + evil + `"}]}`,
		"create":  `{"alias":"` + evil + `","version":1}`,
		"tokens":  `{"items":[{"id":"` + evil + `","role":"` + evil + `","scope":"` + evil + `","description":"` + evil + `"}]}`,
		"audit":   `{"items":[{"who":"` + evil + `","what":"` + evil + `","alias":"` + evil + `","outcome":"` + evil + `"}]}`,
		"usage":   `{"templates":[{"id":"` + evil + `","scope":"` + evil + `"}]}`,
		"html":    "<html>\x1b[2J\u202e",
	}
	for name, c := range map[string]struct {
		status int
		args   []string
	}{
		"render":  {422, []string{"render", "x"}},
		"details": {422, []string{"render", "x"}},
		"html":    {502, []string{"render", "x"}},
		"lint":    {200, []string{"lint", "-"}},
		"failed":  {422, []string{"eval", "--trace", "1"}},
		"eval":    {200, []string{"eval", "--trace", "1"}},
		"secrets": {200, []string{"secrets", "list"}},
		"create":  {201, []string{"secrets", "create", "x"}},
		"usage":   {200, []string{"secrets", "usage", "x"}},
		"tokens":  {200, []string{"tokens", "list"}},
		"audit":   {200, []string{"audit"}},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(answers[name]))
			}))
			t.Cleanup(server.Close)
			t.Setenv("SOTTO_TOKEN", "a-token-for-the-server")
			t.Setenv("SOTTO_SERVER", server.URL)
			a, stdout, stderr := testApp()
			a.stdin = strings.NewReader("a value")
			a.run(t.Context(), append([]string{"sotto"}, c.args...))
			shown := stdout.String() + stderr.String()
			require.NotEmpty(t, shown)
			require.Falsef(t, strings.ContainsFunc(strings.ReplaceAll(shown, "\n", ""), acts), "%q", shown)
			if name != "html" {
				require.Contains(t, shown, `\x1b[2J`)
			}
		})
	}
}
