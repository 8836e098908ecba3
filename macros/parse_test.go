package macros_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sotto-render/sotto/macros"
)

func parse(t *testing.T, source string, syntax macros.Syntax) *macros.Template {
	t.Helper()
	template, err := macros.Parse(source, syntax)
	if err != nil {
		t.Fatalf("Parse(%q): %v", source, err)
	}
	return template
}

// mistake returns the error of parsing source, which must fail.
func mistake(t *testing.T, source string, syntax macros.Syntax) *macros.Error {
	t.Helper()
	_, err := macros.Parse(source, syntax)
	var e *macros.Error
	if !errors.As(err, &e) {
		t.Fatalf("Parse(%q) = %v, want a mistake", source, err)
	}
	return e
}

// outline writes the nodes as text, outputs as {} and anything else as %.
func outline(nodes []macros.Node) string {
	var b strings.Builder
	for _, n := range nodes {
		switch n := n.(type) {
		case *macros.Text:
			b.WriteString(n.Text)
		case *macros.Output:
			b.WriteString("{}")
		default:
			b.WriteString("%")
		}
	}
	return b.String()
}

func TestText(t *testing.T) {
	for _, tc := range []struct {
		name   string
		syntax macros.Syntax
		source string
		want   string
	}{
		{"plain", macros.Liquid, "a { b } % c", "a { b } % c"},
		{"empty", macros.Liquid, "", ""},
		{"object", macros.Liquid, "a {{ b }} c", "a {} c"},
		{"nothing in an object", macros.Liquid, "{{ }}{{-}}", "{}{}"},
		{"trim both", macros.Liquid, "a \n{{- b -}} \t c", "a{}c"},
		{"trim left only", macros.Liquid, "a {{- b }} c", "a{} c"},
		{"trim beside a macro", macros.Liquid, "{{ a -}}  <<b>>  {{- c }}", "{}{}{}"},
		{"trim does not reach into raw", macros.Liquid, "{{ a -}}{% raw %} x {% endraw %}{{- b }}", "{} x {}"},
		{"end of a comment trims", macros.Liquid, "a {%- comment %} x {% endcomment -%} b", "ab"},
		{"comments nest", macros.Liquid, "a{% comment %}{% comment %}{% endcomment %}b{% endcomment %}c", "ac"},
		{"raw hides the end of a comment", macros.Liquid, "a{% comment %}{% raw %}{% endcomment %}{% endraw %}b{% endcomment %}c", "ac"},
		{"comment in a liquid tag", macros.Liquid, "a{% liquid\n comment\n nope\n comment\n endcomment\n endcomment\n echo b\n%}c", "a{}c"},
		{"trim ends at a macro", macros.Liquid, "{{ a -}}<<b>> c", "{}{} c"},
		{"macro", macros.Liquid, "a<<b>>c", "a{}c"},
		{"macro with white space and filter", macros.Liquid, "<<\n b | upcase >>", "{}"},
		{"macro with a path", macros.Liquid, `<<a.b["c d"][0]>><<['x y']>>`, "{}{}"},
		{"angles around a macro", macros.Liquid, "<<<a>>>", "<{}>"},
		{"shift operators", macros.Liquid, "1<<2 a << b, x<<3>>y", "1<<2 a << b, x<<3>>y"},
		{"here document", macros.Liquid, "cat <<EOF\nEOF", "cat <<EOF\nEOF"},
		{"quoted here document", macros.Liquid, "cat <<'EOF' >>log", "cat <<'EOF' >>log"},
		{"prose with the word", macros.Liquid, "<<secrets of the sea>>", "<<secrets of the sea>>"},
		{"word alone at the end", macros.Liquid, "<<secrets", "<<secrets"},
		{"text before an object that is no macro", macros.Liquid, "<<a {{ b }}>>", "<<a {}>>"},
		{"escape", macros.Liquid, `x\<<a>>y`, "x<<a>>y"},
		{"escape of a secret", macros.Liquid, `\<<Secrets.a b`, "<<Secrets.a b"},
		{"escape of the first two only", macros.Liquid, `\<<<<a>>`, "<<{}"},
		{"two backslashes escape nothing", macros.Liquid, `C:\\<<a>>`, `C:\\{}`},
		{"three backslashes escape, and two stay", macros.Macros, `C:\\\<<a>>`, `C:\\<<a>>`},
		{"two backslashes before a bare reference", macros.Bare, `\\<<a>> \<< secrets.a \\<<1 secrets.a`, `\\{} << secrets.a \\<<1 {}`},
		{"here-document", macros.Liquid, "cat <<EOF\n<<a>>\nEOF", "cat <<EOF\n{}\nEOF"},
		{"macro in a text of a macro", macros.Macros, `<<a | default: "B <<Secrets.b>> <<Secrets.c>>" | f: '<<secrets["d"]>>'>>.`, "{}."},
		{"backslash elsewhere", macros.Liquid, `a\b\{{ c }}`, `a\b\{}`},
		{"raw", macros.Liquid, "{% raw %}{{ a }}<<b>>{% if %}{% endraw %}", "{{ a }}<<b>>{% if %}"},
		{"bare is text", macros.Liquid, "secrets.a", "secrets.a"},
		{"macros leave all else", macros.Macros, `{{ a }}{% b %}<<c>>\<<d>>{% raw %}<<e>>`, "{{ a }}{% b %}{}<<d>>{% raw %}{}"},
		{"macros leave white space", macros.Macros, "a <<c>> {{- x", "a {} {{- x"},
		{"bare", macros.Bare, "secrets.a", "{}"},
		{"bare in a sentence", macros.Bare, "(SECRETS.a, Secrets.b-c). secrets.d? secrets.e.", "({}, {}). {}? {}."},
		{"bare with a field", macros.Bare, "secrets.a.b.c", "{}"},
		{"bare and macro", macros.Bare, "<<secrets.a>>=secrets.b", "{}={}"},
		{"bare behind what forbids it", macros.Bare, "xsecrets.a 1secrets.a _secrets.a -secrets.a .secrets.a /secrets.a @secrets.a :secrets.a ésecrets.a",
			"xsecrets.a 1secrets.a _secrets.a -secrets.a .secrets.a /secrets.a @secrets.a :secrets.a ésecrets.a"},
		{"bare without alias", macros.Bare, "secrets. secrets.-a secrets", "secrets. secrets.-a secrets"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := outline(parse(t, tc.source, tc.syntax).Nodes); got != tc.want {
				t.Errorf("Parse(%q) = %q, want %q", tc.source, got, tc.want)
			}
		})
	}
}

func TestReferences(t *testing.T) {
	const plain, guarded, covered = "", "guarded", "covered"
	type want struct{ alias, path, state string }
	for _, tc := range []struct {
		name   string
		source string
		want   []want
	}{
		{"macro in any letter case", "<<Secrets.A>>", []want{{"a", "", plain}}},
		{"object with a hyphen in the alias", "{{SECRETS.Weather-FX}}", []want{{"weather-fx", "", plain}}},
		{"alias and fields in brackets", `{{ secrets["Weather-FX"].a["b c"][0].D }}`, []want{{"weather-fx", ".a.b c[].D", plain}}},
		{"alias that begins with a digit, or ends with a hyphen", "{{ secrets.2fa }}{{ secrets.x-}}", []want{{"2fa", "", plain}, {"x", "", plain}}},
		{"white space around the dots", "{{ secrets . a . b }}", []want{{"a", ".b", plain}}},
		{"secrets of something else", "{{ user.secrets.x }}{{ vars.secrets }}{{ secret.x }}", nil},
		{"arguments of a filter", "{{ x | f: secrets.a, k: secrets.b }}", []want{{"a", "", plain}, {"b", "", plain}}},
		{"fallback of default", "{{ secrets.a | default: secrets.b }}", []want{{"a", "", covered}, {"b", "", guarded}}},
		{"fallback of a fallback", "{{ secrets.a | default: secrets.b | upcase | default: secrets.c }}", []want{{"a", "", covered}, {"b", "", covered}, {"c", "", guarded}}},
		{"default covers the value alone", "{{ secrets.a | append: secrets.b | default: 'x' }}", []want{{"a", "", covered}, {"b", "", plain}}},
		{"default does not cover an index", "{{ x[secrets.a] | default: 'x' }}", []want{{"a", "", plain}}},
		{"branches of if", "{% if secrets.a == secrets.b and secrets.c %}<<secrets.d>>{% elsif secrets.e %}{% else %}<<secrets.f>>{% endif %}<<secrets.g>>",
			[]want{{"a", "", plain}, {"b", "", plain}, {"c", "", covered}, {"d", "", guarded}, {"e", "", covered}, {"f", "", guarded}, {"g", "", plain}}},
		{"behind the first else", "{% if a %}{% else %}{% else %}<<secrets.a>>{% elsif secrets.b %}{% endif %}", nil},
		{"case and when", "{% case secrets.a %}<<secrets.x>>{% when secrets.b, secrets.c %}<<secrets.d>>{% when secrets.e %}{% endcase %}",
			[]want{{"a", "", plain}, {"b", "", plain}, {"c", "", plain}, {"d", "", guarded}, {"e", "", plain}}},
		{"head and body of a loop", "{% for x in secrets.a.list limit: secrets.b %}<<secrets.c>>{% else %}<<secrets.d>>{% endfor %}",
			[]want{{"a", ".list", plain}, {"b", "", plain}, {"c", "", guarded}, {"d", "", guarded}}},
		{"capture, assign and echo", "{% capture x %}<<secrets.a>>{% endcapture %}{% assign y = secrets.b %}{% echo secrets.c %}",
			[]want{{"a", "", plain}, {"b", "", plain}, {"c", "", plain}}},
		{"arguments of a partial", "{% render 'p' with secrets.a as k, x: secrets.b %}", []want{{"a", "", plain}, {"b", "", plain}}},
		{"comments", "{% comment %}<<secrets.a>>{% endcomment %}{% doc %}<<secrets.b>>{% enddoc %}{% # <<secrets.c>> %}", nil},
		{"lines of a liquid tag", "{% liquid\n echo secrets.a\n if x\n echo secrets.b\n endif %}", []want{{"a", "", plain}, {"b", "", guarded}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			template := parse(t, tc.source, macros.Liquid)
			var got []want
			for _, r := range template.References {
				w := want{alias: r.Alias}
				for _, s := range r.Path {
					if s.Index != nil {
						w.path += "[]"
					} else {
						w.path += "." + s.Key
					}
				}
				switch {
				case r.Covered && !r.Guarded:
					t.Errorf("%q: %s is covered and not guarded", tc.source, r.Alias)
				case r.Covered:
					w.state = covered
				case r.Guarded:
					w.state = guarded
				}
				got = append(got, w)
				if at := tc.source[r.Pos:]; !macros.IsRoot(at[:len("secrets")]) {
					t.Errorf("%q: position of %s is at %q", tc.source, r.Alias, at)
				}
			}
			if len(got) != len(tc.want) {
				t.Errorf("%q: got %v, want %v", tc.source, got, tc.want)
				return
			}
			for i := range got {
				if got[i] != tc.want[i] {
					t.Errorf("%q: reference %d is %v, want %v", tc.source, i, got[i], tc.want[i])
				}
			}
		})
	}
}

func TestWholeReference(t *testing.T) {
	for source, want := range map[string]bool{
		"{{ secrets.a | basic_auth }}":                  true,
		"{{ secrets.a | upcase | basic_auth }}":         false,
		"{{ secrets.a | json }}":                        false,
		"{{ secrets.a | basic_auth | default: 'none'}}": true,
	} {
		t.Run(source, func(t *testing.T) {
			for _, r := range parse(t, source, macros.Liquid).References {
				if r.Whole != want {
					t.Errorf("Whole of %s is %v, want %v", r.Alias, r.Whole, want)
				}
			}
		})
	}
}

func TestComputedAlias(t *testing.T) {
	r := parse(t, "{{ secrets[ name.x ].y }}", macros.Liquid).References[0]
	if _, ok := r.Computed.(*macros.Variable); !ok || r.Alias != "" || r.Display != "name.x" || len(r.Path) != 1 {
		t.Errorf("got %+v", r)
	}
}

func TestMistakes(t *testing.T) {
	long := strings.Repeat("a", macros.MaxAliasBytes+1)
	for _, tc := range []struct {
		source  string
		place   string
		message string
	}{
		{"x {{ name", "1:3", "close it with }}"},
		{"x\n {% if a", "2:2", "close it with %}"},
		{"é {{ a b }}", "1:8", "unexpected `b`"},
		{"{{ a } }}", "1:6", "close the object with }}"},
		{"{{ a | }}", "1:8", "filter's name"},
		{"{{ a | f: }}", "1:11", "value is missing"},
		{"{{ a[0 }}", "1:8", "close it with ]"},
		{"{{ (1.5) }}", "1:8", "two dots"},
		{"{{ (1..5 }}", "1:10", "close it with )"},
		{"{{ 'a }}", "1:4", "close it with '"},
		{"{{ a. }}", "1:7", "name is missing behind the dot"},
		{"{% %}", "1:4", "tag's name"},
		{"{% unknown %}", "1:4", "unknown tag `unknown`"},
		{"{% if a %}{% elseif b %}{% endif %}", "1:14", "did you mean `elsif`"},
		{"{% fro x in y %}", "1:4", "did you mean `for`"},
		{"{% if a %}b", "1:1", "add {% endif %}"},
		{"{% if a %}{% endfor %}", "1:14", "unexpected `endfor` inside `if`"},
		{"{% endif %}", "1:4", "closes nothing"},
		{"{% else %}", "1:4", "outside of a block"},
		{"{% for x in a %}{% else %}{% else %}{% endfor %}", "1:30", "unexpected `else` inside `for`"},
		{"{% for x of a %}{% endfor %}", "1:10", "`in` is missing"},
		{"{% for x in a cols: 2 %}{% endfor %}", "1:15", "for takes"},
		{"{% assign x 1 %}", "1:13", "= is missing"},
		{"{% render name %}", "1:11", "in quotes"},
		{"{% raw %}x", "1:1", "add {% endraw %}"},
		{"{% comment %}x", "1:1", "add {% endcomment %}"},
		{"{% comment %}{% comment %}{% endcomment %}", "1:1", "add {% endcomment %}"},
		{"{% comment %}{{ a {% endcomment %}", "1:1", "add {% endcomment %}"},
		{"{% liquid if a %}{% endif %}", "1:11", "inside the liquid tag"},
		{"{% liquid\n echo a\n nope\n%}", "3:2", "unknown tag `nope`"},
		{"x <<Secrets.weather fx>>", "1:21", "close the macro with >>"},
		{"x <<Secrets.weather", "1:3", "close it with >>"},
		{"<< Secrets[ >>", "1:13", "value is missing"},
		{"<<Secrets.>>", "1:11", "not an alias"},
		{"<<secrets>>", "1:3", "cannot be listed"},
		{"{{ secrets }}", "1:4", "cannot be listed"},
		{"{{ a | f: secrets }}", "1:11", "cannot be listed"},
		{"{% assign x = SECRETS %}", "1:15", "cannot be listed"},
		{"{% if secrets %}{% endif %}", "1:7", "cannot be listed"},
		{"{% for s in secrets %}{% endfor %}", "1:13", "cannot be listed"},
		{"{% for s in (1..secrets) %}{% endfor %}", "1:17", "cannot be listed"},
		{"{% include 'x' with secrets %}", "1:21", "cannot be listed"},
		{"{% include 'a/Secrets' with x %}", "1:12", "nothing else may be called"},
		{"{% include 'a', secrets: x %}", "1:17", "nothing else may be called"},
		{"{% include 'a' for x as Secrets %}", "1:25", "nothing else may be called"},
		{"{% assign Secrets = 1 %}", "1:11", "nothing else may be called"},
		{"{% capture 'secrets' %}{% endcapture %}", "1:13", "nothing else may be called"},
		{"{% for secrets in a %}{% endfor %}", "1:8", "nothing else may be called"},
		{"{% tablerow secrets in a %}{% endtablerow %}", "1:13", "nothing else may be called"},
		{"{% increment secrets %}", "1:14", "nothing else may be called"},
		{"{{ ['secrets'].x }}", "1:4", "nothing else may be called"},
		{"{{ secrets." + long + " }}", "1:12", "128"},
		{"{{ secrets['" + long + "'] }}", "1:12", "128"},
		{"{{ secrets.-a }}", "1:12", "not an alias"},
		{"{{ secrets.aé }}", "1:13", "cannot stand in an alias"},
		{"{{ secrets['a b'] }}", "1:12", "not an alias"},
		{"{{ secrets[0] }}", "1:12", "an alias is a name"},
		{"{{ secrets.a? }}", "1:13", "unexpected `?`"},
	} {
		// Each row is called by its source, a long one by how it begins.
		t.Run(tc.source[:min(len(tc.source), 60)], func(t *testing.T) {
			e := mistake(t, tc.source, macros.Liquid)
			if e.Code != macros.CodeTemplateSyntax || e.Place.String() != tc.place || !strings.Contains(e.Message, tc.message) {
				t.Errorf("Parse(%.60q) = %v, want %s: ...%s...", tc.source, e, tc.place, tc.message)
			}
		})
	}
	if e := mistake(t, "x secrets.aé", macros.Bare); e.Place.String() != "1:12" {
		t.Errorf("bare alias with a foreign letter: %v", e)
	}
}

// patience is what a linear pass over a megabyte never needs, even on a busy
// machine, and a quadratic one always exceeds.
const patience = 10 * time.Second

func TestHostileSource(t *testing.T) {
	for name, source := range map[string]string{
		"objects":            strings.Repeat("{{", 100_000),
		"tags":               strings.Repeat("{%", 1<<18),
		"comments":           "{% comment %}" + strings.Repeat("{{ {% x %}", 1<<18),
		"comment objects":    "{% comment %}" + strings.Repeat("{{ }}", 1<<17) + "{%",
		"unclosed ends":      "{% raw %}" + strings.Repeat("{% endraw ", 1<<18),
		"blocks":             strings.Repeat("{% if a %}", 1<<18),
		"liquid in liquid":   "{% " + strings.Repeat("liquid ", 1<<18) + "%}",
		"brackets":           "{{ " + strings.Repeat("a[", 1<<18) + "}}",
		"ranges":             "{{ " + strings.Repeat("(", 1<<18) + "}}",
		"filters":            "{{ a " + strings.Repeat("|f", 1<<18) + "}}",
		"long paths":         "{{ a" + strings.Repeat(".a", 1<<18) + "}}",
		"digits":             "{{ " + strings.Repeat("1", 1<<20) + "}}",
		"conditions":         "{% if a" + strings.Repeat(" or a", 1<<17) + "%}{% endif %}",
		"macros of a secret": strings.Repeat("<<", 1<<18) + "secrets.a",
		"marks":              strings.Repeat("{% endif %}", 1<<18),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			mistake(t, source, macros.Liquid)
			if took := time.Since(start); took > patience {
				t.Errorf("took %v", took)
			}
		})
	}
	for name, source := range map[string]string{
		"angles":        strings.Repeat("<<", 1<<18),
		"open macros":   strings.Repeat("<<a ", 1<<17),
		"one closer":    strings.Repeat("<<a ", 1<<17) + ">>",
		"quotes":        strings.Repeat("<<a['", 1<<17) + ">>",
		"other quotes":  strings.Repeat(`<<a['<<a["`, 1<<18) + ">>",
		"escapes":       strings.Repeat(`\<<`, 1<<17),
		"braces":        strings.Repeat("{ ", 1<<18),
		"dots":          strings.Repeat("secrets.", 1<<18),
		"long macro":    "<<a" + strings.Repeat(".a", 1<<18) + " <<a" + strings.Repeat(".a", 1<<18) + ">>",
		"spaced macros": strings.Repeat("<<"+strings.Repeat(" ", 1000), 1<<10) + ">>",
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			parse(t, source, macros.Liquid)
			if took := time.Since(start); took > patience {
				t.Errorf("took %v", took)
			}
		})
	}
}
