package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
)

// TestMistakesOfPartials: whoever mends a template sees each call that leads
// nowhere, what is wrong in a partial once, and what is wrong behind its call.
func TestMistakesOfPartials(t *testing.T) {
	partials := engine.PartialMap{
		"broken": "{% if %}", "argument": "{{ a | append }}", "both": "{% render 'argument' %}{% include 'argument' %}",
	}
	const forbidden = "a value here could change the scheme or the host of the URL, or run as code: write / before it"
	const missing = "there is no such partial: create it or correct the name"
	const argument = "in partial \"argument\": filter `append` takes 1 argument(s): `append: text`"
	tests := []struct {
		name, source string
		context      engine.Context
		want         []string
	}{
		{"missing in text", "{% render 'no' %}\n{% render 'no' %}", engine.TextContext, []string{"1:1: " + missing, "2:1: " + missing}},
		{"missing in JSON", "[{% render 'no' %}1,\n{% render 'no' %}]", engine.JSONContext, []string{"1:2: " + missing, "2:1: " + missing}},
		{"no syntax", "[{% render 'broken' %},{% include 'broken' %}]", engine.JSONContext, []string{`1:7: in partial "broken": a value is missing here`}},
		{"called in two ways", "{% render 'argument' %}{% include 'argument' %}", engine.TextContext, []string{"1:8: " + argument}},
		{"called in two states", "[{% render 'argument' %},\"{% render 'argument' %}\"]", engine.JSONContext, []string{"1:8: " + argument}},
		{"called by a partial", "{% render 'both' %}{% render 'argument' %}", engine.TextContext, []string{"1:8: " + argument}},
		{"and what follows", "https://h{% render 'broken' %}{{ a }}", engine.URLContext,
			[]string{`1:7: in partial "broken": a value is missing here`, "1:31: " + forbidden}},
		{"and what follows a loop", "https://h{% render 'broken' for l %}{{ a }}", engine.URLContext,
			[]string{`1:7: in partial "broken": a value is missing here`, "1:37: " + forbidden}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := engine.Compile(test.source, engine.TemplateOptions{Context: test.context, Partials: partials})
			var wrong *engine.Error
			require.ErrorAs(t, err, &wrong)
			var got []string
			for _, d := range wrong.Details {
				got = append(got, d.String())
			}
			require.Equal(t, test.want, got)
		})
	}
}
