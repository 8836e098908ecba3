package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
)

func TestPlacesInHTML(t *testing.T) {
	const refused, rejected = engine.TemplateSyntax, engine.ValueRejected
	vars := map[string]any{
		"x": "x", "hostile": "</script>\"'`${a}\\\n\u2028&", "o": map[string]any{"n": "</script> & \"B\"\u2028"}, "n": 3, "yes": true,
		"js": "javascript:alert(1)", "tabbed": " java\tscript:alert(1)", "data": "data:text/html,x", "mail": "mailto:a@b.c", "tel": "tel:+1",
		"url": "https://h/a?b=c&d=e", "relative": "/a?b=c", "java": "java", "script": "script:alert(1)", "color": "#ff0000", "css": "red;x:y", "dashes": "--",
	}
	for _, c := range []struct {
		template, want string
		code           engine.Code
	}{
		{template: `<script>var a = {{ o | json }};</script>`, want: `<script>var a = {"n":"\u003c/script\u003e \u0026 \"B\"\u2028"};</script>`},
		{template: `<script>f("{{ hostile }}")</script>`, want: "<script>f(\"\\u003c/script\\u003e\\\"'`${a}\\\\\\n\\u2028\\u0026\")</script>"},
		{template: `<script>f('{{ hostile }}')</script>`, want: "<script>f('\\u003c/script\\u003e\\\"\\u0027`${a}\\\\\\n\\u2028\\u0026')</script>"},
		{template: "<script>f(`{{ hostile }}`)</script>", want: "<script>f(`\\u003c/script\\u003e\\\"'\\u0060\\u0024\\u007ba}\\\\\\n\\u2028\\u0026`)</script>"},
		{template: "<script>f(`${ {{ n }} }`, /\"/, {{ yes }}, 6 / {{ n }})</script>", want: "<script>f(`${ 3 }`, /\"/, true, 6 / 3)</script>"},
		{template: `{% capture c %}<script>f({{ o | json }})</script>{% endcapture %}{{ c }}`, want: `<script>f({"n":"\u003c/script\u003e \u0026 \"B\"\u2028"})</script>`},
		{template: `<script>f()</script>{{ hostile }}`, want: "<script>f()</script>&lt;/script&gt;&quot;&#39;`${a}\\\n\u2028&amp;"},
		{template: `<script>var a = {{ x }};</script>`, code: rejected},
		{template: `<script>var a = {{ nosuch }};</script>`, code: rejected},
		{template: `<script>// {{ x }}</script>`, code: refused},
		{template: `<script>/{{ x | json }}/</script>`, code: refused},
		{template: `<script>"\{{ x }}"</script>`, code: refused},
		{template: `<script>f(a) /"/; {{ x | json }}</script>`, code: refused},
		{template: `<script>a{{ x | json }}</script>`, code: refused},
		{template: `<script>"</{{ x }} "</script>`, code: refused},
		{template: `<style>p{color:{{ color }}}</style><p style="color: {{ color }}">`, want: `<style>p{color:#ff0000}</style><p style="color: #ff0000">`},
		{template: `<style>p{color:{{ css }}}</style>`, code: rejected},
		{template: `<p style='color:{{ css }}'>`, code: rejected},
		{template: `<p onclick="f({{ x | json }})">`, code: refused},
		{template: `<p ONCLICK = 'f({{ x }})'>`, code: refused},
		{template: `<p disabled onclick="{{ x | raw }}">`, want: `<p disabled onclick="x">`},
		{template: `<p title={{ x }}>`, code: refused},
		{template: `<p title=a{{ x }}>`, code: refused},
		{template: `<p {{ x }}>`, code: refused},
		{template: `<{{ x }}>`, code: refused},
		{template: `<h{{ n }}>`, want: `<h3>`},
		{template: `<h{{ x }}>`, code: rejected},
		{template: `<iframe srcdoc="{{ x }}"></iframe>`, code: refused},
		{template: `<meta http-equiv="refresh" content="0; url={{ url }}">`, want: `<meta http-equiv="refresh" content="0; url=https://h/a?b=c&amp;d=e">`},
		{template: `<META HTTP-EQUIV = Refresh CONTENT='5; URL="/{{ js }}"'>`, want: `<META HTTP-EQUIV = Refresh CONTENT='5; URL="/javascript:alert(1)"'>`},
		{template: `<meta http-equiv="refresh" content="0;url={{ js }}">`, code: rejected},
		{template: `<meta http-equiv='refresh' content="0; url='{{ tabbed }}'">`, code: rejected},
		{template: `<meta http-equiv="refresh" content="0;url=java{{ script }}">`, code: rejected},
		{template: `<meta http-equiv="refresh" content="{{ x }}">`, code: refused},
		{template: `<meta http-equiv="refresh" content="{{ n }};url=/">`, code: refused},
		{template: `<meta http-equiv="{{ x }}" content="0">`, code: refused},
		{template: `<meta content="{{ x }}" http-equiv="refresh">`, code: refused},
		{template: `<meta http-equiv="refresh" content="5"><meta name="a" content="{{ js }}">`, want: `<meta http-equiv="refresh" content="5"><meta name="a" content="javascript:alert(1)">`},
		{template: `<meta http-equiv="refresher" content="{{ js }}">`, want: `<meta http-equiv="refresher" content="javascript:alert(1)">`},
		{template: `<img srcset="{{ url }} 1x, {{ relative }} 2x">`, want: `<img srcset="https://h/a?b=c&amp;d=e 1x, /a?b=c 2x">`},
		{template: `<img srcset="{{ js }} 1x">`, code: rejected},
		{template: `<link imagesrcset="/a 1x,{{ data }} 2x">`, code: rejected},
		{template: `<a href="{{ url }}">`, want: `<a href="https://h/a?b=c&amp;d=e">`},
		{template: `<a href="{{ relative }}">`, want: `<a href="/a?b=c">`},
		{template: `<a href='{{ mail }}' title="{{ js }}">`, want: `<a href='mailto:a@b.c' title="javascript:alert(1)">`},
		{template: `<a href="{{ tel }}">`, want: `<a href="tel:+1">`},
		{template: `<a href="{{ js }}">`, code: rejected},
		{template: `<a href="{{ js | escape }}">`, code: rejected},
		{template: `<a href="{{ js | raw }}">`, want: `<a href="javascript:alert(1)">`},
		{template: `<a xlink:href="{{ tabbed }}">`, code: rejected},
		{template: `<img src="{{ data }}">`, code: rejected},
		{template: `<form action="{{ js }}">`, code: rejected},
		{template: `<a href="{{ java }}{{ script }}">`, code: rejected},
		{template: `<a href="{{ url }}{{ script }}">`, want: `<a href="https://h/a?b=c&amp;d=escript:alert(1)">`},
		{template: `<a href="java{{ script }}">`, code: rejected},
		{template: `<a href="javascript:f('{{ x }}')">`, code: refused},
		{template: `<a href="{{ x }}:alert(1)">`, code: refused},
		{template: `<a href="javascript&colon;{{ x }}">`, code: refused},
		{template: `<a href="java&NewLine;script&colon;{{ x }}">`, code: refused},
		{template: `<a href="java&Tab;script&#58;{{ x }}">`, code: refused},
		{template: `<a href="&#106avascript&#x3A;{{ x }}">`, code: refused},
		{template: `<a href="javascript&#00000000000000000000000000000000000000000000058;{{ x }}">`, code: refused},
		{template: `<a href="data&colon;text/html,{{ x }}">`, code: refused},
		{template: `<a href="{{ x }}&#58;{{ x }}">`, code: refused},
		{template: `<a href="{{ x }}&#58{{ x }}">`, code: refused},
		{template: `<a href="{{ x }}&colon;alert(1)">`, code: refused},
		{template: `<a href="&{{ x }}">`, code: refused},
		{template: `<a href="javascript&{{ x }}">`, code: refused},
		{template: `<a href="javascript&#{{ x }}">`, code: refused},
		{template: `<a href="javascript&#58{{ x }}">`, code: refused},
		{template: `<a href="javascript&colon{{ x }}">`, code: refused},
		{template: `<a href="{{ script }}&{{ x }}">`, code: rejected},
		{template: `<a href="{{ java }}&{{ x }}">`, code: rejected},
		{template: `<img srcset="/a&{{ x }} 1x">`, code: refused},
		{template: `<img srcset="/a&comma;{{ js }} 1x">`, code: rejected},
		{template: `<a href="/p?a=1&{{ x }}=2&b={{ x }}">`, want: `<a href="/p?a=1&x=2&b=x">`},
		{template: `<a href="{{ url }}&{{ x }}">`, want: `<a href="https://h/a?b=c&amp;d=e&x">`},
		{template: `<a href="&#47;{{ js }}" title="&{{ x }}">`, want: `<a href="&#47;javascript:alert(1)" title="&x">`},
		{template: `<a href="a&amp;b{{ x }}">`, want: `<a href="a&amp;bx">`},
		{template: `<meta http-equiv="&#114;efresh" content="0;url=java&Tab;{{ script }}">`, code: rejected},
		{template: `{% capture open %}<a href="{% endcapture %}{{ open }}{{ js }}">`, code: rejected},
		{template: `{% capture open %}<a href="{% endcapture %}{{ open }}{{ url }}">`, want: `<a href="https://h/a?b=c&amp;d=e">`},
		{template: `{% if yes %}<a href="{% else %}<a title="{% endif %}{{ js }}">`, code: rejected},
		{template: `{% include name %}`, code: rejected},
		{template: `<!--{{ dashes }}><a title='{{ x }}'-->`, want: `<!--&#45;&#45;><a title='x'-->`},
	} {
		t.Run(c.template, func(t *testing.T) {
			vars["name"] = "p"
			got, err := rendered(c.template, engine.TemplateOptions{
				Context: engine.HTMLContext, Partials: engine.PartialMap{"p": `<a href="{{ js }}">`},
			}, &engine.Request{Vars: vars})
			if c.code != "" {
				var e *engine.Error
				require.ErrorAs(t, err, &e, got)
				require.Equal(t, c.code, e.Code)
				require.NotContains(t, err.Error(), "alert")
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}
