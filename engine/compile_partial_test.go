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
	const missing = "there is no partial \"no\": create it or correct the name"
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

// TestPartialsInBranches: what is called in a branch needs to exist, with its
// secrets, when the branch is taken and no earlier.
func TestPartialsInBranches(t *testing.T) {
	partials := engine.PartialMap{
		"gone": "{{ secrets.gone }}", "no": "[{% render 'nosuch' %}]", "maybe": "{% if x %}{% render 'nosuch' %}{% endif %}ok",
		"outer": "{% render 'gone' %}",
	}
	const missing = `there is no partial "nosuch": create it or correct the name`
	const secret = `secret "gone" does not exist in this scope: create it or correct the name`
	for _, test := range []struct {
		name, source string
		context      engine.Context
		// off and on are what is rendered, or the error, without and with x.
		off, on string
		// early says that the source does not compile.
		early bool
	}{
		{"if", "a{% if x %}{% render 'nosuch' %}{% endif %}b", engine.TextContext, "ab", "1:12: " + missing, false},
		{"else", "a{% unless x %}c{% else %}{% include 'nosuch' %}{% endunless %}b", engine.TextContext, "acb", "1:27: " + missing, false},
		{"case", "{% case x %}{% when true %}{% render 'nosuch' %}{% else %}c{% endcase %}", engine.TextContext, "c", "1:28: " + missing, false},
		{"loop", "{% for i in l %}{% render 'nosuch' %}{% endfor %}c", engine.TextContext, "c", "1:17: " + missing, false},
		{"loop in HTML", "{% for i in l %}{% render 'nosuch' %}{% endfor %}c", engine.HTMLContext, "c", "1:17: " + missing, false},
		{"JSON", `[{% if x %}{% render 'nosuch' %}{% else %}{{ s }}{% endif %}]`, engine.JSONContext, `["v"]`, "1:12: " + missing, false},
		{"in a partial", "{% render 'maybe', x: x %}", engine.TextContext, "ok", `1:11: in partial "maybe": ` + missing, false},
		{"of a partial in a branch", "{% if x %}{% render 'no' %}{% endif %}c", engine.TextContext, "c", `1:2: in partial "no": ` + missing, false},
		{"and outside too", "{% if x %}{% render 'no' %}{% endif %}{% render 'no' %}", engine.TextContext, `1:2: in partial "no": ` + missing, "", true},
		{"outside of branches", "{% capture c %}{% render 'nosuch' %}{% endcapture %}", engine.TextContext, "1:16: " + missing, "", true},
		{"a secret of one in a branch", "{% if x %}{% render 'gone' %}{% endif %}c", engine.TextContext, "c", `1:4: in partial "gone": ` + secret, false},
		{"a secret of one of one", "{% if x %}{% render 'outer' %}{% endif %}c", engine.TextContext, "c", `1:4: in partial "gone": ` + secret, false},
		{"a secret of one outside too", "{% if x %}{% render 'outer' %}{% endif %}{% include 'gone' %}c", engine.TextContext,
			`1:4: in partial "gone": ` + secret, `1:4: in partial "gone": ` + secret, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			compiled, err := engine.Compile(test.source, engine.TemplateOptions{Context: test.context, Partials: partials})
			if test.early {
				require.EqualError(t, err, test.off)
				return
			}
			require.NoError(t, err)
			for _, on := range []bool{false, true} {
				want, vars := test.off, map[string]any{"s": "v"}
				if on {
					want, vars = test.on, map[string]any{"s": "v", "x": true, "l": []any{1}}
				}
				out, err := compiled.Render(t.Context(), &engine.Request{Secrets: engine.Map{}, Vars: vars})
				if err != nil {
					require.EqualError(t, err, want)
					continue
				}
				require.Equal(t, want, out.Reveal())
			}
			report, err := engine.Lint(t.Context(), []engine.Source{{Text: test.source, Template: engine.TemplateOptions{Context: test.context, Partials: partials}}},
				engine.LintOptions{Resolver: engine.Map{}})
			require.NoError(t, err)
			require.False(t, report.Valid, "lint tells what is missing, wherever it stands")
		})
	}
}
