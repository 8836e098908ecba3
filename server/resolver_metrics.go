package server

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/sotto-render/sotto/resolver"
)

// resolverMetrics reads the resolver's counters when they are asked for. Its
// one label is the name of a provider, which holds no credential.
type resolverMetrics struct{ resolver *resolver.Resolver }

var (
	lookupsDesc = prometheus.NewDesc("sotto_resolver_lookups_total",
		"Secrets looked up: answered from the cache (hit), from it but past its time (stale), or by a provider (miss).",
		[]string{"result"}, nil)
	absentDesc = prometheus.NewDesc("sotto_resolver_absent_hits_total",
		"Secrets answered from the cache with that there is none, or an archived one.", nil, nil)
	openDesc = prometheus.NewDesc("sotto_provider_circuit_open",
		"1 while a provider that left calls without an answer is not asked, but for one call that tries it.", []string{"provider"}, nil)
	entriesDesc = prometheus.NewDesc("sotto_resolver_cache_entries",
		"Answers that the cache holds, about.", nil, nil)
	callsDesc = prometheus.NewDesc("sotto_provider_calls_total",
		"Calls of a provider.", []string{"provider"}, nil)
	failuresDesc = prometheus.NewDesc("sotto_provider_failures_total",
		"Calls of a provider that could not tell.", []string{"provider"}, nil)
	deafDesc = prometheus.NewDesc("sotto_provider_deaf",
		"1 while changes that other nodes make are not heard, so that what is cached may be out of date.", []string{"provider"}, nil)
	secondsDesc = prometheus.NewDesc("sotto_provider_seconds_total",
		"Time spent in calls of a provider.", []string{"provider"}, nil)
)

// Describe implements prometheus.Collector.
func (m resolverMetrics) Describe(into chan<- *prometheus.Desc) {
	prometheus.DescribeByCollect(m, into)
}

// Collect implements prometheus.Collector. Providers of one name count as one.
func (m resolverMetrics) Collect(into chan<- prometheus.Metric) {
	stats := m.resolver.Stats()
	counter := func(desc *prometheus.Desc, value float64, labels ...string) {
		into <- prometheus.MustNewConstMetric(desc, prometheus.CounterValue, value, labels...)
	}
	counter(lookupsDesc, max(float64(stats.Hits)-float64(stats.Stale), 0), "hit")
	counter(lookupsDesc, float64(stats.Stale), "stale")
	counter(lookupsDesc, float64(stats.Misses), "miss")
	counter(absentDesc, float64(stats.Absent))
	into <- prometheus.MustNewConstMetric(entriesDesc, prometheus.GaugeValue, float64(stats.Entries))
	byName := make(map[string]resolver.ProviderStats)
	for _, p := range stats.Providers {
		sum := byName[p.Name]
		sum.Calls += p.Calls
		sum.Failures += p.Failures
		sum.Time += p.Time
		sum.Deaf = sum.Deaf || p.Deaf
		sum.Open = sum.Open || p.Open
		byName[p.Name] = sum
	}
	for name, p := range byName {
		counter(callsDesc, float64(p.Calls), name)
		counter(failuresDesc, float64(p.Failures), name)
		counter(secondsDesc, p.Time.Seconds(), name)
		into <- prometheus.MustNewConstMetric(deafDesc, prometheus.GaugeValue, float64(one(p.Deaf)), name)
		into <- prometheus.MustNewConstMetric(openDesc, prometheus.GaugeValue, float64(one(p.Open)), name)
	}
}
