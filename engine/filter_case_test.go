package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
)

// The results are those of Ruby, which Liquid runs on: all of Unicode's
// SpecialCasing that depends on no language, and no Σ that knows its place.
func TestCaseFilters(t *testing.T) {
	for _, c := range []struct{ in, up, down, capital string }{
		{"", "", "", ""},
		{"hELLO you", "HELLO YOU", "hello you", "Hello you"},
		{"straße", "STRASSE", "straße", "Straße"},
		{"ßa", "SSA", "ßa", "Ssa"},
		{"ﬁn", "FIN", "ﬁn", "Fin"},
		{"ŉ", "ʼN", "ŉ", "ʼN"},
		{"ǆ", "Ǆ", "ǆ", "ǅ"},
		{"İI", "İI", "i̇i", "İi"},
		{"ΌΣΟΣ", "ΌΣΟΣ", "όσοσ", "Όσοσ"},
		{"éCOLE", "ÉCOLE", "école", "École"},
		{"ა", "Ა", "ა", "ა"},
		{"日本 3", "日本 3", "日本 3", "日本 3"},
		{"\xffa\xc3", "\xffA\xc3", "\xffa\xc3", "\xffa\xc3"},
	} {
		t.Run(c.in, func(t *testing.T) {
			for filter, want := range map[string]string{"upcase": c.up, "downcase": c.down, "capitalize": c.capital} {
				got, err := rendered("{{ x | "+filter+" }}", engine.TemplateOptions{}, &engine.Request{Vars: map[string]any{"x": c.in}})
				require.NoError(t, err)
				require.Equal(t, want, got, "%q | %s", c.in, filter)
			}
		})
	}
}
