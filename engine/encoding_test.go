package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/macros"
)

// TestSourcesAreUTF8: every way to read a source refuses the first byte that is
// none, in every context and syntax.
func TestSourcesAreUTF8(t *testing.T) {
	for name, test := range map[string]struct{ source, place, advice string }{
		"a byte":        {"é\nab\xffc", "2:3", "this byte is not UTF-8"},
		"a cut letter":  {"'a' + '\xc3'", "1:8", "this byte is not UTF-8"},
		"latin-1":       {"'caf\xe9'", "1:5", "this byte is not UTF-8"},
		"in a tag":      {"{{ 'a\xff' }}", "1:6", "this byte is not UTF-8"},
		"UTF-16":        {"\xff\xfea\x00b\x00", "1:1", "this text is UTF-16"},
		"big endian":    {"\xfe\xff\x00a\x00b", "1:1", "this text is UTF-16"},
		"behind a mark": {"\ufeffab\xff", "1:3", "this byte is not UTF-8"},
		"a surrogate":   {"\xed\xa0\x80", "1:1", "this byte is not UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			for context := range map[engine.Context]bool{engine.TextContext: true, engine.JSONContext: true, engine.HTMLContext: true, engine.URLContext: true, engine.HeaderContext: true} {
				for _, syntax := range []macros.Syntax{macros.Liquid, macros.Macros, macros.Bare} {
					o := engine.TemplateOptions{Context: context, Syntax: syntax}
					_, err := engine.Compile(test.source, o)
					require.ErrorContains(t, err, test.place+": "+test.advice)
					require.Equal(t, engine.TemplateSyntax, err.(*engine.Error).Code)
					require.Equal(t, []string{test.place + " error template_syntax " + test.advice}, briefly(t, engine.Source{Text: test.source, Template: o}, len(test.advice)))
				}
			}
			_, err := engine.CompileExpression(test.source, engine.ExpressionOptions{})
			require.ErrorContains(t, err, test.place+": "+test.advice)
			require.Equal(t, engine.ExpressionSyntax, err.(*engine.Error).Code)
			require.Equal(t, []string{test.place + " error expression_syntax " + test.advice}, briefly(t, engine.Source{Text: test.source, Language: engine.CEL}, len(test.advice)))
			_, err = engine.Compile("{% render 'part' %}", engine.TemplateOptions{Partials: engine.PartialMap{"part": test.source}})
			require.ErrorContains(t, err, test.advice)
		})
	}
}

// briefly lints a source; of each message it keeps so many bytes.
func briefly(t *testing.T, s engine.Source, n int) []string {
	t.Helper()
	var all []string
	report, err := engine.Lint(t.Context(), []engine.Source{s}, engine.LintOptions{})
	require.NoError(t, err)
	for _, d := range report.Diagnostics {
		place := macros.Place{Line: d.Line, Column: d.Column}
		all = append(all, place.String()+" "+string(d.Severity)+" "+d.Code+" "+d.Message[:min(n, len(d.Message))])
	}
	return all
}

// TestMarksAreSkipped: a byte order mark at the start is no part of a source, and
// counts in no place.
func TestMarksAreSkipped(t *testing.T) {
	tmpl, err := engine.Compile("\ufeff{{ n }}\ufeff", engine.TemplateOptions{})
	require.NoError(t, err)
	out, err := tmpl.Append(t.Context(), &engine.Request{Vars: map[string]any{"n": 1}}, nil)
	require.NoError(t, err)
	require.Equal(t, "1\ufeff", string(out))
	_, err = engine.Compile("\ufeff{{ n | nosuch }}", engine.TemplateOptions{})
	require.ErrorContains(t, err, "1:8: ")
	result, err := evaluated(t, "\ufeff1 + 2", &engine.Request{})
	require.NoError(t, err)
	require.Equal(t, int64(3), result.Value.Reveal())
	_, err = evaluated(t, "\ufeffnope", &engine.Request{})
	require.ErrorContains(t, err, "1:1: ")
}
