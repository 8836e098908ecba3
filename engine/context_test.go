package engine_test

import (
	"context"
	"encoding/json"
	"html"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// rendered compiles and renders in one go.
func rendered(source string, o engine.TemplateOptions, req *engine.Request) (string, error) {
	t, err := engine.Compile(source, o)
	if err != nil {
		return "", err
	}
	out, err := t.Render(context.Background(), req)
	return out.Reveal(), err
}

func TestJSONContext(t *testing.T) {
	hostile := "x\",\"admin\":true,\"y\":\"\\\n\x00\u2028é\xff<>&"
	vars := map[string]any{
		"s": hostile, "n": 3, "f": 1.5, "nan": math.NaN(), "inf": math.Inf(-1), "yes": true, "nil": nil,
		"list": []any{1, "a\"b", nil, []any{}}, "o": map[string]any{"k\"": "v\\"},
		"big": json.Number("123456789012345678901234567890"), "money": json.Number("1.10"), "e": json.Number("1e400"),
		"cents": 50, "a": "b",
	}
	for _, c := range []struct{ template, want string }{
		{`{"a":"{{ a }}"}`, `{"a":"b"}`},
		{`{"a":{{ a }}}`, `{"a":"b"}`},
		{`{"a":{{ missing }}}`, `{"a":null}`},
		{`{"a":"x{{ missing }}y"}`, `{"a":"xy"}`},
		{`{ {{ a }}:1}`, `{ "b":1}`},
		{`{ {{ n }}:1}`, `{ "3":1}`},
		{`{"{{ a }}":1}`, `{"b":1}`},
		{`[{{ n }},{{ f }},{{ yes }},{{ nil }},{{ list }},{{ o }}]`, `[3,1.5,true,null,[1,"a\"b",null,[]],{"k\"":"v\\"}]`},
		{`[{{ big }},{{ money }}]`, `[123456789012345678901234567890,1.10]`},
		{`"{{ list }}"`, `"1a\"b"`},
		{`"{{ o }}"`, `"{\"k\\\"\"=>\"v\\\\\"}"`},
		{`"{{ s }}"`, `"x\",\"admin\":true,\"y\":\"\\\n\u0000` + "\u2028é\ufffd" + `<>&"`},
		{`{"p":{{ n }}.{{ cents }}}`, `{"p":3.50}`},
		{`[{% for i in list %}{{ i }}{% unless forloop.last %},{% endunless %}{% endfor %}]`, `[1,"a\"b",null,[]]`},
		{`[{% for i in list %}{% unless forloop.first %},{% endunless %}"{{ i }}"{% endfor %}]`, `["1","a\"b","",""]`},
		{`[{% for i in none %}{{ i }},{% endfor %}1]`, `[1]`},
		{`{% if yes %}{"a":{% else %}{"b":{% endif %}{{ a }}}`, `{"a":"b"}`},
		{`{{ "{" | raw }}`, ``},
		{`{"a":{% if no %}"{{ s }}"{% else %}{{ a }}{% endif %}}`, `{"a":"b"}`},
		{`{% if yes %}"{% else %}["{% endif %}{{ a }}"`, `"b"`},
		{`{"a":{% case n %}{% when 1 %}"one"{% when 3 %}{{ a }}{% else %}null{% endcase %}}`, `{"a":"b"}`},
		{`{"a":{% case n %}{% when n %}"{{ a }}"{% when a %}null{% endcase %}}`, `{"a":"b"}`},
		{`{% capture c %}say "{{ a }}"{% endcapture %}{"a":"{{ c }}","b":{{ c }}}`, `{"a":"say \"b\"","b":"say \"b\""}`},
		{`{% assign c = a | append: '"' %}{"a":"{{ c }}"}`, `{"a":"b\""}`},
		{`{"a":{{ o | json }}}`, `{"a":{"k\"":"v\\"}}`},
		{`{"a":"{{ o | json }}"}`, `{"a":"{\"k\\\"\":\"v\\\\\"}"}`},
		{`{% assign j = list | json %}{"a":{{ j }}}`, `{"a":[1,"a\"b",null,[]]}`},
		{`{"a":"{{ '<"' | escape }}"}`, `{"a":"&lt;&quot;"}`},
		{`{"a":"{{ 'a b' | url_encode }}"}`, `{"a":"a+b"}`},
		{`{"a":{{ '[1, 2]' | raw }}}`, `{"a":[1, 2]}`},
		{`{"a":"{{ '\n' | raw }}"}`, `{"a":"\n"}`},
		{`[{% cycle 1, "x" %},{% cycle 1, "x" %},"{% cycle '"' %}"]`, `[1,"x","\""]`},
		{`[{% increment i %},"{% increment i %}",{% echo a %}]`, `[0,"1","b"]`},
		{`{"a":{% render 'value', v: s %}}`, ``},
		{`{"a":{% render 'value', v: a %},"b":{% render 'text', v: a %}}`, `{"a":"b","b":"<b>"}`},
		{`{"a":{% include name %}}`, `{"a":"<b>"}`},
		{`[{% for i in (1..3) %}{% if i == 2 %}{% break %}{% endif %}{{ i }}{% endfor %}]`, `[1]`},
		{`{"a":{{ nan }}}`, ``},
		{`{"a":"{{ nan }}"}`, `{"a":"NaN"}`},
		{`{"a":{{ inf }}}`, ``},
		{`{"a":"{{ '\' | raw }}"}`, ``},
		{`{"a":"{{ '"' | raw }}"}`, ``},
		{`{"a":{{ '1,"b":2' | raw }}}`, ``},
		{`[{% for i in list %}{{ i }}{% endfor %}]`, ``},
		{`{{ a }}{{ a }}`, ``},
	} {
		t.Run(c.template, func(t *testing.T) {
			vars["name"], vars["v"] = "text", "b"
			got, err := rendered(c.template, engine.TemplateOptions{
				Context: engine.JSONContext,
				Partials: engine.PartialMap{
					"value": `{% if v contains '"' %}{{ v | raw }}{% else %}{{ v }}{% endif %}`, "text": `"<{{ v }}>"`,
				},
			}, &engine.Request{Vars: vars})
			if c.want == "" {
				require.Error(t, err, "%s gave %s", c.template, got)
				require.NotContains(t, err.Error(), "admin")
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, got)
			require.True(t, json.Valid([]byte(got)))
		})
	}
}

func TestJSONRefusedWhenCompiled(t *testing.T) {
	for _, c := range []struct {
		template     string
		line, column int
	}{
		{`{"a":}`, 1, 6},
		{"{\"a\":1\n \"b\":2}", 2, 2},
		{`{"a":"{{ x }}`, 1, 14},
		{`{"a":"\{{ x }}"}`, 1, 8},
		{`{"a":"\u00{{ x }}"}`, 1, 11},
		{`{"a"{{ x }}}`, 1, 5},
		{`tru{{ x }}`, 1, 4},
		{`{% if x %}{"a":}{% endif %}`, 1, 16},
		{``, 1, 1},
		{`[{{ x }}}`, 1, 9},
	} {
		t.Run(c.template, func(t *testing.T) {
			_, err := engine.Compile(c.template, engine.TemplateOptions{Context: engine.JSONContext})
			var e *engine.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, engine.TemplateSyntax, e.Code)
			require.Equal(t, c.line, e.Details[0].Line)
			require.InDelta(t, c.column, e.Details[0].Column, 3, "%s: %s", c.template, err)
		})
	}
}

// jsonTemplate writes a random template that may or may not be JSON.
func jsonTemplate(r *rand.Rand, depth int) string {
	name := func() string { return []string{"a", "b", "c", "list", "o"}[r.IntN(5)] }
	if depth == 0 {
		switch r.IntN(8) {
		case 0:
			return `"` + name() + `"`
		case 1:
			return "1"
		case 2:
			return `"{{ ` + name() + ` }}"`
		case 3:
			return `"x{{ ` + name() + ` | escape }}{{ ` + name() + ` | json }}"`
		default:
			return `{{ ` + name() + ` }}`
		}
	}
	inner := func() string { return jsonTemplate(r, depth-1) }
	switch r.IntN(14) {
	case 0, 1:
		return `[` + inner() + `,` + inner() + `]`
	case 2, 3:
		return `{"k":` + inner() + `,{{ ` + name() + ` }}:` + inner() + `}`
	case 4:
		return `{% if ` + name() + ` %}` + inner() + `{% else %}` + inner() + `{% endif %}`
	case 5:
		return `[{% for a in list %}` + inner() + `{% unless forloop.last %},{% endunless %}{% endfor %}]`
	case 6:
		return `{% capture c %}` + inner() + `{% endcapture %}{{ c }}`
	case 7:
		return `{% assign c = ` + name() + ` | raw %}` + inner()
	case 8:
		return `{{ ` + name() + ` | raw }}`
	case 9:
		return inner() + inner()
	case 10:
		return `{% case a %}{% when b %}` + inner() + `{% when c, a %}` + inner() + `{% else %}` + inner() + `{% endcase %}`
	case 11:
		return `{% render 'p', a: ` + name() + ` %}`
	case 12:
		return `"{% if ` + name() + ` %}{{ a }}" {% else %}"{% endif %}`
	}
	return `{% ifchanged %}` + inner() + `{% endifchanged %}`
}

func jsonValue(r *rand.Rand) any {
	switch r.IntN(9) {
	case 0:
		return r.IntN(100)
	case 1:
		return nil
	case 2:
		return []any{`"`, r.Float64(), []any{}}
	case 3:
		return map[string]any{"\"": `\`, "n": math.NaN()}
	case 4:
		return `",` + "\n\u2028" + `"a":{`
	case 5:
		return `"x"`
	case 6:
		return "\xff\\"
	case 7:
		return "[1"
	}
	return `\"`
}

// TestJSONIsAlwaysValid: whatever the template and the data, a render in JSON
// context is valid JSON or an error.
func TestJSONIsAlwaysValid(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	valid := 0
	for range 30_000 {
		source := jsonTemplate(r, r.IntN(4))
		vars := map[string]any{"a": jsonValue(r), "b": jsonValue(r), "c": jsonValue(r), "o": jsonValue(r), "list": []any{jsonValue(r), jsonValue(r)}}
		out, err := rendered(source, engine.TemplateOptions{
			Context: engine.JSONContext, Partials: engine.PartialMap{"p": jsonTemplate(r, 1)},
		}, &engine.Request{Vars: vars})
		if err != nil {
			continue
		}
		valid++
		require.True(t, json.Valid([]byte(out)), "%s\n%s", source, out)
		require.True(t, utf8.ValidString(out), "%s\n%s", source, out)
	}
	require.Greater(t, valid, 3000, "the templates hardly ever render: the test tells nothing")
}

func FuzzJSONContext(f *testing.F) {
	f.Add(`{"a":"{{ x }}",{{ x }}:[{% for i in y %}{{ i }},{% endfor %}1]}`, `"`, "z")
	f.Add(`{% if x %}"{% endif %}{{ y | raw }}"`, `\`, `"`)
	f.Fuzz(func(t *testing.T, source, x, y string) {
		out, err := rendered(source, engine.TemplateOptions{Context: engine.JSONContext},
			&engine.Request{Vars: map[string]any{"x": x, "y": []any{y, x}, "z": y}})
		if err == nil && !json.Valid([]byte(out)) {
			t.Fatalf("%q renders no JSON: %q", source, out)
		}
	})
}

func TestHTMLContext(t *testing.T) {
	vars := map[string]any{"x": `<b>&"'`, "list": []any{"<", ">"}, "lines": "a<\nb"}
	for _, c := range []struct{ template, want string }{
		{`<p>{{ x }}</p>`, `<p>&lt;b&gt;&amp;&quot;&#39;</p>`},
		{`{{ x | escape }}`, `&lt;b&gt;&amp;&quot;&#39;`},
		{`{{ x | escape | upcase }}`, `&lt;B&gt;&amp;&quot;&#39;`},
		{`{{ x | raw }}`, `<b>&"'`},
		{`{% assign y = x | escape %}{{ y }}`, `&lt;b&gt;&amp;&quot;&#39;`},
		{`{% capture y %}<i>{{ x }}</i>{% endcapture %}{{ y }}`, `<i>&lt;b&gt;&amp;&quot;&#39;</i>`},
		{`{% capture y %}<i>{{ list }}</i>{% endcapture %}{{ y | append: "<" | prepend: ">" }}`, `&gt;<i>&lt;&gt;</i>&lt;`},
		{`{% for i in list %}{{ i }}{% endfor %}`, `&lt;&gt;`},
		{`{% cycle "<" %}{% echo "<" %}`, `&lt;&lt;`},
		{`{{ lines | newline_to_br }}`, "a&lt;<br />\nb"},
		{`{{ lines | escape | newline_to_br }}`, "a&lt;<br />\nb"},
		{`{% render 'p', x: x %}`, `<u>&lt;b&gt;&amp;&quot;&#39;</u>`},
		{`{% tablerow i in list %}{{ i }}{% endtablerow %}`, "<tr class=\"row1\">\n<td class=\"col1\">&lt;</td><td class=\"col2\">&gt;</td></tr>\n"},
	} {
		t.Run(c.template, func(t *testing.T) {
			got, err := rendered(c.template, engine.TemplateOptions{
				Context: engine.HTMLContext, Partials: engine.PartialMap{"p": `<u>{{ x }}</u>`},
			}, &engine.Request{Vars: vars})
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestEscapedMacroIsTextInBareSyntax(t *testing.T) {
	got, err := rendered(`\<<secrets.token>> \<< secrets.token >> <secrets.token>`, engine.TemplateOptions{Syntax: macros.Bare},
		&engine.Request{Secrets: engine.Map{"token": redact.NewSecret("tok-value")}})
	require.NoError(t, err)
	require.Equal(t, "<<secrets.token>> << secrets.token >> <tok-value>", got)
}

func TestTrimmingEscapedHTMLEscapesItOnce(t *testing.T) {
	for source, want := range map[string]string{
		"{{ q | escape | strip }}|": "&lt;a&gt;|",
		"{% capture c %} <b>{{ q | strip }}</b>\n{% endcapture %}{{ c | strip }}|{{ c | lstrip | strip_newlines }}": "<b>&lt;a&gt;</b>|<b>&lt;a&gt;</b>",
		"{{ q | strip }}": "&lt;a&gt;",
	} {
		t.Run(source, func(t *testing.T) {
			got, err := rendered(source, engine.TemplateOptions{Context: engine.HTMLContext}, &engine.Request{Vars: map[string]any{"q": " <a> "}})
			require.NoError(t, err)
			require.Equal(t, want, got, source)
		})
	}
}

func FuzzHTMLContext(f *testing.F) {
	f.Add(`<&"'>`, "a")
	f.Fuzz(func(t *testing.T, x, y string) {
		out, err := rendered(`{{ x }}{% capture c %}{{ y }}{% endcapture %}{{ c }}{{ x | escape }}`,
			engine.TemplateOptions{Context: engine.HTMLContext}, &engine.Request{Vars: map[string]any{"x": x, "y": y}})
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(out, `<>"'`) || html.UnescapeString(out) != html.UnescapeString(html.EscapeString(x+y+x)) {
			t.Fatalf("%q and %q give %q", x, y, out)
		}
	})
}
