package macros_test

import (
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/macros"
)

func TestInvalidUTF8(t *testing.T) {
	for text, want := range map[string]macros.Pos{
		"": -1, "é\ufffd😀": -1, "\xff": 0, "\ufffd\xc3": 3, "a\xe2\x82": 1, "\xed\xa0\x80": 0, "ab\x80\x80": 2,
	} {
		t.Run(text, func(t *testing.T) {
			at, advice := macros.InvalidUTF8(text)
			require.Equal(t, want, at)
			require.Equal(t, utf8.ValidString(text), advice == "")
			_, err := macros.Parse(text, macros.Liquid)
			report := macros.Lint(text, macros.LintOptions{})
			if want < 0 {
				require.NoError(t, err)
				return
			}
			place := macros.PlaceOf(text, want)
			require.EqualError(t, err, place.String()+": "+advice)
			require.Equal(t, place, macros.Place{Line: report.Diagnostics[0].Line, Column: report.Diagnostics[0].Column})
			require.NotNil(t, report.Template)
		})
	}
}
