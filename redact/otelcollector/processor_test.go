package otelcollector

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.uber.org/goleak"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/resolvertest"
	"github.com/sotto-render/sotto/server"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const key = `tok-4f9a"8b2c/7d`

// forms are spellings of the key.
var forms = []string{key, `tok-4f9a\"8b2c/7d`, "tok-4f9a%228b2c%2F7d", "dG9rLTRmOWEiOGIyYy83ZA"}

// configs are the ways to know the key, and a pin that is a common value.
func configs(t *testing.T) map[string]*Config {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "api"), []byte(key), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "door"), []byte("4711"), 0o600))

	fake := resolvertest.NewFake("fake")
	fake.Put("default", "api", redact.NewSecret(key))
	fake.Put("default", "door", redact.NewSecret("4711"))
	redactor := redact.New()
	known, err := resolver.New(resolver.Options{Providers: []resolver.Binding{{Provider: fake}}, Redactor: redactor})
	require.NoError(t, err)
	t.Cleanup(known.Close)
	const admin = "admin-token-of-the-tests-0123456789"
	s, err := server.New(server.Options{Resolver: known, Redactor: redactor, Logger: slog.New(slog.DiscardHandler), AdminToken: redact.NewSecret(admin)})
	require.NoError(t, err)
	listener := httptest.NewServer(s.Handler())
	t.Cleanup(listener.Close)
	token := filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(token, []byte(admin+"\n"), 0o600))
	return map[string]*Config{
		"providers": {Providers: []string{"dir:" + dir}},
		"server":    {Server: listener.URL, TokenFile: token},
	}
}

// fill puts the key into a map in every place that one has.
func fill(m pcommon.Map) {
	m.PutStr("plain", "a "+key+" b")
	m.PutStr(key, "under the key itself")
	m.PutStr("innocent", "GET /health 200")
	m.PutInt("pin", 4711)
	m.PutInt("count", 4711)
	m.PutBool("ok", true)
	m.PutEmptyBytes("bytes").FromRaw([]byte("\xff " + key))
	m.PutEmptyBytes("clean").FromRaw([]byte{0xff, 0, 1})
	nested := m.PutEmptyMap("nested")
	for _, form := range forms {
		nested.PutEmptySlice("list").AppendEmpty().SetEmptyMap().PutStr("deep", form)
	}
}

func fillScope(s pcommon.InstrumentationScope, r pcommon.Resource) {
	s.SetName("scope " + key)
	s.SetVersion(key)
	fill(s.Attributes())
	fill(r.Attributes())
}

// requireMasked checks what was sent on, as JSON.
func requireMasked(t *testing.T, sent []byte) {
	t.Helper()
	for _, form := range forms {
		require.NotContains(t, string(sent), form)
	}
	var whole any
	require.NoError(t, json.Unmarshal(sent, &whole))
	shown := string(sent)
	require.Contains(t, shown, `"GET /health 200"`)
	require.Contains(t, shown, `"a [REDACTED] b"`)
	require.Contains(t, shown, `"key":"[REDACTED]"`)
	require.Contains(t, shown, `{"key":"pin","value":{"stringValue":"[REDACTED]"}}`)
	require.Contains(t, shown, `{"key":"count","value":{"intValue":"4711"}}`)
	require.Contains(t, shown, `{"key":"ok","value":{"boolValue":true}}`)
	require.Contains(t, shown, `{"key":"clean","value":{"bytesValue":"/wAB"}}`)
}

func TestLogs(t *testing.T) {
	for name, config := range configs(t) {
		t.Run(name, func(t *testing.T) {
			sink := new(consumertest.LogsSink)
			p, err := NewFactory().CreateLogs(t.Context(), processortest.NewNopSettings(Type), config, sink)
			require.NoError(t, err)
			require.NoError(t, p.Start(t.Context(), componenttest.NewNopHost()))
			defer func() { require.NoError(t, p.Shutdown(context.Background())) }()
			batch := plog.NewLogs()
			resource := batch.ResourceLogs().AppendEmpty()
			scope := resource.ScopeLogs().AppendEmpty()
			fillScope(scope.Scope(), resource.Resource())
			resource.SetSchemaUrl("https://x/" + key)
			scope.SetSchemaUrl("https://x/" + key)
			record := scope.LogRecords().AppendEmpty()
			record.Body().SetStr("failed with " + key)
			record.SetEventName(key)
			record.SetSeverityText(key)
			fill(record.Attributes())
			fill(scope.LogRecords().AppendEmpty().Body().SetEmptyMap())
			require.NoError(t, p.ConsumeLogs(t.Context(), batch))
			sent, err := new(plog.JSONMarshaler).MarshalLogs(sink.AllLogs()[0])
			require.NoError(t, err)
			requireMasked(t, sent)
			require.Contains(t, string(sent), `"failed with [REDACTED]"`)
		})
	}
}

func TestTraces(t *testing.T) {
	for name, config := range configs(t) {
		t.Run(name, func(t *testing.T) {
			sink := new(consumertest.TracesSink)
			p, err := NewFactory().CreateTraces(t.Context(), processortest.NewNopSettings(Type), config, sink)
			require.NoError(t, err)
			require.NoError(t, p.Start(t.Context(), componenttest.NewNopHost()))
			defer func() { require.NoError(t, p.Shutdown(context.Background())) }()
			batch := ptrace.NewTraces()
			resource := batch.ResourceSpans().AppendEmpty()
			scope := resource.ScopeSpans().AppendEmpty()
			fillScope(scope.Scope(), resource.Resource())
			span := scope.Spans().AppendEmpty()
			span.SetName("GET /" + key)
			span.Status().SetMessage("denied: " + key)
			span.TraceState().FromRaw("vendor=" + key)
			fill(span.Attributes())
			event := span.Events().AppendEmpty()
			event.SetName(key)
			fill(event.Attributes())
			link := span.Links().AppendEmpty()
			link.TraceState().FromRaw("vendor=" + key)
			fill(link.Attributes())
			require.NoError(t, p.ConsumeTraces(t.Context(), batch))
			sent, err := new(ptrace.JSONMarshaler).MarshalTraces(sink.AllTraces()[0])
			require.NoError(t, err)
			requireMasked(t, sent)
			require.Contains(t, string(sent), `"denied: [REDACTED]"`)
		})
	}
}

func TestMetrics(t *testing.T) {
	for name, config := range configs(t) {
		t.Run(name, func(t *testing.T) {
			sink := new(consumertest.MetricsSink)
			p, err := NewFactory().CreateMetrics(t.Context(), processortest.NewNopSettings(Type), config, sink)
			require.NoError(t, err)
			require.NoError(t, p.Start(t.Context(), componenttest.NewNopHost()))
			defer func() { require.NoError(t, p.Shutdown(context.Background())) }()
			batch := pmetric.NewMetrics()
			resource := batch.ResourceMetrics().AppendEmpty()
			scope := resource.ScopeMetrics().AppendEmpty()
			fillScope(scope.Scope(), resource.Resource())
			points := []func(pmetric.Metric) (pcommon.Map, pmetric.ExemplarSlice){
				func(m pmetric.Metric) (pcommon.Map, pmetric.ExemplarSlice) {
					p := m.SetEmptyGauge().DataPoints().AppendEmpty()
					return p.Attributes(), p.Exemplars()
				},
				func(m pmetric.Metric) (pcommon.Map, pmetric.ExemplarSlice) {
					p := m.SetEmptySum().DataPoints().AppendEmpty()
					return p.Attributes(), p.Exemplars()
				},
				func(m pmetric.Metric) (pcommon.Map, pmetric.ExemplarSlice) {
					p := m.SetEmptyHistogram().DataPoints().AppendEmpty()
					return p.Attributes(), p.Exemplars()
				},
				func(m pmetric.Metric) (pcommon.Map, pmetric.ExemplarSlice) {
					p := m.SetEmptyExponentialHistogram().DataPoints().AppendEmpty()
					return p.Attributes(), p.Exemplars()
				},
				func(m pmetric.Metric) (pcommon.Map, pmetric.ExemplarSlice) {
					return m.SetEmptySummary().DataPoints().AppendEmpty().Attributes(), pmetric.NewExemplarSlice()
				},
			}
			for _, point := range points {
				m := scope.Metrics().AppendEmpty()
				m.SetName("requests." + key)
				m.SetDescription("of " + key)
				m.SetUnit(key)
				fill(m.Metadata())
				attributes, exemplars := point(m)
				fill(attributes)
				fill(exemplars.AppendEmpty().FilteredAttributes())
			}
			require.NoError(t, p.ConsumeMetrics(t.Context(), batch))
			sent, err := new(pmetric.JSONMarshaler).MarshalMetrics(sink.AllMetrics()[0])
			require.NoError(t, err)
			requireMasked(t, sent)
			require.Equal(t, len(points), strings.Count(string(sent), `"requests.[REDACTED]"`))
		})
	}
}

// TestChangesAreFollowed replaces the file of a secret while the processor runs.
func TestChangesAreFollowed(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "api"), []byte(key), 0o600))
	l, err := newLocal(t.Context(), &Config{Providers: []string{"dir:" + dir}}, processortest.NewNopSettings(Type).Logger)
	require.NoError(t, err)
	defer l.close()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "api"), []byte("rotated-1Dv5x7Qm"), 0o600))
	require.Eventually(t, func() bool {
		texts := []text{{"", "rotated-1Dv5x7Qm and " + key}}
		require.NoError(t, l.mask(t.Context(), texts))
		return texts[0].value == "[REDACTED] and [REDACTED]"
	}, 10*time.Second, 10*time.Millisecond)
}

// TestNothingGoesOnUnmasked holds that without knowledge of the values nothing is sent.
func TestNothingGoesOnUnmasked(t *testing.T) {
	for name, config := range map[string]*Config{
		"a folder that is not there":    {Providers: []string{"dir:" + filepath.Join(t.TempDir(), "none")}},
		"a provider that lists nothing": {Providers: []string{"exec:cat secrets.json"}},
		"a token that is not there":     {Server: "http://127.0.0.1:1", TokenFile: filepath.Join(t.TempDir(), "none")},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := NewFactory().CreateLogs(t.Context(), processortest.NewNopSettings(Type), config, new(consumertest.LogsSink))
			require.NoError(t, err)
			require.Error(t, p.Start(t.Context(), componenttest.NewNopHost()))
			require.NoError(t, p.Shutdown(t.Context()))
		})
	}
	server := httptest.NewServer(nil)
	server.Close()
	token := filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(token, []byte("x"), 0o600))
	sink := new(consumertest.LogsSink)
	p, err := NewFactory().CreateLogs(t.Context(), processortest.NewNopSettings(Type), &Config{Server: server.URL, TokenFile: token}, sink)
	require.NoError(t, err)
	require.NoError(t, p.Start(t.Context(), componenttest.NewNopHost()))
	defer func() { require.NoError(t, p.Shutdown(context.Background())) }()
	batch := plog.NewLogs()
	batch.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Body().SetStr("text")
	require.Error(t, p.ConsumeLogs(t.Context(), batch), "the server is gone")
	require.Empty(t, sink.AllLogs())
}

func TestConfig(t *testing.T) {
	for name, test := range map[string]struct {
		config Config
		wrong  string
	}{
		"providers":        {Config{Providers: []string{"env:INTEGRATION_,dir:/run/secrets"}}, ""},
		"a server":         {Config{Server: "http://127.0.0.1:8080", TokenFile: "/run/token"}, ""},
		"nothing":          {Config{}, "give providers, or server"},
		"both":             {Config{Providers: []string{"env:A_"}, Server: "http://x", TokenFile: "y"}, "give providers, or server"},
		"no token":         {Config{Server: "http://x"}, "token_file is missing"},
		"no such provider": {Config{Providers: []string{"file:/x"}}, "env:"},
		"no scope":         {Config{Providers: []string{"env:A_"}, Scope: "//"}, "scope"},
	} {
		t.Run(name, func(t *testing.T) {
			err := test.config.Validate()
			if test.wrong == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, test.wrong)
		})
	}
	require.NoError(t, componenttest.CheckConfigStruct(NewFactory().CreateDefaultConfig()))
}
