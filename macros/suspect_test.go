package macros_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/macros"
)

// TestSuspicions: lint tells what is read and likely not meant, with its place.
func TestSuspicions(t *testing.T) {
	for _, test := range []struct {
		name, source string
		// want has place and code, with the beginning of the message.
		want []string
	}{
		{"else if", "{% if a %}1{% else if b %}2{% endif %}", []string{"1:15 suspect_tag `else if`"}},
		{"else with more", "{% unless a %}1{% else b %}2{% endunless %}", []string{"1:19 suspect_tag what stands"}},
		{"else", "{% if a %}1{% else -%}2{% endif %}", nil},
		{"letters of a date", "{{ d | date: 'YYYY-MM-DD' }}", []string{"1:8 suspect_filter this format"}},
		{"a date", "{{ d | date: '%Y MM' }}{{ d | date: f }}", nil},
		{"length", "{{ a.b.length }}", []string{"1:8 suspect_filter `.length`"}},
		{"length of a loop", "{% for i in l %}{{ forloop.length }}{% endfor %}", nil},
		{"three braces", "Hi {{ name }}}", []string{"1:14 suspect_object this brace"}},
		{"three braces of JSON", `{"a":{{ name }}}{"b":{"c":{{ x }}}}`, nil},
		{"break", "{% break %}", []string{"1:1 suspect_tag `break`"}},
		{"continue in a branch", "{% if a %}{% continue %}{% endif %}", []string{"1:11 suspect_tag `continue`"}},
		{"break in a loop", "{% for i in l %}{% if i %}{% break %}{% endif %}{% endfor %}{% tablerow i in l %}{% break %}{% endtablerow %}", nil},
		{"a macro between letters", "a<<b>>c", []string{"1:2 suspect_macro this puts"}},
		{"a known one", "a<<known>>c<<known.x>>d", nil},
		{"one that the template sets", "{% assign b = 1 %}a<<b>>c", nil},
		{"an object", "a{{ b }}c", nil},
		{"behind a command", "cat <<EOF >>log\n$ tee x <<EOT>>", []string{"1:5 suspect_macro this puts", "2:9 suspect_macro this puts"}},
		{"behind a word", "Hello <<name>> and <<other>>", nil},
		{"a macro in a condition", `{% if a == "<<Secrets.x>>" %}{% endif %}`, []string{"1:13 suspect_macro this macro stays text"}},
		{"a macro of a variable in an argument", `{{ a | append: "x <<b>> <<secrets.c>>" }}`, []string{"1:19 suspect_macro this macro stays text"}},
		{"no macro in a text", `{{ "1 << 2" }}{{ a | append: "\<<b>>" }}`, nil},
		{"a tag in braces", "{{ else }}{{ this.name }}", []string{"1:4 suspect_tag `else`", "1:14 suspect_tag `this`"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			variables := []string(nil)
			if test.name == "a known one" {
				variables = []string{"known"}
			}
			var got []string
			for i, d := range macros.Lint(test.source, macros.LintOptions{Variables: variables}).Diagnostics {
				found := fmt.Sprintf("%d:%d %s %s", d.Line, d.Column, d.Code, d.Message)
				if i < len(test.want) {
					found = found[:min(len(found), len(test.want[i]))]
				}
				got = append(got, found)
				require.Equal(t, macros.SeverityWarning, d.Severity)
			}
			require.Equal(t, test.want, got)
		})
	}
	require.Empty(t, macros.Lint("{% break %}", macros.LintOptions{Partial: true}).Diagnostics, "a loop may call a partial")
}

// TestHints: a mistake with a likely cause is told that.
func TestHints(t *testing.T) {
	for _, test := range []struct{ name, source, want string }{
		{"no-break space", "{{ a\u00a0| upcase }}", "1:5: a no-break space"},
		{"no-break space in a tag", "{%\u00a0if a %}{% endif %}", "1:3: a no-break space"},
		{"zero-width space", "{{ \u200ba }}", "1:4: a no-break space or another invisible letter"},
		{"smart quotes", "{{ a | default: “x” }}", "1:17: these quotes are typographic"},
		{"greater than", "{% if a &gt; 1 %}{% endif %}", "1:9: `&gt;` is how HTML spells >"},
		{"a quote of HTML", "{{ &quot;x&quot; }}", "1:4: `&quot;` is how HTML spells a quote"},
		{"Handlebars if", "{{#if a}}x{{/if}}", "1:3: this is Handlebars"},
		{"Handlebars each", "{{#each a}}x{{/each}}", "1:3: this is Handlebars: write {% for"},
		{"Handlebars partial", "{{> foot }}", "1:3: this is Handlebars: write {% render"},
		{"Handlebars braces", "{{{ a }}}", "1:3: three braces are Handlebars"},
		{"an object in a tag", "{% if {{ a }} %}{% endif %}", "1:7: an object cannot stand inside a tag"},
		{"and", "{% if a && b %}{% endif %}", "1:9: conditions are joined with `and`"},
		{"or", "{% if a || b %}{% endif %}", "1:9: conditions are joined with `or`"},
		{"not", "{% if !a %}{% endif %}", "1:7: there is no !"},
		{"one equals sign", "{% if a = 1 %}{% endif %}", "1:9: values are compared with =="},
		{"plus", "{{ a + 1 }}", "1:6: there is no + here"},
		{"division", "{{ a / 2 }}", "1:6: there is no / here"},
		{"a choice", "{{ a ? 1 : 2 }}", "1:6: there is no ? : here"},
		{"anything else", "{{ a $ }}", "1:6: unexpected `$`"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := macros.Parse(test.source, macros.Liquid)
			require.ErrorContains(t, err, test.want)
		})
	}
}
