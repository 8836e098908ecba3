package js

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWords says that what people read is written as in CEL and templates.
func TestWords(t *testing.T) {
	tests := []struct{ name, source, want string }{
		{"date of a text", `date("2024-02-29", "%d.%m.%Y")`, `"29.02.2024"`},
		{"date of a Date", `date(new Date(0), "%Y")`, `"1970"`},
		{"date in a zone and a locale", `date("2024-03-01T23:30:00Z", "%A, %H:%M", "Europe/Berlin", "de")`, `"Samstag, 00:30"`},
		{"no date", `date("soon", "%Y")`, `"soon"`},
		{"zone", `timezone("2024-02-29T12:00:00Z", "America/New_York")`, `"2024-02-29T07:00:00-05:00"`},
		{"delimiter", `number_with_delimiter(1234567.5)`, `"1,234,567.5"`},
		{"delimiters", `number_with_delimiter("1234567.5", ".", ",")`, `"1.234.567,5"`},
		{"precision", `number_with_precision(2.345, 2)`, `"2.35"`},
		{"no number", `number_with_precision("x", 2)`, `"x"`},
		{"currency", `currency(1234.5, "USD")`, `"$1,234.50"`},
		{"one", `pluralize(1, "item", "items")`, `"item"`},
		{"many", `pluralize(2, "item", "items")`, `"items"`},
		{"sentence", `to_sentence(["a", "b", "c"])`, `"a, b, and c"`},
		{"sentence of two", `to_sentence(["a", 2], "; ", " & ")`, `"a & 2"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			require.Equal(t, test.want, evaluated(t, test.source, nil))
		})
	}
}
