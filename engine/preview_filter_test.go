package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/redact"
)

// A filter that cannot take a placeholder passes it on: a preview does not fail
// where the send would not. What is wrong without any secret stays wrong.
func TestPreviewPassesPlaceholders(t *testing.T) {
	secrets := engine.Map{"num": redact.NewSecret("5"), "blob": redact.NewSecret("aGVsbG8gd29ybGQ=")}
	for source, want := range map[string]string{
		"{{ 1 | divided_by: secrets.num }}":                      "[secrets.num]",
		"{{ secrets.blob | base64_decode }}":                     "[secrets.blob]",
		"{{ secrets.blob | base64_decode | upcase }}":            "[SECRETS.BLOB]",
		"{% assign n = secrets.num %}{{ 10 | modulo: n }}":       "[secrets.num]",
		"{% capture c %}<<secrets.blob>>{% endcapture %}{{ c }}": "[secrets.blob]",
		"{{ secrets.blob | size }}":                              "14",
	} {
		template, err := engine.Compile(source, engine.TemplateOptions{})
		require.NoError(t, err)
		output, err := template.Render(t.Context(), &engine.Request{Secrets: secrets, Preview: true})
		require.NoError(t, err, source)
		require.Equal(t, want, output.Reveal(), source)
	}
	template, err := engine.Compile("{{ secrets.num }}{{ 1 | divided_by: 0 }}", engine.TemplateOptions{})
	require.NoError(t, err)
	_, err = template.Render(t.Context(), &engine.Request{Secrets: secrets, Preview: true})
	require.ErrorContains(t, err, "division by zero")
}
