package server

import (
	"cmp"
	"net/http"
	"runtime"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/sotto-render/sotto/internal/batch"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/server/internal/admission"
)

// metrics are on a registry of their own. Labels come from closed sets: the
// patterns of routes, known methods, statuses and codes.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	problems *prometheus.CounterVec
	duration *prometheus.HistogramVec
	inFlight prometheus.Gauge
	// batches are by route and outcome, recipients too.
	batches, recipients *prometheus.CounterVec
	// rejections :: reason -> its counter
	rejections map[admission.Reason]prometheus.Counter
	page       http.Handler
	work       *workCounters
	signIns    prometheus.Counter
	// redactions :: surface -> masks
	redactions map[string]*atomic.Uint64
}

func newMetrics(known *resolver.Resolver, kept *store.Store, admitted *admission.Controller) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "sotto_http_requests_total", Help: "Requests answered, by route, method and status.",
		}, []string{"route", "method", "status"}),
		problems: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "sotto_http_problems_total", Help: "Requests answered with a problem, by route and code.",
		}, []string{"route", "code"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "sotto_http_request_duration_seconds", Help: "Time from the request's header to the end of its answer.",
			// Native buckets for who scrapes them, these for everybody else.
			NativeHistogramBucketFactor: 1.1, NativeHistogramMaxBucketNumber: 100, NativeHistogramMinResetDuration: time.Hour,
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1, 5},
		}, []string{"route"}),
		batches: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "sotto_batches_total", Help: "Batches whose recipients were worked on, by route and whether they came to their end (whole) or not (cut).",
		}, []string{"route", "outcome"}),
		recipients: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "sotto_batch_recipients_total", Help: "Recipients of batches that were answered, by route and outcome (ok, failed).",
		}, []string{"route", "outcome"}),
		signIns: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "sotto_sign_in_failures_total", Help: "Requests with a token, a session or a certificate that opens nothing.",
		}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "sotto_http_requests_in_flight", Help: "Requests that are being answered.",
		}),
	}
	rejections := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "sotto_http_rejections_total", Help: "Requests that were not admitted, or whose answer was not, by the limit that they met.",
	}, []string{"reason"})
	m.rejections = rejectionCounters(rejections)
	m.registry.MustRegister(rejections,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "sotto_http_bytes_in_flight", Help: "Bytes of requests and answers that are held.",
		}, func() float64 { return float64(admitted.BytesInFlight()) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "sotto_http_turns_waiting", Help: "Requests that wait for their turn on the processors.",
		}, func() float64 { return float64(admitted.Waiting()) }))
	m.work = newWorkCounters(m.registry)
	m.registry.MustRegister(m.signIns, m.batches, m.recipients, m.requests, m.problems, m.duration, m.inFlight, resolverMetrics{known},
		collectors.NewGoCollector(), collectors.NewBuildInfoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if kept != nil {
		m.registry.MustRegister(storeMetrics{kept})
	}
	m.page = promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{EnableOpenMetrics: true})
	return m
}

// countLosses adds the log's records and the spans that were lost, where somebody
// counts them.
func (m *metrics) countLosses(records, spans func() uint64) {
	for _, lost := range []struct {
		name, help string
		count      func() uint64
	}{
		{"sotto_log_records_dropped_total", "Records of the log that were lost because nobody took them.", records},
		{"sotto_trace_spans_lost_total", "Spans that were lost because their collector did not take them in time.", spans},
	} {
		if lost.count != nil {
			m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: lost.name, Help: lost.help},
				func() float64 { return float64(lost.count()) }))
		}
	}
}

// countTemplates adds what the cache of compiled templates is worth.
func (m *metrics) countTemplates(c *compiled) {
	for result, count := range map[string]func() float64{
		"miss": func() float64 { return float64(c.made.Load()) },
		"hit":  func() float64 { return max(float64(c.asked.Load())-float64(c.made.Load()), 0) },
	} {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "sotto_template_cache_lookups_total", Help: "Templates that requests asked for: compiled before (hit) or for them (miss).",
			ConstLabels: prometheus.Labels{"result": result},
		}, count))
	}
}

// tellBuild adds which sotto this is.
func (m *metrics) tellBuild(version string) {
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "sotto_build_info", Help: "Which sotto this is; always 1.",
		ConstLabels: prometheus.Labels{"version": cmp.Or(version, "devel"), "go": runtime.Version()},
	})
	build.Set(1)
	m.registry.MustRegister(build)
}

// tellExpiry adds the end of the server's certificate, where it has one.
func (m *metrics) tellExpiry(expires func() time.Time) {
	if expires != nil {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "sotto_tls_certificate_expiry_timestamp_seconds", Help: "When the certificate that the server shows ends to be valid, in seconds since 1970.",
		}, func() float64 { return float64(expires().Unix()) }))
	}
}

func (m *metrics) observe(x *exchange, took time.Duration) {
	m.answered(x).Inc()
	m.observeTime(x, took.Seconds())
	if x.recipients == (batch.Tally{}) {
		m.work.count(x, one(x.code == ""), one(x.code != ""))
	}
	if x.code != "" {
		m.problems.WithLabelValues(x.route.pattern, string(x.code)).Inc()
	}
}

// observeTime has the trace of a request, where it is kept, as the exemplar of its time.
func (m *metrics) observeTime(x *exchange, seconds float64) {
	if exemplary, ok := x.route.duration.(prometheus.ExemplarObserver); ok && x.sampled {
		exemplary.ObserveWithExemplar(seconds, prometheus.Labels{"trace_id": x.names.trace})
		return
	}
	x.route.duration.Observe(seconds)
}

func one(happened bool) int {
	if happened {
		return 1
	}
	return 0
}

// countBatch counts a batch and its recipients.
func (m *metrics) countBatch(x *exchange, tally batch.Tally, whole bool) {
	outcome := "cut"
	if whole {
		outcome = "whole"
	}
	m.batches.WithLabelValues(x.route.pattern, outcome).Inc()
	m.recipients.WithLabelValues(x.route.pattern, "ok").Add(float64(tally.OK))
	m.recipients.WithLabelValues(x.route.pattern, "failed").Add(float64(tally.Failed))
	m.work.count(x, tally.OK, tally.Failed)
}

// answered returns the counter of the exchange. Those of a route's own method
// are kept, because finding one costs as much as the rest of the log.
func (m *metrics) answered(x *exchange) prometheus.Counter {
	find := func() prometheus.Counter {
		return m.requests.WithLabelValues(x.route.pattern, method(x.r.Method), strconv.Itoa(x.status))
	}
	if x.r.Method != x.route.method || x.status < 0 || x.status >= len(x.route.answered) {
		return find()
	}
	kept := &x.route.answered[x.status]
	if known := kept.Load(); known != nil {
		return *known
	}
	counter := find()
	kept.Store(&counter)
	return counter
}

// method returns a request's method, or "other": a client may send any word.
func method(name string) string {
	switch name {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return name
	}
	return "other"
}
