package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/server"
)

// batchLine is a line of an answer.
type batchLine struct {
	ID      any
	Output  *string
	Outputs map[string]string
	Result  any
	Results any
	Error   *struct {
		Code, Detail string
		Errors       []struct {
			Line, Column int
			Message      string
		}
	}
	Done *struct {
		OK, Failed int
		Secrets    []string
	}
}

// batch sends lines to path and returns the lines of the answer.
func (a *api) batch(path string, lines ...string) ([]batchLine, answer) {
	a.t.Helper()
	r, err := http.NewRequest("POST", a.url+path, strings.NewReader(strings.Join(lines, "\n")))
	require.NoError(a.t, err)
	r.Header.Set("Authorization", "Bearer "+a.token)
	r.Header.Set("Content-Type", "application/x-ndjson")
	got := a.do(r)
	if got.status != 200 {
		return nil, got
	}
	require.Equal(a.t, "application/x-ndjson", got.header.Get("Content-Type"))
	return decodeLines(a.t, got.text), got
}

func decodeLines(t testing.TB, text string) []batchLine {
	t.Helper()
	var lines []batchLine
	for line := range strings.Lines(text) {
		var l batchLine
		require.NoError(t, json.Unmarshal([]byte(line), &l), line)
		lines = append(lines, l)
	}
	return lines
}

func TestBatchRendersEach(t *testing.T) {
	a := start(t)
	a.fake.Put("default", "key", redact.NewSecret(canary))
	lines, _ := a.batch("/v1/render/batch",
		`{"template":"{{ name }} {% if n %}{{ n | plus: 1 }}{% endif %} <<Secrets.key>>"}`,
		`{"id":"a","vars":{"name":"Ada","n":1}}`,
		`{"id":2,"vars":{"name":"\u00e9"}}`,
		`{"id":"c","vars":{"name":"\n","n":5},}`,
		``,
		`{"vars":{"name":"Bob"}}`,
		`{"id":"e","vars":{"secrets":"x"}}`,
		`{"id":"f","vars":{"n":1e999}}`)
	require.Len(t, lines, 7)
	require.Equal(t, "a", lines[0].ID)
	require.Equal(t, "Ada 2 "+canary, *lines[0].Output)
	require.EqualValues(t, 2, lines[1].ID)
	require.Equal(t, "é  "+canary, *lines[1].Output)
	require.Equal(t, "invalid_request", lines[2].Error.Code)
	require.Contains(t, lines[2].Error.Detail, "line 4, column 38: ")
	require.Equal(t, 4, lines[2].Error.Errors[0].Line)
	require.Equal(t, 38, lines[2].Error.Errors[0].Column)
	require.Nil(t, lines[3].ID)
	require.Equal(t, "Bob  "+canary, *lines[3].Output)
	require.Equal(t, "invalid_request", lines[4].Error.Code)
	require.Equal(t, "value_rejected", lines[5].Error.Code)
	require.Equal(t, 3, lines[6].Done.OK)
	require.Equal(t, 3, lines[6].Done.Failed)
	require.Equal(t, []string{"key"}, lines[6].Done.Secrets)
}

// TestBatchOfParts: all parts of a recipient or none, and nothing of another's.
func TestBatchOfParts(t *testing.T) {
	a := start(t)
	lines, _ := a.batch("/v1/render/batch",
		`{"parts":{"body":{"template":"{\"n\": {{ n }}}","context":"json"},"to":{"template":"X-To: {{ to }}","context":"header"}}}`,
		`{"id":1,"vars":{"n":1,"to":"a"}}`, `{"id":2,"vars":{"n":2,"to":"a\nb"}}`, `{"id":3,"vars":{"n":"x","to":"c"}}`, `{"id":4,"vars":{"to":"d"}}`)
	require.Equal(t, map[string]string{"body": `{"n": 1}`, "to": "X-To: a"}, lines[0].Outputs)
	require.Equal(t, "value_rejected", lines[1].Error.Code)
	require.Equal(t, map[string]string{"body": `{"n": "x"}`, "to": "X-To: c"}, lines[2].Outputs)
	require.Equal(t, map[string]string{"body": `{"n": null}`, "to": "X-To: d"}, lines[3].Outputs)
	require.Equal(t, 3, lines[4].Done.OK)
}

func TestBatchEvaluatesEach(t *testing.T) {
	a := start(t)
	a.fake.Put("default", "key", redact.NewSecret(canary))
	lines, _ := a.batch("/v1/evaluate/batch", `{"expression":"[n + 1, secrets.key]","trace":true}`,
		`{"id":1,"vars":{"n":1}}`, `{"id":2,"vars":{"n":"x"}}`, `{"id":3}`)
	require.Equal(t, []any{2.0, canary}, lines[0].Result)
	require.Equal(t, "expression_failed", lines[1].Error.Code)
	require.Equal(t, "expression_failed", lines[2].Error.Code)
	require.Equal(t, 1, lines[3].Done.OK)
	lines, got := a.batch("/v1/evaluate/batch", `{"expressions":{"a":"n","b":"vars.map(k, k)"}}`, `{"id":1,"vars":{"z":1,"n":2,"a":3}}`)
	require.Contains(t, got.text, `{"id":1,"results":{"a":2,"b":["z","n","a"]},"sensitive":false}`)
	require.Equal(t, 1, lines[1].Done.OK)
}

// TestBatchAsDocument: for those who do not stream.
func TestBatchAsDocument(t *testing.T) {
	a := start(t)
	for _, c := range []struct{ name, body, want string }{
		{"one line", `{"template":"{{ a }}","recipients":[{"id":1,"vars":{"a":"x"}},{"id":2,"what":1}]}`, "x"},
		{"several lines", "\n{\n\"template\": \"{{ a }}\",\n\"recipients\": [\n{\"id\":1,\n\"vars\":{\"a\":\"y\"}},\n 7]\n}\n", "y"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := a.call("POST", "/v1/render/batch", c.body)
			require.Equal(t, 200, got.status, got.text)
			require.Equal(t, "application/json", got.header.Get("Content-Type"))
			results := got.json["results"].([]any)
			require.Len(t, results, 2)
			require.Equal(t, c.want, results[0].(map[string]any)["output"])
			require.Contains(t, results[1].(map[string]any)["error"].(map[string]any)["detail"], "recipients[1]: ")
			require.Equal(t, map[string]any{"ok": 1.0, "failed": 1.0, "secrets": []any{}}, got.json["done"])
		})
	}
	got := a.call("POST", "/v1/render/batch", `{"template":"","recipients":[]}`)
	require.Equal(t, []any{}, got.json["results"])
	many := `{"template":"","recipients":[` + strings.Repeat("{},", 1000) + `{}]}`
	requireProblem(t, a.call("POST", "/v1/render/batch", many), 400, "invalid_request")
}

// TestBatchThatDoesNotBegin is answered like a single call.
func TestBatchThatDoesNotBegin(t *testing.T) {
	a := start(t)
	for _, c := range []struct {
		name, path, first string
		status            int
		code, says        string
	}{
		{"nothing", "/v1/render/batch", "", 400, "invalid_request", "must be one JSON object"},
		{"broken", "/v1/render/batch", `{"template":1}`, 400, "invalid_request", "must be a string"},
		{"vars", "/v1/render/batch", `{"template":"","vars":{}}`, 400, "invalid_request", `\"vars\" is unknown`},
		{"syntax", "/v1/render/batch", `{"template":"{{"}`, 400, "template_syntax", ""},
		{"missing", "/v1/render/batch", `{"template":"<<Secrets.no>>"}`, 422, "secret_missing", ""},
		{"undeclared", "/v1/evaluate/batch", `{"expression":"secrets.no","required_secrets":[]}`, 422, "secret_not_declared", ""},
		{"neither", "/v1/evaluate/batch", `{}`, 400, "invalid_request", "exactly one"},
		{"no recipients", "/v1/render/batch", "{\n\"template\":\"\"}", 400, "invalid_request", "recipients is missing"},
		{"behind a document", "/v1/render/batch", `{"template":"","recipients":[]}` + "\n{}", 400, "invalid_request", "nothing may follow"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := a.call("POST", c.path, c.first)
			requireProblem(t, got, c.status, c.code)
			require.Contains(t, got.text, c.says)
		})
	}
}

// TestBatchSeesOneVersion: a rotation in the middle changes nothing.
func TestBatchSeesOneVersion(t *testing.T) {
	a := startWithStore(t)
	require.Equal(t, 201, a.call("POST", "/v1/secrets", map[string]string{"alias": "key", "type": "token", "value": "first-value"}).status)
	body, send := io.Pipe()
	r, err := http.NewRequest("POST", a.url+"/v1/render/batch", body)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+a.token)
	go func() { _, _ = io.WriteString(send, `{"template":"{{ a }}<<Secrets.key>>"}`+"\n") }()
	response, err := a.client.Do(r)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	answers := json.NewDecoder(response.Body)
	exchange := func(line string) (got batchLine) {
		_, err := io.WriteString(send, line+"\n")
		require.NoError(t, err)
		require.NoError(t, answers.Decode(&got))
		return got
	}
	require.Equal(t, "xfirst-value", *exchange(`{"id":1,"vars":{"a":"x"}}`).Output)
	require.Equal(t, 200, a.call("PATCH", "/v1/secrets/key", map[string]string{"value": "second-value"}).status)
	require.Equal(t, "yfirst-value", *exchange(`{"id":2,"vars":{"a":"y"}}`).Output)
	require.Equal(t, "first-value", *exchange(`{"id":3}`).Output)
	require.NoError(t, send.Close())
	var last batchLine
	require.NoError(t, answers.Decode(&last))
	require.Equal(t, 3, last.Done.OK)
	require.Eventually(t, func() bool {
		got := a.call("GET", "/v1/secrets/key/usage", nil)
		return strings.Contains(got.text, `"uses":1`) || strings.Contains(got.text, `"count":1`)
	}, 10*time.Second, 5*time.Millisecond, "one use of the batch, and not one of each recipient")
}

// TestBatchSeesOneVersionOfPartials: also of those that data names, which are read when a
// recipient names them first; one that did not exist then does not in the rest either.
func TestBatchSeesOneVersionOfPartials(t *testing.T) {
	a := startWithStore(t)
	put := func(id, text string) {
		got := a.call("PUT", "/v1/templates/"+id, map[string]string{"template": text})
		require.Less(t, got.status, 300, got.text)
	}
	put("named", "first")
	put("written", "first")
	body, send := io.Pipe()
	r, err := http.NewRequest("POST", a.url+"/v1/render/batch", body)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+a.token)
	go func() { _, _ = io.WriteString(send, `{"template":"{% include n %} {% include 'written' %}"}`+"\n") }()
	response, err := a.client.Do(r)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	answers := json.NewDecoder(response.Body)
	exchange := func(line string) (got batchLine) {
		_, err := io.WriteString(send, line+"\n")
		require.NoError(t, err)
		require.NoError(t, answers.Decode(&got))
		return got
	}
	require.Equal(t, "first first", *exchange(`{"id":1,"vars":{"n":"named"}}`).Output)
	require.Nil(t, exchange(`{"id":2,"vars":{"n":"later"}}`).Output)
	put("named", "second")
	put("written", "second")
	put("later", "made meanwhile")
	require.Equal(t, "first first", *exchange(`{"id":3,"vars":{"n":"named"}}`).Output)
	require.Nil(t, exchange(`{"id":4,"vars":{"n":"later"}}`).Output)
	require.NoError(t, send.Close())
	var last batchLine
	require.NoError(t, answers.Decode(&last))
	require.Equal(t, 2, last.Done.OK)
	require.Equal(t, "second second", a.call("POST", "/v1/render", `{"template":"{% include n %} {% include 'written' %}","vars":{"n":"named"}}`).json["output"])
}

// TestBatchPackedBothWays: what is unpacked has an end.
func TestBatchPackedBothWays(t *testing.T) {
	a := start(t, func(o *server.Options) { o.Limits.BodyBytes = 64 << 10 })
	packers := map[string]func(io.Writer) io.WriteCloser{
		"gzip": func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
		"zstd": func(w io.Writer) io.WriteCloser { z, _ := zstd.NewWriter(w); return z },
	}
	unpack := map[string]func(io.Reader) io.Reader{
		"gzip": func(r io.Reader) io.Reader { z, err := gzip.NewReader(r); require.NoError(t, err); return z },
		"zstd": func(r io.Reader) io.Reader {
			z, err := zstd.NewReader(r)
			require.NoError(t, err)
			return z.IOReadCloser()
		},
	}
	send := func(coding, text string, cut int) (int, string) {
		var packed bytes.Buffer
		w := packers[coding](&packed)
		_, err := io.WriteString(w, text)
		require.NoError(t, err)
		require.NoError(t, w.Close())
		r, err := http.NewRequest("POST", a.url+"/v1/render/batch", bytes.NewReader(packed.Bytes()[:packed.Len()-cut]))
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+a.token)
		r.Header.Set("Content-Encoding", coding)
		r.Header.Set("Accept-Encoding", "br;q=1.0, "+coding+";q=0.5")
		response, err := a.client.Do(r)
		require.NoError(t, err)
		defer func() { _ = response.Body.Close() }()
		body := io.Reader(response.Body)
		if response.StatusCode == 200 {
			require.Equal(t, coding, response.Header.Get("Content-Encoding"))
			body = unpack[coding](body)
		}
		answer, err := io.ReadAll(body)
		require.NoError(t, err)
		return response.StatusCode, string(answer)
	}
	var text strings.Builder
	text.WriteString(`{"template":"{{ a }}"}` + "\n")
	for i := range 20_000 {
		fmt.Fprintf(&text, `{"id":%d,"vars":{"a":"text %d"}}`+"\n", i, i*7919)
	}
	for coding := range packers {
		t.Run(coding, func(t *testing.T) {
			status, answer := send(coding, text.String(), 0)
			require.Equal(t, 200, status, answer)
			lines := decodeLines(t, answer)
			require.Len(t, lines, 20_001)
			require.Equal(t, "text 7919", *lines[1].Output)
			require.Equal(t, 20_000, lines[20_000].Done.OK)

			// A bomb: in the first line, in one of the others, and one of blank lines.
			status, answer = send(coding, `{"template":"`+strings.Repeat("x", 64<<20)+`"}`, 0)
			require.Equal(t, 413, status, answer)
			for name, tail := range map[string]string{"line": strings.Repeat("x", 64<<20), "blank": strings.Repeat("\n", 1<<20)} {
				status, answer = send(coding, `{"template":"x"}`+"\n"+`{"id":1}`+"\n"+tail, 0)
				require.Equal(t, 200, status)
				lines = decodeLines(t, answer)
				last := lines[len(lines)-1]
				require.Nil(t, last.Done, name)
				require.Equal(t, "too_large", last.Error.Code, name)
				require.Equal(t, "x", *lines[0].Output)
			}

			// A cut stream never looks whole.
			status, answer = send(coding, text.String(), 50)
			require.Equal(t, 200, status)
			lines = decodeLines(t, answer)
			last := lines[len(lines)-1]
			require.Nil(t, last.Done)
			require.Equal(t, "invalid_request", last.Error.Code)
			require.Contains(t, last.Error.Detail, "could not be read to its end")
		})
	}
	r, err := http.NewRequest("POST", a.url+"/v1/render/batch", strings.NewReader("x"))
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+a.token)
	r.Header.Set("Content-Encoding", "br")
	requireProblem(t, a.do(r), 415, "unsupported_media_type")
}
