package server_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/server"
)

// spanList is a tracer that keeps what it gets.
type spanList struct {
	mu    sync.Mutex
	spans []server.Span
	// refuses says that it wants none.
	refuses bool
}

func (l *spanList) Sample(_ [16]byte, parent, sampled bool) bool {
	return !l.refuses && (!parent || sampled)
}

func (l *spanList) Export(spans []server.Span) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.spans = append(l.spans, spans...)
}

// take returns the spans by their names, and forgets them.
func (l *spanList) take() map[string]server.Span {
	l.mu.Lock()
	defer l.mu.Unlock()
	byName := make(map[string]server.Span, len(l.spans))
	for _, s := range l.spans {
		byName[s.Name] = s
	}
	l.spans = nil
	return byName
}

func tracing(t *testing.T) (*api, *spanList) {
	l := new(spanList)
	a := startWithStore(t, func(o *server.Options) { o.Tracer = l })
	require.Equal(t, http.StatusCreated, a.call("POST", "/v1/secrets", map[string]any{"alias": "tok", "type": "token", "value": canary}).status)
	l.take()
	return a, l
}

func attribute(s server.Span, key string) any {
	for _, a := range s.Attributes {
		if a.Key == key {
			return a.Value.Any()
		}
	}
	return nil
}

func TestSpansOfARequest(t *testing.T) {
	a, l := tracing(t)
	for _, test := range []struct {
		name, path, body, work, language string
		status                           int
		code                             any
	}{
		{"render", "/v1/render", `{"template": "x <<Secrets.tok>> {{ v }}", "vars": {"v": "value-of-a-variable"}}`, "render", "liquid", 200, nil},
		{"parts", "/v1/render", `{"parts": {"a": {"template": "<<Secrets.tok>>"}}}`, "render", "liquid", 200, nil},
		{"evaluate", "/v1/evaluate", `{"expression": "secrets.tok + v", "vars": {"v": "value-of-a-variable"}}`, "evaluate", "cel", 200, nil},
		{"script", "/v1/evaluate", `{"expression": "secrets.tok + 1", "language": "js"}`, "evaluate", "js", 200, nil},
		{"missing", "/v1/render", `{"template": "<<Secrets.tok>><<Secrets.nowhere>>"}`, "render", "liquid", 422, "secret_missing"},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.Equal(t, test.status, a.send("POST", test.path, test.body).status)
			spans := l.take()
			require.Len(t, spans, 3)
			request, work, look := spans["POST "+test.path], spans[test.work], spans["resolve"]
			require.Zero(t, request.Parent)
			require.False(t, request.Inner)
			require.Equal(t, request.ID, work.Parent)
			require.Equal(t, work.ID, look.Parent)
			require.True(t, work.Inner && look.Inner)
			for _, s := range []server.Span{work, look} {
				require.Equal(t, request.Trace, s.Trace)
				require.False(t, s.Start.Before(request.Start) || s.End.After(request.End) || s.End.Before(s.Start))
			}
			require.EqualValues(t, test.status, attribute(request, "http.response.status_code"))
			require.Equal(t, test.path, attribute(request, "http.route"))
			require.Equal(t, test.code, attribute(request, "error.type"))
			require.Equal(t, test.code != nil, work.Failed)
			require.False(t, request.Failed, "the caller's fault is none of the server")
			require.Equal(t, test.language, attribute(work, "sotto.language"))
			require.Equal(t, "default", attribute(work, "sotto.scope"))
			require.EqualValues(t, 1+strings.Count(test.body, "nowhere"), attribute(look, "sotto.secrets"))
			all, err := json.Marshal(spans)
			require.NoError(t, err)
			for _, value := range []string{canary, "value-of-a-variable", "Secrets"} {
				require.NotContains(t, string(all), value)
			}
		})
	}
}

func TestSpansOfABatch(t *testing.T) {
	a, l := tracing(t)
	a.batch("/v1/render/batch", `{"template": "<<Secrets.tok>>{{ v }}", "strict_variables": true}`, `{"vars": {"v": 1}}`, `{"id": "b"}`)
	spans := l.take()
	work := spans["render"]
	require.EqualValues(t, 2, attribute(work, "sotto.recipients"))
	require.EqualValues(t, 1, attribute(work, "sotto.recipients_failed"))
	require.Contains(t, spans, "resolve")
}

func TestSpansGoOnWithTheCallersTrace(t *testing.T) {
	a, l := tracing(t)
	const trace, parent = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
	body := `{"template": "x"}`
	t.Run("sampled", func(t *testing.T) {
		a.send("POST", "/v1/render", body, "traceparent", "00-"+trace+"-"+parent+"-01")
		span := l.take()["POST /v1/render"]
		require.Equal(t, trace, hex.EncodeToString(span.Trace[:]))
		require.Equal(t, parent, hex.EncodeToString(span.Parent[:]))
	})
	t.Run("not sampled", func(t *testing.T) {
		a.send("POST", "/v1/render", body, "traceparent", "00-"+trace+"-"+parent+"-00")
		require.Empty(t, l.take())
	})
	t.Run("none: the log names ours", func(t *testing.T) {
		a.log.take()
		a.send("POST", "/v1/render", body)
		span := l.take()["POST /v1/render"]
		require.Contains(t, a.log.take(), `"trace_id":"`+hex.EncodeToString(span.Trace[:])+`"`)
	})
	t.Run("one that holds a value is none", func(t *testing.T) {
		for _, value := range []string{trace, parent} {
			require.Equal(t, http.StatusCreated, a.call("POST", "/v1/secrets", map[string]any{"alias": "id" + value[:2], "type": "token", "value": value}).status)
			require.Equal(t, http.StatusOK, a.send("POST", "/v1/render", `{"template": "<<Secrets.id`+value[:2]+`>>"}`).status)
			l.take()
			given := "00-" + trace + "-00f067aa0ba902b8-01"
			if value == parent {
				given = "00-4bf92f3577b34da6a3ce929d0e0e4737-" + parent + "-01"
			}
			a.send("POST", "/v1/render", body, "traceparent", given)
			span := l.take()["POST /v1/render"]
			require.NotContains(t, given, hex.EncodeToString(span.Trace[:]))
			require.Zero(t, span.Parent)
		}
	})
	t.Run("probes begin none", func(t *testing.T) {
		for _, path := range []string{"/healthz", "/readyz", "/metrics", "/nowhere"} {
			a.send("GET", path, "")
		}
		require.Empty(t, l.take())
	})
}

func TestASpanNamesAScopeThatExists(t *testing.T) {
	a, l := tracing(t)
	create := func(scope, value string) {
		require.Equal(t, http.StatusCreated, a.call("POST", "/v1/secrets", map[string]any{"alias": "tok", "type": "token", "value": value, "scope": scope}).status)
		require.Equal(t, http.StatusOK, a.send("POST", "/v1/render", `{"template": "<<Secrets.tok>>", "scope": "`+scope+`"}`).status)
	}
	create("evil/one", "victim/shop")
	create("evil/two", "madeup/shop")
	create("victim/shop", canary)
	for scope, expected := range map[string]string{"victim/shop": "victim/shop", "madeup/shop": "[REDACTED]"} {
		t.Run(scope, func(t *testing.T) {
			l.take()
			a.send("POST", "/v1/render", `{"template": "x", "scope": "`+scope+`"}`)
			require.Equal(t, expected, attribute(l.take()["render"], "sotto.scope"))
		})
	}
}

func TestASpanOfAnOutageSaysSo(t *testing.T) {
	l := new(spanList)
	a := start(t, func(o *server.Options) { o.Tracer = l })
	a.fake.Break(errors.New("down"))
	require.Equal(t, http.StatusServiceUnavailable, a.send("POST", "/v1/render", `{"template": "<<Secrets.tok>>"}`).status)
	spans := l.take()
	require.True(t, spans["POST /v1/render"].Failed && spans["resolve"].Failed && spans["render"].Failed)
	require.Equal(t, "resolver_unavailable", attribute(spans["resolve"], "error.type"))
}

func TestExemplars(t *testing.T) {
	const trace = "4bf92f3577b34da6a3ce929d0e0e4736"
	openMetrics := func(a *api) string {
		return a.send("GET", "/metrics", "", "Accept", "application/openmetrics-text; version=1.0.0").text
	}
	for _, test := range []struct {
		name    string
		tracer  server.Tracer
		flags   string
		expects bool
	}{
		{"of a trace that the caller keeps", nil, "01", true},
		{"of one that it does not keep", nil, "00", false},
		{"of one that the tracer keeps", new(spanList), "01", true},
		{"of one that the tracer refuses", &spanList{refuses: true}, "01", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := start(t, func(o *server.Options) { o.Tracer = test.tracer; o.Logger = slog.New(slog.DiscardHandler) })
			a.send("POST", "/v1/render", `{"template": "x"}`, "traceparent", "00-"+trace+"-00f067aa0ba902b7-"+test.flags)
			page := openMetrics(a)
			require.Contains(t, page, `sotto_http_request_duration_seconds_count{route="/v1/render"} 1`)
			require.Equal(t, test.expects, strings.Contains(page, `# {trace_id="`+trace+`"}`))
			require.NotContains(t, a.send("GET", "/metrics", "").text, trace, "the older format has none")
		})
	}
}
