package engine_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/macros"
)

// hostileTags :: tag -> a text that uses it with the hostile values v and w. A
// new tag needs an entry.
var hostileTags = map[string]string{
	"assign":    `{% assign c = v %}{{ c }}`,
	"break":     `{% for i in list %}{{ v }}{% break %}{% endfor %}`,
	"capture":   `{% capture d %}<i>{{ w }}</i>{% endcapture %}{{ d }}`,
	"case":      `{% case v %}{% when w %}{{ v }}{% else %}<i>{{ w }}</i>{% endcase %}`,
	"comment":   `{% comment %}{{ v }}{% endcomment %}{% # {{ v }} %}`,
	"continue":  `{% for i in list %}{{ i }}{% continue %}{% endfor %}`,
	"cycle":     `{% cycle v, w %}`,
	"decrement": `{% decrement n %}`,
	"doc":       `{% doc %}{{ v }}{% enddoc %}`,
	"echo":      `{% echo v %}`,
	"for":       `{% for i in list %}<i>{{ i }}</i>{% else %}{{ v }}{% endfor %}`,
	"if":        `{% if v == w %}{{ v }}{% else %}<i>{{ w }}</i>{% endif %}`,
	"ifchanged": `{% ifchanged %}{{ v }}{% endifchanged %}`,
	"include":   `{% include "p" %}`,
	"increment": `{% increment n %}`,
	"liquid":    "{% liquid\n echo v\n%}",
	"raw":       `{% raw %}<i>{{ v }}</i>{% endraw %}`,
	"render":    `{% render "p", v: w %}`,
	"tablerow":  `{% tablerow i in list cols: 1 %}{{ i }}{% endtablerow %}`,
	"unless":    `{% unless v %}{{ w }}{% else %}{{ v }}{% endunless %}`,
}

// accepted :: name of a parameter -> what filters take for it, where that is
// not any text
var accepted = map[string][]string{
	"algorithm": {`"sha1"`, `"sha512"`, `"HS256"`},
	"encoding":  {`"hex"`, `"base64"`},
	"zone":      {`"Europe/Zurich"`},
	"code":      {`"EUR"`},
	"locale":    {`"de"`},
}

// hostileTemplates makes templates that send values through filters and tags.
type hostileTemplates struct {
	*rand.Rand
	rows []macros.FilterSignature
	// used are the filters of the template in hand.
	used []string
}

func (h *hostileTemplates) pick(of ...string) string { return of[h.IntN(len(of))] }

func (h *hostileTemplates) operand() string {
	return h.pick("v", "w", "c", "d", `"x"`, `'"'`, `"<"`, `" "`, `","`, `"a"`, `""`, `"title="`, `"<i>"`)
}

func (h *hostileTemplates) number() string { return fmt.Sprint(h.IntN(40) - 5) }

// filter calls a filter with arguments of the kinds that it takes.
func (h *hostileTemplates) filter(row macros.FilterSignature) string {
	h.used = append(h.used, row.Name)
	least, most := row.Positional()
	call, separator := " | "+row.Name, ": "
	for _, p := range row.Parameters[:least+h.IntN(most-least+1)] {
		switch p.Kind {
		case macros.NumberKind, macros.IntegerKind:
			call += separator + h.number()
		case macros.ListKind:
			call += separator + h.pick("list", "v")
		default:
			call += separator + h.pick(append(accepted[p.Name], h.operand())...)
		}
		separator = ", "
	}
	return call
}

// chain calls up to three filters. Those that edit text come most often.
func (h *hostileTemplates) chain() string {
	chain := ""
	for range h.IntN(4) {
		switch row := h.rows[h.IntN(len(h.rows))]; {
		case row.Name == "raw": // it opts out of escaping
		case row.Group == macros.TextFilters || h.IntN(4) == 0:
			chain += h.filter(row)
		default:
			chain += h.pick(" | split: "+h.operand()+" | join: "+h.operand(), " | split: "+h.operand()+" | reverse | first",
				" | base64_encode | base64_decode", " | url_encode | url_decode", " | escape | split: \"\" | join")
		}
	}
	return chain
}

func (h *hostileTemplates) value() string {
	return "{{ " + h.pick("v", "w", "c", "d", "list") + h.chain() + " }}"
}

func (h *hostileTemplates) body() string {
	var b strings.Builder
	for range 1 + h.IntN(4) {
		tag := hostileTags[macros.Tags()[h.IntN(len(hostileTags))]]
		b.WriteString(h.pick(h.value(), h.value(), tag, `<i>`, `</i> `, `<a title="{{ v }}">x</a>`, `<a  class='{{ w }}' href="/a b">`+h.value()+"</a>",
			"<!-- {{ v }} -->", "a,b ", "&amp;", "<script>f()</script>", "<br/>", "<style>p{}</style>\n", "<a\nid=\"{{ v }}\">", "a < b", "<title>{{ v }}</title>"))
	}
	return b.String()
}

// broughtIn returns the element or attribute of a document that only a value
// can have brought. What a text says does not count: a value may read zz.
func broughtIn(document string) (string, error) {
	root, err := html.Parse(strings.NewReader(document))
	if err != nil {
		return "", err
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if n.Data == "zz" {
			return n.Data, nil
		}
		for _, a := range n.Attr {
			if strings.Contains(a.Key, "onzz") {
				return a.Key, nil
			}
		}
	}
	return "", nil
}

// TestMarkupOracle: the judge sees an element and an attribute, and is not
// deceived by a text.
func TestMarkupOracle(t *testing.T) {
	for document, want := range map[string]string{
		"<p>zz</p>": "", "<p title='<zz onzz=1>'>&lt;zz&gt;</p>": "", "<!-- <zz> --><title><zz></title>": "",
		"<p><zz></p>": "zz", "<p onzz=1>": "onzz",
	} {
		t.Run(document, func(t *testing.T) {
			got, err := broughtIn(document)
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
}

// TestValuesNeverBecomeMarkup lets hostile values pass through every tag and
// every filter but raw, and looks in the output for elements and attributes
// that only a value can have brought.
func TestValuesNeverBecomeMarkup(t *testing.T) {
	for _, tag := range macros.Tags() {
		require.Contains(t, hostileTags, tag, "a tag needs an entry in hostileTags")
	}
	require.Len(t, hostileTags, len(macros.Tags()))
	values := []string{`<zz onzz=1>`, `" onzz="1`, `' onzz='1`, ` onzz=1 x`, `><zz>`, `--><zz>`, `</script><zz>`, `"`, `>`, `a`, `=`, `<`, `</`, ``, `&lt;zz&gt;`, `title=`, `%3Czz%3E`, `PHp6Pg==`, `{"<zz onzz=1>":"<zz>"}`}
	judged := map[string]int{}
	for _, seed := range []uint64{3, 6, 7} {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			h := &hostileTemplates{Rand: rand.New(rand.NewPCG(seed, 4)), rows: macros.Filters()}
			for range 5_000 {
				h.used = h.used[:0]
				source := `{% capture c %}` + h.body() + `{% endcapture %}{% capture d %}` + h.body() + `{% endcapture %}<p title="{{ v }}">` + h.value() + h.value() + `</p><p class="{{ w }}">`
				v, w := values[h.IntN(len(values))], values[h.IntN(len(values))]
				out, err := rendered(source, engine.TemplateOptions{Context: engine.HTMLContext, Partials: engine.PartialMap{"p": `<u>{{ v }}</u>`}},
					&engine.Request{Vars: map[string]any{"v": v, "w": w, "list": []any{v, w}}})
				if err != nil {
					continue
				}
				found, err := broughtIn(out)
				require.NoError(t, err)
				require.Empty(t, found, "%s\n%s", source, out)
				for _, name := range h.used {
					judged[name]++
				}
			}
		})
	}
	for _, row := range macros.Filters() {
		if row.Name != "raw" {
			require.NotZero(t, judged[row.Name], "no output behind the filter %s was judged", row.Name)
		}
	}
}
