package redact_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
)

// TestJSONOfOtherLanguages has what encoders write that escape more for HTML
// than encoding/json does.
func TestJSONOfOtherLanguages(t *testing.T) {
	r := redact.New(redact.NewSecret("c2VjcmV0dG9rZW4="), redact.NewSecret(`it's<a>"\+é=b`))
	for name, text := range map[string]string{
		"Gson, base64":     `c2VjcmV0dG9rZW4\u003d`,
		"Gson":             `it\u0027s\u003ca\u003e\"\\+é\u003db`,
		"Jinja":            `it\u0027s\u003ca\u003e\"\\+\u00e9=b`,
		"System.Text.Json": `it\u0027s\u003Ca\u003E\u0022\\\u002B\u00E9=b`,
	} {
		require.Equal(t, `{"k":"[REDACTED]"}`, r.String(`{"k":"`+text+`"}`), name)
	}
}
