package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

func TestMacrosInTexts(t *testing.T) {
	secrets := engine.Map{"k": redact.NewSecret("sk-12345678"), "q": redact.NewSecret(`a"b\c`)}
	for _, c := range []struct {
		name, template, as, want string
	}{
		{"argument", `{{ t | default: "Bearer <<Secrets.k>>" }}`, "text", "Bearer sk-12345678"},
		{"two", `{{ t | default: "<<secrets.k>>:<< SECRETS['k'] >>!" }}`, "text", "sk-12345678:sk-12345678!"},
		{"in a macro", `<<t | default: "Bearer <<Secrets.k>>">>.`, "text", "Bearer sk-12345678."},
		{"in a macro of a syntax without objects", `<<t | default: "Bearer <<Secrets.k>>" | append: '<<Secrets.k>>'>>.`, "macros", "Bearer sk-12345678sk-12345678."},
		{"what is no argument stays text", `{{ "Bearer <<Secrets.k>>" }}`, "text", "Bearer <<Secrets.k>>"},
		{"of a partial", `{% render "p", a: "Bearer <<Secrets.k>>" %}`, "text", "[Bearer sk-12345678]"},
		{"variables stay text", `{{ t | default: "Hi <<name>>" }}`, "text", "Hi <<name>>"},
		{"odd backslashes", `{{ t | default: "\<<Secrets.k>> \\\<<Secrets.k>>" }}`, "text", `<<Secrets.k>> \\<<Secrets.k>>`},
		{"even backslashes", `{{ t | default: "\\<<Secrets.k>>" }}`, "text", `\\sk-12345678`},
		{"escaped once", `{"a": "{{ t | default: "B <<Secrets.q>>" }}"}`, "json", `{"a": "B a\"b\\c"}`},
		{"conditions compare text", `{% if "<<Secrets.k>>" == "<<Secrets.k>>" %}yes{% endif %}`, "text", "yes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			options := engine.TemplateOptions{Partials: engine.PartialMap{"p": "[{{ a }}]"}}
			switch c.as {
			case "json":
				options.Context = engine.JSONContext
			case "macros":
				options.Syntax = macros.Macros
			}
			got, err := rendered(c.template, options, &engine.Request{Secrets: secrets})
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestMacrosThatAreNoText(t *testing.T) {
	for _, c := range []struct {
		name, template string
		column         int
	}{
		{"in a macro", "<<zz | default: <<b>>>>", 17},
		{"second argument", "a <<zz | replace: 'a', <<b>>>> c", 24},
		{"named argument", "<<zz | default: 1, allow_false: <<b>>>>", 33},
		{"of a secret", "<<Secrets.k | default: <<Secrets.b>>>>", 24},
		{"in an object", "{{ zz | default: <<b>> }}", 18},
		{"filters in a text", `{{ zz | default: "<<Secrets.k | upcase>>" }}`, 31},
		{"not closed in a text", `{{ zz | default: "<<Secrets.k" }}`, 19},
		{"not an alias", `{{ zz | default: "<<Secrets.>>" }}`, 29},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := engine.Compile(c.template, engine.TemplateOptions{})
			var e *engine.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, engine.TemplateSyntax, e.Code)
			require.Equal(t, c.column, e.Details[0].Column)
		})
	}
}
