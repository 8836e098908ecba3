package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/stretchr/testify/require"
)

// call sends a request and returns the answer. Unless it is a message that was
// sent, all of it is collected.
func (s *sweep) call(method, path string, body any) (status int, answer string) {
	return s.callAs(s.token, method, path, body)
}

func (s *sweep) callAs(token, method, path string, body any) (status int, answer string) {
	text, isText := body.(string)
	if !isText && body != nil {
		text = toJSON(body)
	}
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.base+path, strings.NewReader(text))
	require.NoError(s.t, err)
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	return s.do(req, text)
}

// mustCall is call for what has to succeed.
func (s *sweep) mustCall(method, path string, body any) (answer string) {
	status, answer := s.call(method, path, body)
	require.Less(s.t, status, 300, "%s %s: %s", method, path, answer)
	return answer
}

func (s *sweep) do(req *http.Request, name string) (int, string) {
	resp, err := http.DefaultClient.Do(req)
	require.NoError(s.t, err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	require.NoError(s.t, err)
	var header bytes.Buffer
	require.NoError(s.t, resp.Header.Write(&header))
	collected := string(answer)
	if resp.StatusCode < 300 {
		s.succeeded(req)
		if !strings.Contains(name, `"preview"`) || req.URL.Path == "/v1/tokens" {
			collected = withoutMessage(req.URL.Path, collected)
		}
	}
	if len(name) > 200 {
		name = name[:200]
	}
	s.see(req.Method+" "+req.URL.Path+" "+name, header.String()+collected)
	return resp.StatusCode, string(answer)
}

// succeeded notes which operation worked.
func (s *sweep) succeeded(req *http.Request) {
	parameter := regexp.MustCompile(`\\\{[^/]+\\\}`)
	for _, o := range s.operations {
		path := "^" + parameter.ReplaceAllString(regexp.QuoteMeta(o.path), "[^/]+") + "$"
		if o.method == req.Method && regexp.MustCompile(path).MatchString(req.URL.EscapedPath()) {
			s.worked[o.String()] = true
		}
	}
}

// messages :: path -> the fields of its answer that the caller alone gets
var messages = map[string][]string{
	"/v1/render": {"output", "outputs"}, "/v1/evaluate": {"result", "results"}, "/v1/tokens": {"token"},
	"/v1/render/batch": {"output", "outputs"}, "/v1/evaluate/batch": {"result", "results"},
}

// withoutMessage leaves out what the caller alone gets: of a batch that of each recipient.
func withoutMessage(path, answer string) string {
	var fields map[string]json.RawMessage
	if messages[path] == nil || json.Unmarshal([]byte(answer), &fields) != nil {
		return answer
	}
	if !strings.HasSuffix(path, "/batch") {
		for _, message := range messages[path] {
			delete(fields, message)
		}
		return toJSON(fields)
	}
	var answers []map[string]json.RawMessage
	if json.Unmarshal(fields["results"], &answers) != nil {
		return answer
	}
	for _, one := range answers {
		for _, message := range messages[path] {
			delete(one, message)
		}
	}
	fields["results"] = json.RawMessage(toJSON(answers))
	return toJSON(fields)
}

func (s *sweep) keepSecrets() {
	for alias, body := range map[string]map[string]any{
		"kept": {"type": "token", "value": canaries["kept"]},
		"smtp": {"type": "username_password", "value": map[string]string{"username": "mailer", "password": canaries["smtp"]}},
		"gcp":  {"type": "json", "value": map[string]any{"key": map[string]string{"id": canaries["gcp"]}, "n": 1}},
	} {
		body["alias"] = alias
		s.mustCall("POST", "/v1/secrets", body)
		// What is wrong with these is not the value, and yet it is near.
		s.call("POST", "/v1/secrets", body)
		s.call("POST", "/v1/secrets", toJSON(body)+"}")
		s.call("POST", "/v1/secrets", strings.Replace(toJSON(body), `"type"`, `"tipe"`, 1))
		body["type"] = "jwt"
		s.call("POST", "/v1/secrets", body)
		s.call("PATCH", "/v1/secrets/"+alias, map[string]any{"type": "json", "value": body["value"]})
		s.call("PATCH", "/v1/secrets/"+alias, map[string]any{"value": 12, "type": body["value"]})
	}
}

// neverUsed keeps secrets that nobody resolves, and sends their values as what a caller
// may call its request. One is replaced, deleted and purged then, of which word is left in
// the store.
func (s *sweep) neverUsed() {
	const trace = "c0a1b2c3d4e5f60718293a4b5c6d7e8f"
	values := map[string]string{"idle": "canary-idle-9d2e7f", "idle_trace": trace, "purged": "canary-purged-1a2b3c", "purged_next": "canary-purged-next-4d5e6f"}
	for name, value := range values {
		s.private[name] = value
	}
	send := func(names ...string) {
		for _, name := range names {
			req, err := http.NewRequestWithContext(s.t.Context(), "GET", s.base+"/healthz", nil)
			require.NoError(s.t, err)
			// The answer repeats both, to who sent them: the log is what is looked at.
			req.Header.Set("X-Request-Id", "id="+values[name])
			req.Header.Set("Traceparent", "00-"+trace+"-00f067aa0ba902b7-01")
			resp, err := http.DefaultClient.Do(req)
			require.NoError(s.t, err)
			require.NoError(s.t, resp.Body.Close())
		}
	}
	for _, alias := range []string{"idle", "idle_trace", "purged"} {
		s.mustCall("POST", "/v1/secrets", map[string]any{"alias": alias, "type": "token", "value": values[alias]})
	}
	send("idle", "purged")
	s.mustCall("PATCH", "/v1/secrets/purged", map[string]any{"value": values["purged_next"]})
	send("purged", "purged_next")
	s.mustCall("DELETE", "/v1/secrets/purged?confirm=purged", nil)
	send("purged", "purged_next")
	s.mustCall("DELETE", "/v1/secrets/purged?confirm=purged&purge=true", nil)
	s.mustCall("GET", "/v1/audit?limit=1000", nil)
}

// sends proves that the canaries resolve: a test that plants nothing finds
// nothing.
func (s *sweep) sends() {
	for alias, value := range canaries {
		ref := reference(alias)
		require.Equal(s.t, value, s.rendered(ref))
		for _, trace := range []bool{false, true} {
			for _, expression := range []string{ref, `"x" + ` + ref, "size(" + ref + ") > 3", ref + ".upperAscii()", "[" + ref + "]", `{"a": ` + ref + "}", "`${" + ref + "}`"} {
				s.call("POST", "/v1/evaluate", map[string]any{"expression": expression, "trace": trace})
				s.call("POST", "/v1/evaluate", map[string]any{"expression": expression, "trace": trace, "mode": "preview"})
			}
		}
		for _, context := range []string{"text", "json", "html", "url", "header"} {
			s.call("POST", "/v1/render", map[string]any{"template": "<<" + ref + ">>", "context": context})
			s.call("POST", "/v1/render", map[string]any{"template": `"{{ ` + ref + ` | upcase }}"`, "context": context, "mode": "preview"})
		}
		s.call("POST", "/v1/lint", map[string]any{"template": "<<" + ref + ">> {{ x }}"})
		recipients := []map[string]any{{"id": "1", "vars": map[string]any{"x": 1}}, {"id": "2", "vars": 3}}
		s.mustCall("POST", "/v1/render/batch", map[string]any{"template": "<<" + ref + ">> {{ x }}", "recipients": recipients})
		for _, expression := range []string{ref + " + string(x)", "int(" + ref + ")", ref + " == x ? 1 : size(" + ref + ") / 0"} {
			s.mustCall("POST", "/v1/evaluate/batch", map[string]any{"expression": expression, "recipients": recipients, "trace": true})
		}
		for _, form := range forms(value) {
			s.call("POST", "/v1/redact", map[string]any{"text": "before " + form + " after"})
		}
	}
}

// rendered is what a send puts in the place of a reference.
func (s *sweep) rendered(ref string) string {
	var out struct{ Output string }
	require.NoError(s.t, json.Unmarshal([]byte(s.mustCall("POST", "/v1/render", map[string]any{"template": "<<" + ref + ">>"})), &out))
	return out.Output
}

func (s *sweep) brokenTemplates() {
	for alias := range canaries {
		ref := reference(alias)
		for _, template := range []string{
			"{{ %s | divided_by: 0 }}", "{{ 1 | divided_by: %s }}", "{{ %s | date: %s }}", "{{ %s.no.such.field }}", "{{ %s | nope }}",
			"{{ %s | hmac_sha256 }}", "{{ %s | slice: %s }}", "{%% for i in (1..%s) %%}{{ i }}{%% endfor %%}", "{%% render %s %%}", "{%% include %s %%}",
			"{{ %s ", "{%% if %s == %s %%}", "{{ x | append: %s, %s }}", "{{ %s[0] }}", "{{ secrets[%s] }}", "{{ %s | json | base64_decode }}",
		} {
			s.call("POST", "/v1/render", map[string]any{"template": strings.ReplaceAll(strings.ReplaceAll(template, "%s", ref), "%%", "%"), "strict_variables": true})
		}
		s.call("POST", "/v1/render", map[string]any{"template": "<<" + ref + ">> <<secrets.nope>>"})
		s.call("POST", "/v1/render", map[string]any{"template": "<<" + ref + ">>", "required_secrets": []string{"other"}})
		s.call("POST", "/v1/render", map[string]any{"template": "<<" + ref + ">>", "context": "header", "vars": map[string]string{"secrets": "x"}})
		s.call("POST", "/v1/render", map[string]any{"template": "{{ secrets." + alias + " }} {{ secrets." + alias + ".x }}"})
	}
}

func (s *sweep) brokenExpressions() {
	for alias := range canaries {
		ref := reference(alias)
		for _, expression := range []string{
			"int(%s)", "double(%s)", "timestamp(%s)", "duration(%s)", "bool(%s)", "bytes(%s) + 1", `{"a": 1}[%s]`, "[1, 2][int(%s)]", `"x".matches(%s)`,
			"%s.substring(1000)", "%s.charAt(1000)", "%s + 1", "%s.nope", "%s[0]", "json_decode(%s)", "base64.decode(%s)", "%s.format([1])",
			`{%s: 1, %s: 2}`, "1 / size(%s.split('')) / 0", "%s ? 1 : 2", "secrets[%s]", "%s.getFullYear(%s)", "1 << int(%s)", "%s", "`${%s", "(%s",
			"[%s].map(x, int(x))", "dyn(%s) < 1", "%s.lastIndexOf('a', 10000)", "math.greatest(%s, 1)", "regex.replace('a', %s, %s)",
		} {
			s.call("POST", "/v1/evaluate", map[string]any{"expression": strings.ReplaceAll(expression, "%s", ref), "trace": true})
		}
		for _, expression := range []string{
			"%s.nope.nope", "%s()", "new Date(%s).toISOString()", "JSON.parse(%s)", "new RegExp(%s)", "'x'.repeat(%s)", "%s.map(x => x)",
			"(() => { throw new Error(%s) })()", "decodeURIComponent('%' + %s)", "atob(%s)", "new URL(%s)", "[].at(%s).x", "({[%s]: 1}).x.y",
			"%s ? 1 : nope()", "`${%s}", "(1).toFixed(%s)", "new Intl.NumberFormat(%s)", "structuredClone(() => %s)", "%s",
		} {
			s.call("POST", "/v1/evaluate", map[string]any{"expression": strings.ReplaceAll(expression, "%s", ref), "language": "js", "trace": true})
		}
	}
}

func (s *sweep) manage() {
	s.mustCall("PUT", "/v1/templates/mail", map[string]any{"template": "<<secrets.kept>>"})
	s.mustCall("GET", "/v1/templates/mail", nil)
	s.mustCall("POST", "/v1/render", map[string]any{"template_id": "mail"})
	s.call("POST", "/v1/secrets/kept/archive", nil)
	s.call("DELETE", "/v1/secrets/kept?confirm=no", nil)
	for _, value := range canaries {
		s.mustCall("POST", "/v1/secrets", map[string]any{"alias": "brief", "type": "token", "value": value})
		s.mustCall("PATCH", "/v1/secrets/brief", map[string]any{"value": "next-" + value})
		s.mustCall("POST", "/v1/secrets/brief/archive", nil)
		s.call("POST", "/v1/render", map[string]any{"template": "<<secrets.brief>>"})
		s.mustCall("POST", "/v1/secrets/brief/restore", nil)
		s.mustCall("GET", "/v1/secrets/brief/usage", nil)
		s.mustCall("GET", "/v1/secrets/brief/resolution", nil)
		s.mustCall("DELETE", "/v1/secrets/brief?confirm=brief", nil)
	}
	s.manageTokens()
	for _, path := range []string{
		"/v1/secrets", "/v1/secrets/kept", "/v1/secrets/kept/usage", "/v1/secrets/nope/resolution", "/v1/tokens", "/v1/templates", "/v1/macros", "/v1/audit?limit=1000",
		"/healthz", "/readyz", "/metrics", "/openapi.yaml",
	} {
		s.mustCall("GET", path, nil)
	}
	s.manageDocuments("templates", map[string]any{"template": "x"}, map[string]any{"template": "<<secrets.kept>>"})
	s.manageDocuments("flows", map[string]any{"expressions": map[string]string{"a": "1"}},
		map[string]any{"expressions": map[string]string{"a": "secrets.kept"}, "language": "js"})
	s.useConsole()
}

// manageDocuments makes every call about stored templates, or flows.
func (s *sweep) manageDocuments(kind string, first, second map[string]any) {
	one := "/v1/" + kind + "/brief"
	s.mustCall("PUT", one, first)
	s.mustCall("PUT", one, second)
	s.mustCall("GET", "/v1/"+kind, nil)
	s.mustCall("GET", one, nil)
	s.mustCall("GET", one+"/versions", nil)
	s.mustCall("GET", one+"/versions/1", nil)
	s.mustCall("POST", one+"/versions/1/restore", nil)
	s.mustCall("DELETE", one, nil)
}

// useConsole signs in as a browser does, and out again.
func (s *sweep) useConsole() {
	request := func(method, body string) *http.Request {
		req, err := http.NewRequestWithContext(s.t.Context(), method, s.base+"/console/session", strings.NewReader(body))
		require.NoError(s.t, err)
		req.Header.Set("Content-Type", "application/json")
		return req
	}
	signIn := request("POST", toJSON(map[string]string{"token": s.token}))
	resp, err := http.DefaultClient.Do(signIn)
	require.NoError(s.t, err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	require.NoError(s.t, err)
	require.Equal(s.t, http.StatusCreated, resp.StatusCode)
	require.NotEmpty(s.t, resp.Cookies())
	s.succeeded(signIn)
	s.see("the answer to a sign-in", string(answer))
	cookie := resp.Cookies()[0]
	s.private["the session of a browser"] = cookie.Value
	for _, method := range []string{"GET", "DELETE", "GET"} {
		req := request(method, "")
		req.AddCookie(cookie)
		s.do(req, "of a session")
	}
	for _, path := range []string{"/console/sign-in", "/console/session"} {
		s.call("POST", path, map[string]string{"code": canaries["kept"]})
	}
}

// manageTokens creates a token of each role, uses it where it may and where it
// may not work, and revokes it.
func (s *sweep) manageTokens() {
	for _, role := range []string{"admin", "render", "author", "preview"} {
		var made struct{ ID, Token string }
		answer := s.mustCall("POST", "/v1/tokens", map[string]any{"role": role, "scope": "default"})
		require.NoError(s.t, json.Unmarshal([]byte(answer), &made))
		s.private["the "+role+" token"] = made.Token
		use := func() {
			s.callAs(made.Token, "POST", "/v1/render", map[string]any{"template": "<<secrets.kept>>"})
			s.callAs(made.Token, "POST", "/v1/redact", map[string]any{"text": "a line with " + canaries["kept"]})
			s.callAs(made.Token, "GET", "/v1/secrets?scope=foreign", nil)
			s.callAs(made.Token, "POST", "/v1/tokens", map[string]any{"role": made.Token, "description": 1})
			s.callAs(made.Token, "DELETE", "/v1/tokens/"+made.Token, nil)
		}
		use()
		s.mustCall("GET", "/v1/tokens/"+made.ID, nil)
		s.mustCall("DELETE", "/v1/tokens/"+made.ID, nil)
		use()
	}
}

// brokenCalls sends every canary to every operation where none belongs: in the
// path, the query, the body and as a token. A tilde makes sure that it is no
// name: names are for all to see, in the audit trail too.
func (s *sweep) brokenCalls() {
	parameter := regexp.MustCompile(`\{[^/]+\}`)
	for _, value := range canaries {
		value += "~"
		for _, o := range s.operations {
			path := parameter.ReplaceAllLiteralString(o.path, url.PathEscape(value))
			query := url.Values{}
			for _, name := range o.parameters {
				s.call(o.method, path+"?"+url.Values{name: {value}}.Encode(), nil)
				query.Set(name, value)
			}
			for _, body := range []any{value, `{"` + value, map[string]any{value: 1}, map[string]any{"scope": value, "x": []string{value}}} {
				s.call(o.method, path, body)
				s.call(o.method, path+"?"+query.Encode(), body)
			}
			s.call("TRACE", path, nil)
			s.callAs(strings.Join(strings.Fields(value), ""), o.method, path, nil)
		}
		s.call("POST", "/v1/render", `{"template": "`+value)
		s.call("POST", "/v1/evaluate", map[string]any{"expression": 1, "x": value})
		s.call("GET", "/"+url.PathEscape(value)+"?q="+url.QueryEscape(value), nil)
		req, err := http.NewRequestWithContext(s.t.Context(), "GET", s.base+"/v1/secrets", nil)
		require.NoError(s.t, err)
		req.Header.Set("X-Request-Id", url.QueryEscape(value))
		req.Header.Set("Cookie", "session="+url.QueryEscape(value))
		s.do(req, "canaries in headers")
	}
}

// wasImported proves that the archive held the secrets: what is not there
// cannot leak.
func (s *sweep) wasImported() {
	for _, alias := range []string{"kept", "smtp", "gcp"} {
		require.Equal(s.t, canaries[alias], s.rendered(reference(alias)))
	}
	s.mustCall("GET", "/v1/audit?limit=1000", nil)
}
