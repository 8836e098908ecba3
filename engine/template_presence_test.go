package engine_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
)

// TestPresenceInTemplates asks for the truth of references in every tag that does.
func TestPresenceInTemplates(t *testing.T) {
	tests := []struct {
		reference string
		// want is the answer of a send, and exists whether the record is there.
		want, exists bool
	}{
		{"secrets.token", true, true}, {"Secrets['TOKEN']", true, true}, {"SECRETS.Token", true, true},
		{"secrets.gone", false, false}, {"secrets.old", false, false}, {"secrets['no-such']", false, false}, {"secrets.gone.field", false, false},
		{"secrets.smtp", true, true}, {"secrets.smtp.Password", true, true}, {"secrets.smtp.nope", false, true}, {"secrets.token.nope", false, true},
		{"secrets.cfg", true, true}, {"secrets.cfg.on", true, true}, {"secrets.cfg.off", false, true}, {"secrets.cfg.none", false, true},
		{"secrets.cfg['empty']", false, true}, {"secrets.cfg.zero", true, true}, {"secrets.cfg.text", true, true}, {"secrets.cfg.list", true, true},
		{"secrets.cfg.list[0]", false, true}, {"secrets.cfg.object.a.b", false, true}, {"secrets.cfg[no]", false, true},
		{"secrets.cfg[on]", true, true}, {"secrets.cfg[nosuch]", false, true},
	}
	forms := map[string]func(bool) bool{
		"{% if %s %}y{% else %}n{% endif %}":                                                func(p bool) bool { return p },
		"{% unless %s %}y{% else %}n{% endunless %}":                                        func(p bool) bool { return !p },
		"{% if no %}{% elsif %s %}y{% else %}n{% endif %}":                                  func(p bool) bool { return p },
		"{% if %s and n > 1 %}y{% else %}n{% endif %}":                                      func(p bool) bool { return p },
		"{% if n > 1 and %s %}y{% else %}n{% endif %}":                                      func(p bool) bool { return p },
		"{% if n > 5 or n and nosuch or %s %}y{% else %}n{% endif %}":                       func(p bool) bool { return p },
		"{% if %s or %[1]s %}y{% else %}n{% endif %}":                                       func(p bool) bool { return p },
		"{% liquid\nif %s\necho 'y'\nelse\necho 'n'\nendif %}":                              func(p bool) bool { return p },
		"{% capture c %}{% if %s %}y{% else %}n{% endif %}{% endcapture %}{{ c }}":          func(p bool) bool { return p },
		"{% for i in (1..1) %}{% unless %s %}y{% else %}n{% endunless %}{% endfor %}":       func(p bool) bool { return !p },
		"{% if true %}{% if %s %}y{% else %}n{% endif %}{% endif %}":                        func(p bool) bool { return p },
		"{% case 1 %}{% when 1 %}{% if %s %}y{% else %}n{% endif %}{% else %}{% endcase %}": func(p bool) bool { return p },
	}
	for _, test := range tests {
		t.Run(test.reference, func(t *testing.T) {
			for form, want := range forms {
				t.Run(form, func(t *testing.T) {
					source := fmt.Sprintf(markPercent(form), test.reference)
					for _, preview := range []bool{false, true} {
						present := test.want
						if preview {
							present = test.exists
						}
						got, err := rendered(source, engine.TemplateOptions{}, &engine.Request{
							Vars:    map[string]any{"n": int64(3), "no": false, "on": "on"},
							Secrets: presenceSecrets(t), Preview: preview,
						})
						require.NoError(t, err, source)
						require.Equal(t, map[bool]string{true: "y", false: "n"}[want(present)], got, "%s, preview: %t", source, preview)
					}
				})
			}
		})
	}
}

// markPercent doubles the percent signs of tags, which are no verbs.
func markPercent(form string) string {
	out := make([]byte, 0, 2*len(form))
	for i := range len(form) {
		if out = append(out, form[i]); form[i] == '%' && (i > 0 && form[i-1] == '{' || i+1 < len(form) && form[i+1] == '}') {
			out = append(out, '%')
		}
	}
	return string(out)
}

// TestPresenceIsNoValue: what is not only asked for its truth must exist, and what
// may not be used stays an error.
func TestPresenceIsNoValue(t *testing.T) {
	for _, test := range []struct {
		name, source string
		required     []string
		code         engine.Code
	}{
		{"compared", "{% if secrets.gone == 'x' %}{% endif %}", nil, engine.SecretMissing},
		{"compared in a join", "{% if true and secrets.gone contains 'x' %}{% endif %}", nil, engine.SecretMissing},
		{"printed in the branch", "{% unless secrets.gone %}{{ secrets.gone }}{% endunless %}", nil, engine.SecretMissing},
		{"subject of case", "{% case secrets.gone %}{% endcase %}", nil, engine.SecretMissing},
		{"undeclared", "{% if secrets.token %}{% endif %}", []string{"smtp"}, engine.SecretNotDeclared},
		{"computed and undeclared", "{% if secrets[name] %}{% endif %}", []string{"smtp"}, engine.SecretNotDeclared},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := rendered(test.source, engine.TemplateOptions{}, &engine.Request{
				Secrets: presenceSecrets(t), Required: test.required, Vars: map[string]any{"name": "token"},
			})
			var failed *engine.Error
			require.ErrorAs(t, err, &failed)
			require.Equal(t, test.code, failed.Code)
		})
	}
	t.Run("computed and declared", func(t *testing.T) {
		got, err := rendered("{% if secrets[name] %}y{% endif %}", engine.TemplateOptions{}, &engine.Request{
			Secrets: presenceSecrets(t), Required: []string{"token"}, Vars: map[string]any{"name": "Token"},
		})
		require.NoError(t, err)
		require.Equal(t, "y", got)
	})
	t.Run("a provider that is down", func(t *testing.T) {
		_, err := rendered("{% if secrets.token %}y{% endif %}", engine.TemplateOptions{}, &engine.Request{Secrets: down{}})
		var failed *engine.Error
		require.ErrorAs(t, err, &failed)
		require.Equal(t, engine.ResolverUnavailable, failed.Code)
	})
	t.Run("lint tells a missing one", func(t *testing.T) {
		report, err := engine.Lint(t.Context(), []engine.Source{{Text: "{% if secrets.gone %}{% endif %}"}}, engine.LintOptions{Resolver: presenceSecrets(t)})
		require.NoError(t, err)
		require.True(t, report.Valid)
		require.Len(t, report.Diagnostics, 1)
		require.Equal(t, string(engine.SecretMissing), report.Diagnostics[0].Code)
	})
}
