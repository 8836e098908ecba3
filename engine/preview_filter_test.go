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
		t.Run(source, func(t *testing.T) {
			template, err := engine.Compile(source, engine.TemplateOptions{})
			require.NoError(t, err)
			output, err := template.Render(t.Context(), &engine.Request{Secrets: secrets, Preview: true})
			require.NoError(t, err, source)
			require.Equal(t, want, output.Reveal(), source)
		})
	}
	template, err := engine.Compile("{{ secrets.num }}{{ 1 | divided_by: 0 }}", engine.TemplateOptions{})
	require.NoError(t, err)
	_, err = template.Render(t.Context(), &engine.Request{Secrets: secrets, Preview: true})
	require.ErrorContains(t, err, "division by zero")
}

// What a placeholder is compared with, counts or is the host of, only a send can
// judge.
func TestPreviewJudgesNoPlaceholder(t *testing.T) {
	json, err := redact.NewJSON([]byte(`{"n":2,"host":"api.example.com:8080"}`))
	require.NoError(t, err)
	for _, c := range []struct{ context, source, preview, send string }{
		{"", `{% if secrets.j.n > 1 %}y{% else %}n{% endif %}{% if 3 <= secrets.j.n %}y{% endif %}`, "n", "y"},
		{"", `{% for i in l limit: secrets.j.n %}{{ i }}{% endfor %}`, "123", "12"},
		{"", `{% for i in l offset: secrets.j.n %}{{ i }}{% endfor %}`, "123", "3"},
		{"url", `https://{{ secrets.j.host }}/{{ secrets.j.n }}`, "https://%5Bsecrets.j.host%5D/%5Bsecrets.j.n%5D", "https://api.example.com:8080/2"},
		{"url", `https://a:{{ secrets.j.n }}/{{ secrets.j.n | url_encode }}`, "https://a:%5Bsecrets.j.n%5D/%5Bsecrets.j.n%5D", "https://a:2/2"},
		{"url", `{% capture u %}https://{{ secrets.j.host }}/x{% endcapture %}{{ u }}`, "https://%5Bsecrets.j.host%5D/x", "https://api.example.com:8080/x"},
	} {
		t.Run(c.source, func(t *testing.T) {
			where, _ := engine.ParseContext(c.context)
			for _, preview := range []bool{true, false} {
				got, err := rendered(c.source, engine.TemplateOptions{Context: where}, &engine.Request{
					Vars: map[string]any{"l": []any{1, 2, 3}}, Secrets: engine.Map{"j": json}, Preview: preview,
				})
				require.NoError(t, err, c.source)
				want := c.send
				if preview {
					want = c.preview
				}
				require.Equal(t, want, got, c.source)
			}
		})
	}
}
