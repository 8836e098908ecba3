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
	staleTokensDesc = prometheus.NewDesc("sotto_token_stale_uses_total",
		"Tokens taken as they were last seen, because the store could not be reached.", nil, nil)
	epochGapDesc = prometheus.NewDesc("sotto_store_epoch_gap",
		"Changes of one scope, made by others, of which this node read single records and not yet the scope as a whole; of the scope where they are most.", nil, nil)
	expiredDesc = prometheus.NewDesc("sotto_store_expired_total",
		"What this node removed because its time was over: audit rows, counts of uses by the minute (into those of a day), and by the day.",
		[]string{"kind"}, nil)
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
	counter(staleTokensDesc, stats.StaleTokens)
	into <- prometheus.MustNewConstMetric(epochGapDesc, prometheus.GaugeValue, float64(stats.EpochGap))
	counter(expiredDesc, stats.Expired.AuditRows, "audit_row")
	counter(expiredDesc, stats.Expired.Minutes, "minute_of_use")
	counter(expiredDesc, stats.Expired.Hours, "hour_of_use")
	counter(expiredDesc, stats.Expired.Days, "day_of_use")
}
