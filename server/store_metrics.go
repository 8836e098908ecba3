package server

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/sotto-render/sotto/resolver/store"
)

// storeMetrics reads the store's counters when they are asked for.
type storeMetrics struct{ store *store.Store }

var (
	refusalsDesc = prometheus.NewDesc("sotto_store_refusals_total",
		"Refusals that were to be in the audit trail.", nil, nil)
	refusalRowsDesc = prometheus.NewDesc("sotto_store_refusal_rows_total",
		"Rows of the audit trail that refusals became.", nil, nil)
)

// Describe implements prometheus.Collector.
func (m storeMetrics) Describe(into chan<- *prometheus.Desc) {
	prometheus.DescribeByCollect(m, into)
}

// Collect implements prometheus.Collector.
func (m storeMetrics) Collect(into chan<- prometheus.Metric) {
	counter := func(desc *prometheus.Desc, value int64, labels ...string) {
		into <- prometheus.MustNewConstMetric(desc, prometheus.CounterValue, float64(value), labels...)
	}
	stats := m.store.Stats()
	counter(refusalsDesc, stats.Refusals)
	counter(refusalRowsDesc, stats.RefusalRows)
}
