package otlp_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTracesAreSentWhereTheyAreAskedFor(t *testing.T) {
	const endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT"
	for _, test := range []struct {
		name      string
		variables map[string]string
		sends     bool
		// warns is the variable that the one warning names, or "".
		warns string
	}{
		{"nothing is said", nil, false, ""},
		{"an endpoint", map[string]string{endpoint: "http://collector:4318"}, true, ""},
		{"one of traces alone", map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://collector/traces"}, true, ""},
		{"the exporter", map[string]string{"OTEL_TRACES_EXPORTER": "otlp"}, true, ""},
		{"no exporter", map[string]string{endpoint: "http://collector", "OTEL_TRACES_EXPORTER": "none"}, false, ""},
		{"another exporter", map[string]string{endpoint: "http://collector", "OTEL_TRACES_EXPORTER": "zipkin"}, false, "OTEL_TRACES_EXPORTER"},
		{"switched off", map[string]string{endpoint: "http://collector", "OTEL_SDK_DISABLED": "True"}, false, ""},
		{"the protocol", map[string]string{endpoint: "http://collector", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, true, ""},
		{"another protocol", map[string]string{endpoint: "http://collector", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, false, "OTEL_EXPORTER_OTLP_PROTOCOL"},
		{"another for traces", map[string]string{endpoint: "http://c", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/json"}, false, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"},
		{"no URL", map[string]string{endpoint: "collector:4318?" + canary}, false, endpoint},
		{"an empty variable", map[string]string{endpoint: " "}, false, ""},
		{"a broken sampler", map[string]string{endpoint: "http://c", "OTEL_TRACES_SAMPLER": canary}, true, "OTEL_TRACES_SAMPLER"},
		{"a broken ratio", map[string]string{endpoint: "http://c", "OTEL_TRACES_SAMPLER_ARG": "NaN"}, true, "OTEL_TRACES_SAMPLER_ARG"},
		{"a broken time", map[string]string{endpoint: "http://c", "OTEL_EXPORTER_OTLP_TIMEOUT": "5s" + canary}, true, "OTEL_EXPORTER_OTLP_TIMEOUT"},
		{"a broken size", map[string]string{endpoint: "http://c", "OTEL_BSP_MAX_QUEUE_SIZE": "0"}, true, "OTEL_BSP_MAX_QUEUE_SIZE"},
		{"a broken header", map[string]string{endpoint: "http://c", "OTEL_EXPORTER_OTLP_HEADERS": "a=" + canary + "%0A"}, true, "OTEL_EXPORTER_OTLP_HEADERS"},
		{"no pair", map[string]string{endpoint: "http://c", "OTEL_RESOURCE_ATTRIBUTES": canary}, true, "OTEL_RESOURCE_ATTRIBUTES"},
		{"a broken compression", map[string]string{endpoint: "http://c", "OTEL_EXPORTER_OTLP_COMPRESSION": canary}, true, "OTEL_EXPORTER_OTLP_COMPRESSION"},
	} {
		t.Run(test.name, func(t *testing.T) {
			config, warnings := read(test.variables)
			require.Equal(t, test.sends, config != nil)
			if test.warns == "" {
				require.Empty(t, warnings)
				return
			}
			require.Len(t, warnings, 1)
			require.Contains(t, warnings[0], test.warns+" ")
			require.NotContains(t, warnings[0], canary)
		})
	}
}

func TestSamplers(t *testing.T) {
	low, high := [16]byte{0, 8: 0x10}, [16]byte{0xff, 8: 0xf0}
	for _, test := range []struct {
		name, sampler, ratio string
		// low and high are whether traces are taken that begin here, of an id whose second
		// half is small or great; sampled and not what a caller decided, of the low one.
		low, high, sampled, not bool
	}{
		{"default", "", "", true, true, true, false},
		{"always_on", "always_on", "", true, true, true, true},
		{"always_off", "always_off", "", false, false, false, false},
		{"half", "traceidratio", "0.5", true, false, true, true},
		{"none", "traceidratio", "0", false, false, false, false},
		{"all", "traceidratio", "1", true, true, true, true},
		{"without a ratio", "traceidratio", "", true, true, true, true},
		{"by the parent, all", "parentbased_always_on", "", true, true, true, false},
		{"by the parent, none", "parentbased_always_off", "", false, false, true, false},
		{"by the parent, half", "parentbased_traceidratio", "0.5", true, false, true, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			e, _ := exporter(t, map[string]string{
				"OTEL_TRACES_EXPORTER": "otlp", "OTEL_TRACES_SAMPLER": test.sampler, "OTEL_TRACES_SAMPLER_ARG": test.ratio,
			})
			require.Equal(t, test.low, e.Sample(low, false, false))
			require.Equal(t, test.high, e.Sample(high, false, false))
			require.Equal(t, test.sampled, e.Sample(low, true, true))
			require.Equal(t, test.not, e.Sample(low, true, false))
		})
	}
}
