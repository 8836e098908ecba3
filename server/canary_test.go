package server_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
)

// The canaries: values of secrets, and what a client sends in the wrong place.
const (
	secretToken    = "canary-token-7Qm4/x+Zk9"
	secretUser     = "canary-user-3Wn8"
	secretPassword = "canary-pass \"5Rt2\"\\"
	secretLeaf     = "canary-leaf-8Yb6"
	secretRotated  = "canary-rotated-1Dv5"
	providerValue  = "canary-provider-6Hj0"
	misplaced      = "canary~misplaced~2Lc7"
)

// canaryForms are the ways in which a value may come out.
func canaryForms() map[string]string {
	forms := make(map[string]string)
	for _, value := range []string{secretToken, secretUser, secretPassword, secretLeaf, secretRotated, providerValue, misplaced} {
		escaped, _ := json.Marshal(value)
		for _, form := range []string{
			value, strings.Trim(string(escaped), `"`), fmt.Sprintf("%q", value), url.QueryEscape(value), url.PathEscape(value),
			strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(value)), "="), hex.EncodeToString([]byte(value)),
		} {
			forms[form] = value
		}
	}
	return forms
}

// canaryCalls are valid calls of every endpoint. The first ones make what the
// others use.
var canaryCalls = []struct{ method, path, body string }{
	{"POST", "/v1/secrets", `{"alias":"t","type":"token","value":` + quoted(secretToken) + `,"description":"d"}`},
	{"POST", "/v1/secrets", `{"alias":"c","type":"username_password","value":{"username":` + quoted(secretUser) + `,"password":` + quoted(secretPassword) + `}}`},
	{"POST", "/v1/secrets", `{"alias":"j","type":"json","value":{"a":{"b":[` + quoted(secretLeaf) + `,17]}}}`},
	{"POST", "/v1/secrets", `{"alias":"gone","type":"token","value":` + quoted(secretToken) + `}`},
	{"PUT", "/v1/templates/stored", `{"parts":{"a":{"template":"<<Secrets.t>>"},"b":{"template":"{\"k\":\"<<Secrets.c.password>>\"}","context":"json"}}}`},
	{"POST", "/v1/render", `{"template":"<<Secrets.t>> {{secrets.c.username}} <<Secrets.j>> <<Secrets.p>>","vars":{"n":1}}`},
	{"POST", "/v1/render", `{"template_id":"stored","mode":"send"}`},
	{"POST", "/v1/render", `{"parts":{"a":{"template":"<<Secrets.t | upcase>>"},"b":{"template":"{{ secrets.c | basic_auth }}"}}}`},
	{"POST", "/v1/render", `{"template":"<<Secrets.t>> {{secrets.c.username}} <<Secrets.j>>","mode":"preview"}`},
	{"POST", "/v1/render", `{"template":"<<Secrets.c>>"}`},
	{"POST", "/v1/render", `{"template":"<<Secrets.j.a.x>>","context":"text"}`},
	{"POST", "/v1/render", `{"template":"<<Secrets.t>>\n<<Secrets.nope>>","required_secrets":["t","nope"]}`},
	{"POST", "/v1/render", `{"template":"X: {{ secrets.t | append: v }}","context":"header","vars":{"v":"\r\n"}}`},
	{"POST", "/v1/render", `{"template":"{{ secrets.t | divided_by: 0 }}{{ secrets.t | plus: secrets.t | modulo: 0 }}"}`},
	{"POST", "/v1/render", `{"template":"{\"a\": <<Secrets.t>> <<Secrets.t>>}","context":"json"}`},
	{"POST", "/v1/render", `{"template":"{% render secrets.t %}"}`},
	{"POST", "/v1/render", `{"template":"{% for i in (1..secrets.t) %}{{i}}{% endfor %}{{ secrets[v] }}","vars":{"v":` + quoted(misplaced) + `},"required_secrets":["t"]}`},
	{"POST", "/v1/evaluate", `{"expression":"\"Bearer \" + secrets.t","trace":true}`},
	{"POST", "/v1/evaluate", `{"expression":"int(secrets.t)","trace":true}`},
	{"POST", "/v1/evaluate", `{"expression":"{\"a\":1}[secrets.t]"}`},
	{"POST", "/v1/evaluate", `{"expression":"timestamp(secrets.t)"}`},
	{"POST", "/v1/evaluate", `{"expression":"\"x\".matches(secrets.t + \"(\")"}`},
	{"POST", "/v1/evaluate", `{"expressions":{"a":"secrets.j.a.b[9]","b":"secrets.c.username"},"trace":true}`},
	{"POST", "/v1/evaluate", `{"expression":"secrets.j.a.b[0] + 1","mode":"preview"}`},
	{"POST", "/v1/lint", `{"template":"<<Secrets.t>> <<Secrets.nope>> {{x}}","required_secrets":["T"],"variables":["y"]}`},
	{"POST", "/v1/lint", `{"expressions":{"a":"secrets.t + ","b":"secrets[n]"}}`},
	{"POST", "/v1/redact", `{"text":` + quoted("a "+secretToken+" b "+secretPassword+" c "+secretLeaf+" d "+providerValue) + `}`},
	{"GET", "/v1/macros", ""},
	{"GET", "/v1/templates", ""},
	{"GET", "/v1/templates/stored", ""},
	{"GET", "/v1/secrets", ""},
	{"GET", "/v1/secrets/t", ""},
	{"GET", "/v1/secrets/t/usage", ""},
	{"PATCH", "/v1/secrets/t", `{"value":` + quoted(secretRotated) + `,"description":"rotated"}`},
	{"PATCH", "/v1/secrets/c", `{"value":{"password":` + quoted(secretRotated) + `}}`},
	{"PATCH", "/v1/secrets/c", `{"value":` + quoted(misplaced) + `}`},
	{"POST", "/v1/secrets/gone/archive", ""},
	{"POST", "/v1/render", `{"template":"<<Secrets.gone>>"}`},
	{"POST", "/v1/secrets/gone/restore", ""},
	{"DELETE", "/v1/secrets/gone?confirm=" + misplaced, ""},
	{"DELETE", "/v1/secrets/gone?confirm=gone", ""},
	{"DELETE", "/v1/templates/stored?scope=" + misplaced + "/x", ""},
	{"POST", "/v1/tokens", `{"role":"preview","description":"d"}`},
	{"POST", "/v1/tokens", `{"role":` + quoted(misplaced) + `}`},
	{"GET", "/v1/tokens", ""},
	{"DELETE", "/v1/tokens/" + misplaced, ""},
	{"GET", "/v1/audit", ""},
	{"GET", "/v1/audit?since=" + misplaced, ""},
	{"GET", "/v1/secrets?limit=" + misplaced, ""},
	{"GET", "/v1/secrets?cursor=" + misplaced, ""},
	{"GET", "/v1/secrets?" + misplaced + "=1", ""},
	{"GET", "/v1/" + misplaced, ""},
	{misplaced, "/v1/render", ""},
	{"GET", "/healthz", ""},
	{"GET", "/readyz", ""},
	{"GET", "/openapi.yaml", ""},
}

func quoted(text string) string {
	b, _ := json.Marshal(text)
	return string(b)
}

// TestNoValueComesOut makes every call, whole and broken in many ways, and
// looks for the canaries in everything that came out: answers other than those
// of a send that succeeded, the log, the metrics.
func TestNoValueComesOut(t *testing.T) {
	a := startWithStore(t)
	a.fake.Put("default", "p", redact.NewSecret(providerValue))
	forms := canaryForms()
	clean := func(text, where string, shown ...string) {
		t.Helper()
		for form, value := range forms {
			if !slices.Contains(shown, value) {
				require.NotContains(t, text, form, "%s shows %s", where, value)
			}
		}
	}
	check := func(method, path, body string) {
		t.Helper()
		got := a.canaryCall(method, path, body)
		sent := got.status == 200 && (path == "/v1/render" || path == "/v1/evaluate")
		if !sent {
			var shown []string
			if got.status < 300 || strings.Contains(body, `"expressions"`) || strings.Contains(body, `"parts"`) {
				shown = []string{misplaced} // as a description, the name of a part, or text that the author wrote
			}
			clean(got.text+fmt.Sprint(got.header), method+" "+path+" "+body, shown...)
			return
		}
		if trace, ok := got.json["trace"]; ok {
			text, err := json.Marshal(trace)
			require.NoError(t, err)
			clean(string(text), "the trace of "+body, misplaced)
		}
	}
	for _, call := range canaryCalls {
		check(call.method, call.path, call.body)
		for _, broken := range breakBody(call.body) {
			check(call.method, call.path, broken)
		}
	}
	a.fake.Break(errors.New("cannot reach vault with " + providerValue))
	for _, path := range []string{"/v1/render", "/v1/evaluate", "/v1/redact", "/v1/lint", "/readyz", "/v1/macros"} {
		for _, call := range canaryCalls {
			if call.path == path {
				check(call.method, path, call.body)
			}
		}
	}
	clean(a.log.String(), "the log")
	clean(a.call("GET", "/metrics", nil).text, "the metrics page")
}

// canaryCall is call without the check of the contract, for methods and paths
// that nobody knows, and with canaries in headers.
func (a *api) canaryCall(method, path, body string) answer {
	a.t.Helper()
	r, err := http.NewRequest(method, a.url+path, strings.NewReader(body))
	require.NoError(a.t, err)
	r.Header.Set("Authorization", "Bearer "+a.token)
	r.Header.Set("X-Request-Id", misplaced)
	r.Header.Set("User-Agent", misplaced)
	r.Header.Set("Cookie", "c="+misplaced)
	return a.do(r)
}

// breakBody returns body with each kind of mistake that a client makes.
func breakBody(body string) []string {
	if body == "" {
		return []string{misplaced, `{"` + misplaced + `":1}`}
	}
	broken := []string{body + misplaced, "[" + body + "]", strings.ReplaceAll(body, `"`, "'"), strings.ToUpper(body) + "\xff"}
	for i := 0; i < len(body); i += max(1, len(body)/25) {
		broken = append(broken, body[:i], body[:i]+misplaced+body[i:])
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(body), &fields) != nil {
		return broken
	}
	for name := range fields {
		for _, value := range []string{quoted(misplaced), `{"` + misplaced + `":"` + misplaced + `"}`, `["` + misplaced + `"]`, "17", "null", "{}"} {
			changed := make(map[string]json.RawMessage, len(fields))
			for n, v := range fields {
				changed[n] = v
			}
			changed[name] = json.RawMessage(value)
			text, _ := json.Marshal(changed)
			broken = append(broken, string(text))
		}
		delete(fields, name)
		fields[misplaced] = json.RawMessage(quoted(misplaced))
		text, _ := json.Marshal(fields)
		broken = append(broken, string(text))
	}
	return broken
}
