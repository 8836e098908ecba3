package macros_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sotto-render/sotto/macros"
)

func ExampleLint() {
	report := macros.Lint("Hi {{ nmae }},\nyour key is <<Secret.api_key>>.\n{% if vip %}", macros.LintOptions{
		Variables: []string{"name", "vip"},
		Required:  []string{"api_key"},
	})
	for _, d := range report.Diagnostics {
		fmt.Printf("%d:%d %s %s: %s\n", d.Line, d.Column, d.Severity, d.Code, d.Message)
	}
	// Output:
	// 0:0 warning unused_secret: secret "api_key" is in required_secrets and never used: remove it there
	// 1:7 warning unknown_variable: no variable is called `nmae`: did you mean `name`?
	// 2:15 warning suspect_macro: `Secret` is a variable: write `secrets.api_key` for a secret
	// 3:1 error template_syntax: this `if` is not closed: add {% endif %}
}

func TestLintFindings(t *testing.T) {
	all := macros.LintOptions{
		Variables: []string{"name", "items"}, Aliases: []string{"a", "b"}, Shown: true,
	}
	macrosOnly := all
	macrosOnly.Syntax = macros.Macros
	for _, tc := range []struct {
		name    string
		source  string
		options macros.LintOptions
		want    []string // line:column code ... message
	}{
		{"nothing to find", "{{ name | upcase }}", all, nil},
		{"unknown filter", "{{ name | upcas }}", all, []string{"1:11 error unknown_filter did you mean `upcase`"}},
		{"filter without its argument", "{{ name | date }}", all, []string{"1:11 error template_syntax takes 1 to 2 arguments"}},
		{"argument that the filter lacks", "{{ name | default: 1, no: 2 }}", all, []string{"1:11 error template_syntax no argument called `no`"}},
		{"unknown variable", "{{ nam }}", all, []string{"1:4 warning unknown_variable `name`"}},
		{"variables that are not known", "{{ nam }}", macros.LintOptions{}, nil},
		{"nothing near", "{{ zzzz }}", all, []string{"1:4 warning unknown_variable no variable is called `zzzz`"}},
		{"names of the template itself", "{% assign x = name %}{% for i in items %}{{ i }}{{ forloop.index }}{{ x }}{% endfor %}", all, nil},
		{"name of a loop behind it", "{% for i in items %}{% endfor %}{{ i }}", all, []string{"1:36 warning unknown_variable"}},
		{"slip of secrets", "{{ secret.a }}<<Secerts.a>>", macros.LintOptions{}, []string{"1:4 warning suspect_macro secrets.a", "1:17 warning suspect_macro secrets.a"}},
		{"macro of a secret without an end", "<<secrets.x", all, []string{"1:1 error template_syntax close it with >>"}},
		{"angles that open no macro", "a << b\n<<name and", all, []string{"1:3 warning suspect_macro", "2:1 warning suspect_macro close the macro with >>"}},
		{"escaped angles", `\<<name \<<`, all, nil},
		{"object with one brace", "{ name }} {name|upcase}} { \"a\": {\"b\": 1}}", all, []string{"1:1 warning suspect_object"}},
		{"object without an end", "{{ name }", all, []string{"1:1 error template_syntax close it with }}"}},
		{"object before the end of another", "{{ name } {{ name }} {{ zzzz }}", all, []string{"1:9 error template_syntax close the object with }}", "1:25 warning unknown_variable"}},
		{"tag without an end", "{% if name }\n{{ name }}{% endif %}", all, []string{"1:12 error template_syntax unexpected `}`"}},
		{"bare references", "see secrets.a, secrets.nope and x.secrets.b", all, []string{"1:5 warning bare_reference <<secrets.a>>"}},
		{"text of raw", "{% raw %}secrets.a << {{ x }{% endraw %}", all, nil},
		{"secret that people read", "{{ secrets.a }}{{ secrets.a | sha256 }}{% if secrets.b %}{% endif %}", all, []string{"1:4 warning secret_shown"}},
		{"section behind else", "{% if name %}{% else %}{% else %}x{% endif %}", all, []string{"1:24 warning unreachable"}},
		{"what Liquid reads over", "{% case name %}{% when 1 and 2 %}{% endcase %}", all, []string{"1:26 warning template_syntax Liquid reads over it"}},
		{"end tag of another block", "{% for x in items %}{% if x %}{% endfor %}{{ zzzz }}", all, []string{"1:34 error template_syntax unexpected `endfor` inside `if`", "1:46 warning unknown_variable"}},
		{"a mistake in each of many", "{% endif %}{{ | }}{% nope %}{{", all, []string{"1:4 error", "1:15 error", "1:22 error template_syntax unknown tag", "1:29 error"}},
		{"macros leave objects alone", "{{ x }} <<name", macrosOnly, []string{"1:9 warning suspect_macro"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			report := macros.Lint(tc.source, tc.options)
			var got []string
			valid := true
			for i, d := range report.Diagnostics {
				line := fmt.Sprintf("%d:%d %s %s %s", d.Line, d.Column, d.Severity, d.Code, d.Message)
				got = append(got, line)
				valid = valid && d.Severity != macros.SeverityError
				if i < len(tc.want) {
					for j, word := range strings.SplitN(tc.want[i], " ", 4) {
						if !strings.Contains(line, word) || j == 0 && !strings.HasPrefix(line, word+" ") {
							t.Errorf("Lint(%q): %q is not like %q", tc.source, line, tc.want[i])
						}
					}
				}
			}
			if len(got) != len(tc.want) {
				t.Errorf("Lint(%q) = %q, want %q", tc.source, got, tc.want)
			}
			if report.Valid() != valid {
				t.Errorf("Lint(%q): Valid() = %v", tc.source, report.Valid())
			}
		})
	}
}

func TestLintReferences(t *testing.T) {
	report := macros.Lint("<<Secrets.A.b[0]>>\n{% if x %}é{{ secrets[x] }}{% endif %}{{ broken", macros.LintOptions{})
	want := []macros.Mention{{Alias: "a", Field: "b[0]", Line: 1, Column: 3}, {Line: 2, Column: 15}}
	if !slices.Equal(report.References, want) {
		t.Errorf("got %+v, want %+v", report.References, want)
	}
	if !slices.Equal(report.Variables, []string{"x"}) {
		t.Errorf("variables: %q", report.Variables)
	}
}

func TestVariables(t *testing.T) {
	source := `{{ b.c | f: d, e: f }}{% assign g = h %}{{ g }}{% capture i %}{{ i }}{% endcapture %}{{ i }}
		{% for j in (k..l) %}{{ j }}{{ forloop.index }}{% endfor %}{% if secrets[m].x == n[o] %}{% endif %}{{ ['p q'].r }}{% increment s %}{{ s }}`
	got := parse(t, source, macros.Liquid).Variables()
	if want := strings.Fields("b d f h i k l m n o"); !slices.Equal(got, append(want, "p q")) {
		t.Errorf("got %q", got)
	}
}

func TestLintHostileSource(t *testing.T) {
	for name, source := range map[string]string{
		"objects":   strings.Repeat("{{", 1<<17),
		"mistakes":  strings.Repeat("{{ | }}", 1<<16),
		"angles":    strings.Repeat("<< ", 1<<17),
		"blocks":    strings.Repeat("{% if a %}", 1<<16),
		"ends":      "{% if a %}" + strings.Repeat("{% endfor %}", 1<<16),
		"braces":    strings.Repeat("{a", 1<<17),
		"bare":      strings.Repeat(" secrets.a", 1<<16),
		"variables": strings.Repeat("{{ abcdefgh }}", 1<<16),
		"one line":  strings.Repeat("{{ secrets.a }}", 1<<16),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			report := macros.Lint(source, macros.LintOptions{Variables: []string{"abcdefgi"}})
			if took := time.Since(start); took > patience {
				t.Errorf("took %v", took)
			}
			if len(report.Diagnostics) > macros.MaxDiagnostics {
				t.Errorf("%d diagnostics", len(report.Diagnostics))
			}
		})
	}
}

func TestLintKeepsErrorsAmongManyWarnings(t *testing.T) {
	report := macros.Lint(strings.Repeat("<< ", 1000)+"{{ a | nope }}", macros.LintOptions{})
	if report.Valid() || len(report.Diagnostics) != macros.MaxDiagnostics {
		t.Errorf("valid: %v, %d diagnostics", report.Valid(), len(report.Diagnostics))
	}
}

func TestNearest(t *testing.T) {
	known := []string{"first_name", "last_name", "city"}
	for name, want := range map[string]string{
		"frist_name": "first_name", "FIRST_NAME": "first_name", "citi": "city", "zip": "", "lastname": "last_name", "": "",
		strings.Repeat("x", 10_000): "",
	} {
		t.Run(name[:min(len(name), 20)], func(t *testing.T) {
			if got := macros.Nearest(name, known); got != want {
				t.Errorf("Nearest(%.20q) = %q, want %q", name, got, want)
			}
		})
	}
}

func FuzzParseLint(f *testing.F) {
	for _, seed := range seeds {
		f.Add(seed, uint8(0))
		f.Add(seed+"{{", uint8(1))
	}
	f.Fuzz(func(t *testing.T, source string, syntax uint8) {
		s := macros.Syntax(syntax % 3)
		report := macros.Lint(source, macros.LintOptions{Syntax: s, Variables: []string{"a"}, Shown: true})
		_, err := macros.Parse(source, s)
		// Parse takes any filter.
		wrong := slices.ContainsFunc(report.Diagnostics, func(d macros.Diagnostic) bool {
			return d.Severity == macros.SeverityError && !strings.HasPrefix(d.Message, "there is no filter `") && !strings.HasPrefix(d.Message, "filter `")
		})
		if wrong != (err != nil) {
			t.Fatalf("%q: %+v, Parse: %v", source, report.Diagnostics, err)
		}
		lines := strings.Split(source, "\n")
		for _, d := range report.Diagnostics {
			if d.Line < 1 || d.Line > len(lines) || d.Column < 1 || d.Column > len([]rune(lines[d.Line-1]))+1 {
				t.Fatalf("%q: %+v is outside of the source", source, d)
			}
		}
	})
}
