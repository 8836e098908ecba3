package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
)

// canaries are planted in every kind of provider and of secret; each value has
// what escapes and encodings change. alias -> value.
var canaries = map[string]string{
	"env_token":  `canary-env/8d+1f "22" <c07a>`,
	"file_token": "canary-file 51b6&e9d3=f4?#%",
	"lines":      "canary-line-one-77aa\r\ncanary-line-two-88bb",
	"number":     "90071992547409931",
	"db":         "canary-password-3c2b1a",
	"kept":       `canary-store\4f9a8b2c7d`,
	"smtp":       "canary-smtp-6a5b4c3d",
	"gcp":        "canary-json-19e8f7",
}

// reference is how a template or an expression mentions a canary.
func reference(alias string) string {
	switch alias {
	case "db", "smtp":
		return "secrets." + alias + ".password"
	case "gcp":
		return "secrets.gcp.key.id"
	}
	return "secrets." + alias
}

// sweep collects everything that came out of sotto but the messages.
type sweep struct {
	t     *testing.T
	base  string
	token string
	// seen :: where it came out -> the text
	seen map[string]string
}

// TestNothingLeaks plants canaries in every provider, calls every endpoint and
// every command with valid and with broken input while the server logs all it
// can, and looks for the canaries in whatever came out.
func TestNothingLeaks(t *testing.T) {
	dir := t.TempDir()
	env := plant(t, dir)
	log, err := os.Create(filepath.Join(dir, "server.log"))
	require.NoError(t, err)
	running, err := serve(dir, env, log, "--log-level", "debug", "--log-format", "json", "--provider", "dir:secrets,env:INTEGRATION_")
	require.NoError(t, err)
	token, err := os.ReadFile(filepath.Join(dir, "sotto-data", "admin.token"))
	require.NoError(t, err)
	s := &sweep{t: t, base: "http://" + running.address, token: strings.TrimSpace(string(token)), seen: map[string]string{}}

	s.keepSecrets()
	s.sends()
	s.brokenTemplates()
	s.brokenExpressions()
	s.manage()
	s.noise()
	s.commands(dir, append(env, "SOTTO_TOKEN="+s.token), "--provider", "dir:secrets,env:INTEGRATION_")
	s.commands(dir, append(env, "SOTTO_TOKEN="+s.token), "--server", s.base)

	require.NoError(t, running.stop())
	logged, err := os.ReadFile(log.Name())
	require.NoError(t, err)
	require.Contains(t, string(logged), "/v1/evaluate", "the server logged nothing to look at")
	s.seen["the server's log"] = string(logged)
	s.files(filepath.Join(dir, "sotto-data"))
	s.judge()
}

// plant writes the canaries of the providers and returns the environment of
// the processes.
func plant(t *testing.T, dir string) []string {
	secrets := filepath.Join(dir, "secrets")
	require.NoError(t, os.MkdirAll(filepath.Join(secrets, "db"), 0o700))
	for name, text := range map[string]string{
		"file_token": canaries["file_token"], "lines": canaries["lines"],
		"db/username": "app", "db/password": canaries["db"],
	} {
		require.NoError(t, os.WriteFile(filepath.Join(secrets, name), []byte(text), 0o600))
	}
	return append(os.Environ(),
		"INTEGRATION_ENV_TOKEN="+canaries["env_token"], "INTEGRATION_NUMBER="+canaries["number"])
}

// call sends a request and returns the answer. Unless it is a message that was
// sent, all of it is collected.
func (s *sweep) call(method, path string, body any) (status int, answer string) {
	text, isText := body.(string)
	if !isText && body != nil {
		text = toJSON(body)
	}
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.base+path, strings.NewReader(text))
	require.NoError(s.t, err)
	req.Header.Set("Authorization", "Bearer "+s.token)
	req.Header.Set("Content-Type", "application/json")
	return s.do(req, text)
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
	if resp.StatusCode == http.StatusOK && (req.URL.Path == "/v1/render" || req.URL.Path == "/v1/evaluate") && !strings.Contains(name, `"preview"`) {
		collected = withoutMessage(collected)
	}
	if len(name) > 200 {
		name = name[:200]
	}
	s.seen[req.Method+" "+req.URL.Path+" "+name] = header.String() + collected
	return resp.StatusCode, string(answer)
}

// withoutMessage leaves out what the receiver alone gets.
func withoutMessage(answer string) string {
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(answer), &fields) != nil {
		return answer
	}
	for _, message := range []string{"output", "outputs", "result", "results"} {
		delete(fields, message)
	}
	return toJSON(fields)
}

func (s *sweep) keepSecrets() {
	for alias, body := range map[string]map[string]any{
		"kept": {"type": "token", "value": canaries["kept"]},
		"smtp": {"type": "username_password", "value": map[string]string{"username": "mailer", "password": canaries["smtp"]}},
		"gcp":  {"type": "json", "value": map[string]any{"key": map[string]string{"id": canaries["gcp"]}, "n": 1}},
	} {
		body["alias"] = alias
		status, answer := s.call("POST", "/v1/secrets", body)
		require.Equal(s.t, http.StatusCreated, status, answer)
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

// sends proves that the canaries resolve: a test that plants nothing finds
// nothing.
func (s *sweep) sends() {
	for alias, value := range canaries {
		ref := reference(alias)
		status, answer := s.call("POST", "/v1/render", map[string]any{"template": "<<" + ref + ">>"})
		require.Equal(s.t, http.StatusOK, status, answer)
		var out struct{ Output string }
		require.NoError(s.t, json.Unmarshal([]byte(answer), &out))
		require.Equal(s.t, value, out.Output)
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
		for _, form := range forms(value) {
			s.call("POST", "/v1/redact", map[string]any{"text": "before " + form + " after"})
		}
	}
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
	}
}

func (s *sweep) manage() {
	for _, path := range []string{
		"/v1/secrets", "/v1/secrets/kept", "/v1/secrets/kept/usage", "/v1/tokens", "/v1/templates", "/v1/macros", "/v1/audit?limit=1000",
		"/healthz", "/readyz", "/metrics", "/openapi.yaml",
	} {
		status, answer := s.call("GET", path, nil)
		require.Equal(s.t, http.StatusOK, status, answer)
	}
	s.call("PUT", "/v1/templates/mail", map[string]any{"template": "<<secrets.kept>>"})
	s.call("GET", "/v1/templates/mail", nil)
	s.call("POST", "/v1/secrets/kept/archive", nil)
	s.call("DELETE", "/v1/secrets/kept?confirm=no", nil)
}

// noise sends values where none belong: in paths, queries, headers and bodies
// that are no JSON.
func (s *sweep) noise() {
	for _, value := range canaries {
		s.call("GET", "/v1/secrets/"+url.PathEscape(value), nil)
		s.call("GET", "/"+url.PathEscape(value)+"?q="+url.QueryEscape(value), nil)
		s.call("DELETE", "/v1/render?token="+url.QueryEscape(value), nil)
		s.call("POST", "/v1/render", value)
		s.call("POST", "/v1/render", `{"template": "`+value)
		s.call("POST", "/v1/evaluate", map[string]any{"expression": 1, "x": value})
		req, err := http.NewRequestWithContext(s.t.Context(), "GET", s.base+"/v1/secrets", nil)
		require.NoError(s.t, err)
		req.Header.Set("Authorization", "Bearer "+strings.Join(strings.Fields(value), ""))
		req.Header.Set("X-Request-Id", url.QueryEscape(value))
		req.Header.Set("Cookie", "session="+url.QueryEscape(value))
		s.do(req, "a wrong token")
	}
}

// commands runs every command that reads values. Its stdout is the message, if
// it succeeded.
func (s *sweep) commands(dir string, env []string, flags ...string) {
	for alias := range canaries {
		ref := reference(alias)
		for _, args := range [][]string{
			{"render", "<<" + ref + ">>"}, {"render", "<<" + ref + ">> <<secrets.nope>>"}, {"render", "{{ " + ref + " | nope }}"},
			{"render", "--context", "header", "<<" + ref + ">>"}, {"render", "--preview", "<<" + ref + ">>"},
			{"render", "-o", "no/such/dir/out", "<<" + ref + ">>"},
			{"eval", "--trace", `"x" + ` + ref}, {"eval", "--trace", "int(" + ref + ")"}, {"eval", "--preview", "--trace", ref},
			{"lint", "-"}, {"redact"},
		} {
			s.command(dir, env, "<<"+ref+">> {{ x | nope }}", append([]string{args[0]}, append(flags, args[1:]...)...))
		}
	}
	for _, args := range [][]string{{"secrets", "list"}, {"tokens", "list"}, {"audit"}, {"secrets", "create", "kept"}, {"secrets", "update", "smtp"}} {
		s.command(dir, append(env, "SOTTO_SERVER="+s.base), canaries["kept"], args)
	}
}

func (s *sweep) command(dir string, env []string, stdin string, args []string) {
	command := exec.CommandContext(context.WithoutCancel(s.t.Context()), "sotto", args...)
	var stdout, stderr bytes.Buffer
	command.Dir, command.Env, command.Stdin, command.Stdout, command.Stderr = dir, env, strings.NewReader(stdin), &stdout, &stderr
	err := command.Run()
	name := "sotto " + strings.Join(args, " ")
	s.seen[name+": stderr"] = stderr.String()
	isMessage := args[0] == "render" || args[0] == "eval"
	if err != nil || !isMessage || strings.Contains(name, "--preview") {
		s.seen[name+": stdout"] = stdout.String()
	}
}

func (s *sweep) files(dir string) {
	require.NoError(s.t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		s.seen["the file "+filepath.Base(path)] = string(content)
		return err
	}))
}

// judge looks for every canary in everything, in the plain forms by itself and
// in all others with a redactor.
func (s *sweep) judge() {
	require.Greater(s.t, len(s.seen), 500)
	redactor := redact.New()
	for _, value := range canaries {
		redactor.Add(redact.NewSecret(value))
	}
	for where, text := range s.seen {
		for alias, value := range canaries {
			for _, form := range forms(value) {
				if strings.Contains(text, form) {
					s.t.Errorf("%s: %s shows", where, alias)
				}
			}
		}
		if redactor.String(text) != text {
			s.t.Errorf("%s: a form of a canary shows", where)
		}
	}
}

// forms are the ways in which a value most often gets away.
func forms(value string) []string {
	quoted, _ := json.Marshal(value)
	list := []string{
		value, string(quoted[1 : len(quoted)-1]), strings.Trim(fmt.Sprintf("%q", value), `"`), strings.ToUpper(value),
		url.QueryEscape(value), url.PathEscape(value), hex.EncodeToString([]byte(value)),
		base64.StdEncoding.EncodeToString([]byte(value)), base64.RawURLEncoding.EncodeToString([]byte(value)),
	}
	return append(list, strings.Split(value, "\r\n")...)
}
