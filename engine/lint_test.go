package engine_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// lint returns "severity code line:column" of each finding.
func lint(t *testing.T, o engine.LintOptions, sources ...engine.Source) []string {
	t.Helper()
	report, err := engine.Lint(context.Background(), sources, o)
	require.NoError(t, err)
	var found []string
	valid := true
	for _, d := range report.Diagnostics {
		found = append(found, fmt.Sprintf("%s %s %d:%d", d.Severity, d.Code, d.Line, d.Column))
		valid = valid && d.Severity != macros.SeverityError
	}
	require.Equal(t, valid, report.Valid)
	return found
}

func TestLintFindsAllThatCompileRefuses(t *testing.T) {
	partials := engine.PartialMap{"good": "{{ x }}", "bad": "{{ a | nosuch }}{% if %}\n{{ b | date }}{% endif %}<<a "}
	tests := []struct {
		name, text string
		context    engine.Context
		want       []string
	}{
		{"right", "{{ a | date: 'x' }}", engine.TextContext, nil},
		{"arguments", "{{ a | date }} {{ b | upcase: 1 }} {{ c | default: 1, no: 2 }}", engine.TextContext,
			[]string{"error template_syntax 1:8", "error template_syntax 1:23", "error template_syntax 1:43"}},
		{"filters", "{{ a | upcas }}{% if b | x %}{% endif %}", engine.TextContext,
			[]string{"error unknown_filter 1:8", "error template_syntax 1:24"}},
		{"behind broken syntax", "{{ a | }} {{ b | date }}", engine.JSONContext,
			[]string{"error template_syntax 1:8", "error template_syntax 1:18"}},
		{"a place", `{"a":`, engine.JSONContext, []string{"error template_syntax 1:6"}},
		{"a tag", "{% tablerow a in b %}{% endtablerow %}", engine.URLContext, []string{"error template_syntax 1:1"}},
		{"missing partials", "{% render 'no' %}{% if a %}{% include 'no' %}{% endif %}{% render 'good' %}", engine.TextContext,
			[]string{"error template_syntax 1:1", "error template_syntax 1:28"}},
		{"a broken partial", "{% render 'bad' %}", engine.TextContext, []string{
			"error unknown_filter 1:8", "error template_syntax 1:23", "error template_syntax 2:8", "warning suspect_macro 2:26",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := lint(t, engine.LintOptions{}, engine.Source{
				Text: test.text, Template: engine.TemplateOptions{Context: test.context, Partials: partials},
			})
			require.Equal(t, test.want, got)
		})
	}
}

func TestLintOfExpressions(t *testing.T) {
	source := func(name, text string) engine.Source {
		return engine.Source{Name: name, Text: text, Language: engine.CEL}
	}
	require.Equal(t, []string{"error expression_syntax 1:11", "error expression_syntax 2:3"},
		lint(t, engine.LintOptions{}, source("", "size(1) + size(2)"), source("b", "\n  nope(3)"))[1:])
	require.Equal(t, []string{"warning unknown_variable 1:8"},
		lint(t, engine.LintOptions{Variables: []string{"name"}}, source("", "name + nmae")))
	require.Empty(t, lint(t, engine.LintOptions{}, source("", "name + nmae")), "variables are not known")
	for text, want := range map[string][]string{
		`"Bearer ${secrets.tok}"`:                                     {"warning bare_reference 1:11"},
		`'Bearer ${ Secrets.TOK }'`:                                   {"warning bare_reference 1:12"},
		`{"a": '${secrets["t-k"].x}', "b": r"${n+secrets.t}"}`:        {"warning bare_reference 1:10", "warning bare_reference 1:41"},
		"\"\"\"\n${secrets.a} ${secrets.b}\"\"\"":                     {"warning bare_reference 2:3", "warning bare_reference 2:16"},
		"`Bearer ${secrets.tok} \\${secrets.a}`":                      nil,
		`"costs $5 {secrets} ${secret.a} ${my.secrets.a} ${secrets}"`: nil,
	} {
		t.Run(text, func(t *testing.T) {
			require.Equal(t, want, lint(t, engine.LintOptions{}, source("", text)), text)
		})
	}
}

func TestLintLimits(t *testing.T) {
	require.Equal(t, []string{"error limit_exceeded 0:0"}, lint(t, engine.LintOptions{}, engine.Source{
		Text: "12345", Template: engine.TemplateOptions{Limits: engine.Limits{TemplateBytes: 4}},
	}))
	require.Equal(t, []string{"error limit_exceeded 1:5"}, lint(t, engine.LintOptions{}, engine.Source{
		Text: "12345", Language: engine.CEL, Expression: engine.ExpressionOptions{Limits: engine.ExpressionLimits{Source: 4}},
	}))
}

func TestLintReferences(t *testing.T) {
	sources := []engine.Source{
		{Name: "t", Text: "{% if x %}<<secrets.a>>{% endif %} <<secrets.no | default: 'x'>> {% render 'p' %}", Template: engine.TemplateOptions{
			Partials: engine.PartialMap{"p": "<<secrets.in_partial | default: 1>>"},
		}},
		{Name: "u", Text: "secrets.b.c", Language: engine.CEL},
	}
	statuses := func(o engine.LintOptions) (all []string) {
		report, err := engine.Lint(context.Background(), sources, o)
		require.NoError(t, err)
		for _, m := range report.References {
			all = append(all, m.Part+" "+m.Alias+"."+m.Field+" "+m.Status)
		}
		return all
	}
	known := engine.Map{"a": redact.NewSecret("sec-1f8a6b3c")}
	require.Equal(t, []string{"t a. ", "t no. ", "u b.c "}, statuses(engine.LintOptions{}))
	require.Equal(t, []string{"t a. known", "t no. missing", "u b.c missing"}, statuses(engine.LintOptions{Resolver: known}))
	require.Equal(t, []string{"t a. known", "t no. undeclared", "u b.c undeclared"},
		statuses(engine.LintOptions{Resolver: known, Required: []string{"A"}}))
	require.Equal(t, []string{"warning secret_missing 0:0", "warning secret_missing 1:38", "error secret_missing 1:1"},
		lint(t, engine.LintOptions{Resolver: known}, sources...))

	_, err := engine.Lint(context.Background(), sources, engine.LintOptions{Required: []string{"a b"}})
	var wrong *engine.Error
	require.ErrorAs(t, err, &wrong)
	require.Equal(t, engine.InvalidRequest, wrong.Code)
	_, err = engine.Lint(context.Background(), sources, engine.LintOptions{Resolver: down{}})
	require.ErrorAs(t, err, &wrong)
	require.Equal(t, engine.ResolverUnavailable, wrong.Code)
}

// An error about a secret of a partial stands for a render that fails.
func TestLintReferencesInPartials(t *testing.T) {
	partials := engine.PartialMap{
		"covered": "<<secrets.no | default: 'x'>>", "strict": "<<secrets.no>>",
		"both": "{% render 'covered' %}{% render 'strict' %}", "computed": "{{ secrets[n] }}",
	}
	for _, test := range []struct {
		name, source string
		required     []string
		want         []string
	}{
		{"covered", "{% render 'covered' %}", nil, []string{"warning secret_missing 0:0"}},
		{"covered twice", "{% render 'covered' %}<<secrets.no | default: 1>>", nil, []string{"warning secret_missing 1:25"}},
		{"not covered", "{% render 'strict' %}", nil, []string{"error secret_missing 0:0"}},
		{"once not covered", "{% render 'both' %}", nil, []string{"error secret_missing 0:0"}},
		{"covered in the template alone", "{% render 'strict' %}<<secrets.no | default: 1>>", nil,
			[]string{"error secret_missing 0:0", "warning secret_missing 1:24"}},
		{"not covered in either", "{% render 'strict' %}<<secrets.no>>", nil, []string{"error secret_missing 1:24"}},
		{"computed", "{% render 'computed' %}", nil, []string{"error secret_not_declared 0:0"}},
		{"computed and declared", "{% include 'computed' %}", []string{"known"}, nil},
		{"undeclared", "{% render 'covered' %}", []string{}, []string{"error secret_not_declared 0:0"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			known := engine.Map{"known": redact.NewSecret("sec-1f8a6b3c")}
			o := engine.TemplateOptions{Partials: partials}
			require.Equal(t, test.want, lint(t, engine.LintOptions{Resolver: known, Required: test.required},
				engine.Source{Text: test.source, Template: o}))

			compiled, err := engine.Compile(test.source, o)
			require.NoError(t, err)
			_, err = compiled.Render(t.Context(), &engine.Request{
				Secrets: known, Required: test.required, Vars: map[string]any{"n": "known"},
			})
			fails := len(test.want) > 0 && strings.HasPrefix(test.want[0], "error")
			require.Equal(t, fails, err != nil, "%v", err)
		})
	}
}

// down is a provider that does not answer.
type down struct{}

func (down) Resolve(context.Context, []string, []macros.Status, []redact.Secret) error {
	return errors.New("no answer")
}
