package server

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sotto-render/sotto/redact"
)

// Where masks are written.
const (
	surfaceLog   = "log"
	surfaceAPI   = "api"
	surfaceTrace = "trace"
	surfaceID    = "id"
)

// counting returns r as one whose masks count for a surface.
func (m *metrics) counting(r *redact.Redactor, surface string) *redact.Redactor {
	counter := m.redactions[surface]
	return r.Counting(func(masks int) { counter.Add(uint64(masks)) })
}

// countRedactions adds the masks of all surfaces; those of the log are counted elsewhere.
func (m *metrics) countRedactions(log func() uint64) {
	m.redactions = make(map[string]*atomic.Uint64)
	add := func(surface string, count func() uint64) {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name:        "sotto_redactions_total",
			Help:        "Masks that were written, by surface: the log, answers of /v1/redact (api), traces of evaluations (trace), ids that callers gave their requests (id).",
			ConstLabels: prometheus.Labels{"surface": surface},
		}, func() float64 { return float64(count()) }))
	}
	add(surfaceLog, log)
	for _, surface := range []string{surfaceAPI, surfaceTrace, surfaceID} {
		m.redactions[surface] = new(atomic.Uint64)
		add(surface, m.redactions[surface].Load)
	}
}
