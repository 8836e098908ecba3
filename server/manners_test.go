package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// send makes a call with these headers.
func (a *api) send(method, path, body string, header ...string) answer {
	a.t.Helper()
	r, err := http.NewRequest(method, a.url+path, strings.NewReader(body))
	require.NoError(a.t, err)
	r.Header.Set("Authorization", "Bearer "+a.token)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return a.do(r)
}

// lastLine returns the last line of the log that is about a request.
func (a *api) lastLine() map[string]any {
	a.t.Helper()
	lines := strings.Split(strings.TrimSpace(a.log.String()), "\n")
	line := make(map[string]any)
	require.NoError(a.t, json.Unmarshal([]byte(lines[len(lines)-1]), &line))
	return line
}

func TestRequestIDOfTheCaller(t *testing.T) {
	a := startWithStore(t)
	require.Equal(t, 201, a.call("POST", "/v1/secrets", `{"alias":"k","value":"Zq7Xv9Kj2Wp4"}`).status)
	for _, c := range []struct {
		name, given string
		taken       bool
	}{
		{"a word", "req-7f3a", true},
		{"a UUID", "9b2f7c1e-52b0-4c3e-9f6d-0a1b2c3d4e5f", true},
		{"a path with signs", "gw/1:2_3.4@eu+x=y", true},
		{"as long as may be", strings.Repeat("a", 128), true},
		{"longer", strings.Repeat("a", 129), false},
		{"a space", "two words", false},
		{"a control", "a\tb", false},
		{"a quote", `a"b`, false},
		{"not ASCII", "ä", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := a.send("POST", "/v1/render", `{}`, "X-Request-Id", c.given)
			id := got.header.Get("X-Request-Id")
			require.Equal(t, c.taken, id == c.given)
			require.Equal(t, id, got.json["request_id"])
			require.Equal(t, id, a.lastLine()["request_id"])
		})
	}
	t.Run("the value of a secret", func(t *testing.T) {
		require.Equal(t, 200, a.call("POST", "/v1/render", `{"template":"<<Secrets.k>>"}`).status)
		before := len(a.log.String())
		got := a.send("POST", "/v1/secrets", `{"alias":"other","value":"another-one"}`, "X-Request-Id", "Zq7Xv9Kj2Wp4")
		require.Equal(t, 201, got.status)
		require.NotContains(t, a.log.String()[before:], "Zq7Xv9Kj2Wp4")
		line := a.lastLine()
		require.Equal(t, "[REDACTED]", line["request_id"])
		audit := a.call("GET", "/v1/audit?limit=1", nil)
		require.NotContains(t, audit.text, "Zq7Xv9Kj2Wp4")
		require.Contains(t, audit.text, line["audit_id"].(string), "the log ties the caller's id to the audit trail")
	})
}

// TestRequestIDsTellNoCount: two ids of one caller say nothing about what others did in
// between.
func TestRequestIDsTellNoCount(t *testing.T) {
	a := start(t)
	seen := make(map[string]bool)
	heads := make(map[string]bool)
	for range 200 {
		id := a.call("GET", "/healthz", nil).header.Get("X-Request-Id")
		require.Len(t, id, 20)
		require.False(t, seen[id])
		seen[id], heads[id[:4]] = true, true
	}
	require.Greater(t, len(heads), 190, "no part of an id is the process's")
}

func TestTraceparent(t *testing.T) {
	a := start(t)
	const trace, parent = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
	for _, c := range []struct {
		name, given string
		taken       bool
	}{
		{"sampled", "00-" + trace + "-" + parent + "-01", true},
		{"not sampled", "00-" + trace + "-" + parent + "-00", true},
		{"capitals", "00-" + strings.ToUpper(trace) + "-" + parent + "-01", false},
		{"no trace", "00-" + strings.Repeat("0", 32) + "-" + parent + "-01", false},
		{"no parent", "00-" + trace + "-" + strings.Repeat("0", 16) + "-01", false},
		{"another version", "01-" + trace + "-" + parent + "-01", false},
		{"short", "00-" + trace + "-" + parent, false},
		{"another text", "x", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := a.send("POST", "/v1/render", `{"template":"x"}`, "traceparent", c.given)
			require.Equal(t, 200, got.status)
			if !c.taken {
				require.Empty(t, got.header.Get("Traceparent"))
				require.NotContains(t, a.lastLine(), "trace_id")
				return
			}
			require.Equal(t, c.given, got.header.Get("Traceparent"))
			require.Equal(t, trace, a.lastLine()["trace_id"])
		})
	}
}

func TestContentTypes(t *testing.T) {
	a := start(t)
	for _, c := range []struct {
		name, kind string
		status     int
		says       string
	}{
		{"none", "", 200, ""},
		{"JSON", "application/json", 200, ""},
		{"JSON in UTF-8", "application/json; charset=UTF-8", 200, ""},
		{"a kind of JSON", "application/vnd.acme+json", 200, ""},
		{"what curl says", "application/x-www-form-urlencoded", 200, ""},
		{"what fetch says", "text/plain;charset=UTF-8", 200, ""},
		{"bytes", "application/octet-stream", 200, ""},
		{"XML", "application/xml", 415, "application/json"},
		{"a kind of XML", "application/soap+xml", 415, "application/json"},
		{"HTML", "text/html", 415, "application/json"},
		{"YAML", "application/yaml", 415, "application/json"},
		{"a form with files", "multipart/form-data; boundary=x", 415, "application/json"},
		{"another charset", "application/json; charset=ISO-8859-1", 415, "UTF-8"},
		{"lines", "application/x-ndjson", 415, "/v1/render/batch"},
		{"no type at all", "json", 415, "application/json"},
		{"none that can be read", "application/json; charset", 200, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := a.send("POST", "/v1/render", `{"template":"x"}`, "Content-Type", c.kind)
			require.Equal(t, c.status, got.status, got.text)
			if c.status == 415 {
				require.Equal(t, "unsupported_media_type", got.json["code"])
				require.Contains(t, got.json["detail"], c.says)
				require.Equal(t, "application/json", got.header.Get("Accept"))
			}
		})
	}
	t.Run("a form", func(t *testing.T) {
		got := a.send("POST", "/v1/render", `template=x`, "Content-Type", "application/x-www-form-urlencoded")
		require.Equal(t, 400, got.status)
		require.Contains(t, got.json["detail"], "Content-Type: application/json")
	})
	t.Run("a batch", func(t *testing.T) {
		for kind, status := range map[string]int{
			"application/x-ndjson": 200, "application/json": 200, "": 200, "application/x-www-form-urlencoded": 200, "text/csv": 415,
		} {
			t.Run(kind, func(t *testing.T) {
				got := a.send("POST", "/v1/render/batch", "{\"template\":\"x\"}\n", "Content-Type", kind)
				require.Equal(t, status, got.status, kind)
				if status == 415 {
					require.Contains(t, got.json["detail"], "application/x-ndjson")
					require.Equal(t, "application/x-ndjson, application/json", got.header.Get("Accept"))
				}
			})
		}
	})
}

func TestPackedBodies(t *testing.T) {
	a := start(t)
	for _, c := range []struct{ name, path, coding, kind, accepted string }{
		{"a render", "/v1/render", "gzip", "", "identity"},
		{"a text to redact", "/v1/redact", "gzip", "text/plain", "identity"},
		{"a batch packed by what it does not know", "/v1/render/batch", "br", "", "gzip, zstd"},
		{"a batch packed twice", "/v1/render/batch", "gzip, gzip", "", "gzip, zstd"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := a.send("POST", c.path, "\x1f\x8b", "Content-Encoding", c.coding, "Content-Type", c.kind)
			require.Equal(t, 415, got.status, got.text)
			require.Equal(t, "unsupported_media_type", got.json["code"])
			require.Contains(t, got.json["detail"], "gzip")
			require.Equal(t, c.accepted, got.header.Get("Accept-Encoding"))
		})
	}
	t.Run("identity", func(t *testing.T) {
		require.Equal(t, 200, a.send("POST", "/v1/render", `{"template":"x"}`, "Content-Encoding", "identity").status)
	})
}
