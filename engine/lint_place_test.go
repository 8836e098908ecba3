package engine_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
)

// TestLintOfPlaces: what compiles and may be refused when it is rendered is a
// warning with its place.
func TestLintOfPlaces(t *testing.T) {
	for _, test := range []struct {
		name, source string
		context      engine.Context
		part         string
		want         []string
	}{
		{"script", "<script>var a = {{ a }};</script>", engine.HTMLContext, "", []string{"1:17 suspect_place"}},
		{"script with JSON", "<script>var a = {{ a | json }}, b = '{{ b }}';</script>", engine.HTMLContext, "", nil},
		{"script in a loop", "<script>{% for i in l %}f({{ i }});{% endfor %}</script>", engine.HTMLContext, "", []string{"1:27 suspect_place"}},
		{"style", "<p style='color: {{ a }}'><style>a { color: {{ a }} }</style>", engine.HTMLContext, "", []string{"1:18 suspect_place", "1:45 suspect_place"}},
		{"comma", "[{% for i in l %}{{ i }},\n{% endfor %} ]", engine.JSONContext, "", []string{"1:25 suspect_place"}},
		{"comma of an object", `{"a":{ {% for i in l %}"{{ i }}":1, {% endfor %}}}`, engine.JSONContext, "", []string{"1:35 suspect_place"}},
		{"no comma behind the last", "[{% for i in l %}{{ i }}{% unless forloop.last %},{% endunless %}{% endfor %}]", engine.JSONContext, "", nil},
		{"more behind the loop", "[{% for i in l %}{{ i }},{% endfor %}1]", engine.JSONContext, "", nil},
		{"a title", "{{ secrets.x }}", engine.TextContext, "title", []string{"1:4 secret_shown"}},
		{"a signed title", "{{ a | hmac: secrets.x }}", engine.TextContext, "title", nil},
		{"a header", "{{ secrets.x }}", engine.HeaderContext, "subject", nil},
		{"another part", "{{ secrets.x }}", engine.TextContext, "token", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := engine.TemplateOptions{Context: test.context}
			_, err := engine.Compile(test.source, o)
			require.NoError(t, err)
			report, err := engine.Lint(t.Context(), []engine.Source{{Name: test.part, Text: test.source, Template: o}}, engine.LintOptions{})
			require.NoError(t, err)
			require.True(t, report.Valid)
			var got []string
			for _, d := range report.Diagnostics {
				got = append(got, fmt.Sprintf("%d:%d %s", d.Line, d.Column, d.Code))
			}
			require.Equal(t, test.want, got)
		})
	}
	t.Run("the comma is the place of the error", func(t *testing.T) {
		_, err := rendered("[{% for i in l %}{{ i }},{% endfor %}]", engine.TemplateOptions{Context: engine.JSONContext}, &engine.Request{Vars: map[string]any{"l": []any{1}}})
		require.ErrorContains(t, err, "1:25: this comma stands behind the last item too")
	})
}
