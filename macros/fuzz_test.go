package macros_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/sotto-render/sotto/macros"
)

var seeds = []string{
	"Hi {{ name | default: 'you', allow_false: true }}, <<Secrets.a-b.c[\"d e\"][0]>>",
	`\<<a>> <<b {{ c }} {%- raw -%} {{ x }} {%- endraw -%} {`,
	"{% if a == 1 and b contains 'x' or c %} {% elsif d <> e %}x{% else %} {% endif %}",
	"{% unless a %} {% raw %} {% endraw %}{% endunless %}",
	"{% case a %} {% when 1, 'b' or c %}x{% else %}y{% when blank and z %}{% endcase %}",
	"{% for i in (1 .. n) reversed, limit: 2 offset: continue %}{{ forloop.index }}{% else %}<{% endfor %}",
	"{% tablerow i in a['b c'] cols: 2, limit: 3 %}{{ i }}{% endtablerow %}",
	"{% cycle 'g': \"a\", 'b', 1.50 %}{% increment 1a %}{% decrement b? %}",
	"{% capture 'a b' %} {% endcapture %}{% assign c = [d][-1].e | f: g, h: 1 | i %}",
	"{% liquid\n if a\n echo 'b' | upcase\n comment x\n endif\n endcomment\n endif\n liquid echo c\n # x\n%}",
	"{% comment %}{% raw %}{% endcomment %}{% endraw %}{% comment %}{% endcomment %}{% endcomment %}<{% doc %}x{% enddoc %}<a>>",
	"{% render 'a/b' for list as x, y: (1..2) %}{% include name with secrets[n].z %}",
	"{% ifchanged %} {% break %}{% continue %}{% endifchanged %}{% echo '}}' %}<<a | b: '}}%}'>>",
	"x secrets.a.b, \\secrets.c /secrets.d é<<secrets.e>>",
	"{% raw %}{%{% endraw %} endraw %}{% if a %}{% raw %}{%{% endraw %} endraw %}{% endif %}",
	"x\\<seCrets.0 \\secrets.a",
	"{{ -0 }}{{ 99999999999999999999 }}{{ 1.5 }}{{ nil }}{{ empty }}{{ }}",
}

// tree returns the template's nodes and references as text, leaving out what
// printing may change: offsets, how a computed alias was spelled, and where
// one text ends and the next begins.
func tree(t *testing.T, template *macros.Template) string {
	t.Helper()
	nodes, err := json.Marshal(plain(template.Nodes))
	if err != nil {
		t.Fatal(err)
	}
	references := make([]macros.Reference, 0, len(template.References))
	for _, r := range template.References {
		copied := *r
		copied.Pos = 0
		if copied.Computed != nil {
			copied.Display = ""
		}
		copied.Path, copied.Computed = nil, nil
		references = append(references, copied)
	}
	refs, err := json.Marshal(references)
	if err != nil {
		t.Fatal(err)
	}
	return string(nodes) + "\n" + string(refs)
}

func FuzzParsePrint(f *testing.F) {
	for _, seed := range seeds {
		for syntax := range 3 {
			f.Add(seed, uint8(syntax))
		}
	}
	f.Fuzz(func(t *testing.T, source string, syntax uint8) {
		s := macros.Syntax(syntax % 3)
		template, err := macros.Parse(source, s)
		if err != nil {
			checkPlace(t, source, err)
			return
		}
		for _, r := range template.References {
			at := int(r.Pos)
			if at < 0 || at+len("secrets") > len(source) || !macros.IsRoot(source[at:at+len("secrets")]) {
				t.Fatalf("reference at %d of %q", at, source)
			}
		}
		printed := template.String()
		again, err := macros.Parse(printed, s)
		if err != nil {
			t.Fatalf("%q prints as %q, which does not parse: %v", source, printed, err)
		}
		if want, got := tree(t, template), tree(t, again); want != got {
			t.Fatalf("%q prints as %q\nwant %s\ngot  %s", source, printed, want, got)
		}
		if second := again.String(); strings.ToValidUTF8(second, "?") != strings.ToValidUTF8(printed, "?") {
			t.Fatalf("%q prints as %q and then as %q", source, printed, second)
		}
	})
}

func checkPlace(t *testing.T, source string, err error) {
	t.Helper()
	var e *macros.Error
	if !errors.As(err, &e) {
		t.Fatalf("%q: %T", source, err)
	}
	lines := strings.Split(source, "\n")
	if e.Place.Line < 1 || e.Place.Line > len(lines) || e.Place.Column < 1 ||
		e.Place.Column > len([]rune(lines[e.Place.Line-1]))+1 {
		t.Fatalf("%q: %v is outside of the source", source, e)
	}
}
