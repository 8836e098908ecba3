package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/redact"
)

// TestFiltersBehindEscapedText: what is escaped, or was written by the author
// inside a capture, is not escaped again behind a filter.
func TestFiltersBehindEscapedText(t *testing.T) {
	vars := map[string]any{
		"x": "<b>&", "name": "Tom & Jerry", "long": "a<b and more words", "quote": `" onclick="`, "lines": "<\n>",
		"words": "<a>  <b>", "list": []any{"<1>", "<2>"},
	}
	for _, c := range []struct{ template, want string }{
		// A capture of values alone is text like any other.
		{`{% capture c %}{{ x }}{% endcapture %}{{ c | upcase }}`, `&lt;B&gt;&amp;`},
		{`{% capture c %}{{ x }}{% endcapture %}{{ c | truncate: 4, "" }}`, `&lt;b&gt;&amp;`},
		{`{% capture c %}{{ x }}{% endcapture %}{{ c | size }}`, `4`},
		{`{% capture c %}{{ x }}{% endcapture %}{{ c | slice: 0, 2 }}`, `&lt;b`},
		{`{% capture c %}{{ x }}{% endcapture %}{{ c | replace: "<", "[" }}`, `[b&gt;&amp;`},
		{`{% capture c %}{{ x }}{% endcapture %}{{ c | replace: "b", x }}`, `&lt;&lt;b&gt;&amp;&gt;&amp;`},
		{`{% capture c %}{{ x }}{% endcapture %}{{ c | split: "" | join: "," }}`, `&lt;,b,&gt;,&amp;`},
		{`{% capture c %}{{ x }}{% endcapture %}{{ c | append: "<" | prepend: ">" }}`, `&gt;&lt;b&gt;&amp;&lt;`},
		{`{% capture c %}{{ x }}{% endcapture %}{{ c | escape }}`, `&lt;b&gt;&amp;`},
		{`{% capture c %}{{ name }}{% endcapture %}{% if c == name %}same{% endif %}`, `same`},
		{`{% capture c %}{{ name }}{% endcapture %}{{ c | url_encode }}`, `Tom+%26+Jerry`},
		{`{% capture c %}{{ name }}{% endcapture %}{{ c | remove: "Tom " | capitalize }}`, `&amp; jerry`},
		// What the author wrote in it stays markup.
		{`{% capture c %}<b>{{ x }}</b>{% endcapture %}{{ c }}`, `<b>&lt;b&gt;&amp;</b>`},
		{`{% capture c %}<b>{{ x }}</b>&nbsp;{% endcapture %}{{ c | upcase }}`, `<B>&lt;B&gt;&amp;</B>&nbsp;`},
		{`{% capture c %}<b>hi NAME</b>{% endcapture %}{{ c | replace: "NAME", name }}`, `<b>hi Tom &amp; Jerry</b>`},
		{`{% capture c %}<a href="URL">{{ x }}</a>{% endcapture %}{{ c | replace: "URL", quote }}`, `<a href="&quot; onclick=&quot;">&lt;b&gt;&amp;</a>`},
		{`{% capture b %}<br>{% endcapture %}{% capture c %}{{ x }}|<i>y</i>{% endcapture %}{{ c | replace: "|", b }}`, `&lt;b&gt;&amp;<br><i>y</i>`},
		{`{% capture c %}<li>{{ x }}</li>,<li>2</li>{% endcapture %}{% assign l = c | split: "," %}{% for i in l %}{{ i }};{% endfor %}{{ l }}`, `<li>&lt;b&gt;&amp;</li>;<li>2</li>;<li>&lt;b&gt;&amp;</li><li>2</li>`},
		{`{% capture c %}<li>{{ x }}</li>,<li>2</li>{% endcapture %}{{ c | split: "," | reverse | join: "<" }}`, `<li>2</li>&lt;<li>&lt;b&gt;&amp;</li>`},
		{"{% capture c %}\n <b>\n{{ lines }}</b> {% endcapture %}{{ c | strip }}|{{ c | strip_newlines | lstrip }}", "<b>\n&lt;\n&gt;</b>|<b>&lt;&gt;</b> "},
		{`{% capture c %}<a href="/">{{ words }}</a>{% endcapture %}{{ c | squish }}`, `<a href="/">&lt;a&gt; &lt;b&gt;</a>`},
		{`{% capture c %}<a href="/">{{ words }}</a>{% endcapture %}{{ c | truncatewords: 2, "&" }}`, `<a href="/">&lt;a&gt;&amp;`},
		{`{% capture a %}<i>{{ x }}{% endcapture %}{% capture c %}{{ a }}</i>{{ name }}{% endcapture %}{{ c | downcase }}`, `<i>&lt;b&gt;&amp;</i>tom &amp; jerry`},
		{`{% capture c %}{% for i in list %}{% ifchanged %}<p>{{ i }}</p>{% endifchanged %}{% ifchanged %}<p>{{ i }}</p>{% endifchanged %}{% endfor %}{% endcapture %}{{ c }}`, `<p>&lt;1&gt;</p><p>&lt;2&gt;</p>`},
		{`{% capture c %}{% render "p", x: x %}{% cycle "<" %}{% increment n %}{% endcapture %}{{ c | append: "" }}`, `<u>&lt;b&gt;&amp;</u>&lt;0`},
		{`{% capture c %}{% tablerow i in list cols: 1 %}{{ i }}{% endtablerow %}{% endcapture %}{{ c | strip_newlines }}`, `<tr class="row1"><td class="col1">&lt;1&gt;</td></tr><tr class="row2"><td class="col1">&lt;2&gt;</td></tr>`},
		{`{% capture c %}<b>{{ "<i>" | raw }}</b>{% endcapture %}{{ c | append: "<" }}`, `<b><i></b>&lt;`},
		{`{% capture c %}<b>{{ list }}</b>{% endcapture %}{{ c }}`, `<b>&lt;1&gt;&lt;2&gt;</b>`},
		{`{% capture c %}{{ x | escape }}{% endcapture %}{{ c | slice: 0, 4 }}`, `&lt;`},
		// What would cut a tag or its quotes in two is no markup any more.
		{`{% capture c %}<a title="{{ x }}">y</a>{% endcapture %}{{ c | slice: 0, 12 }}`, `&lt;a title=&quot;&lt;b`},
		{`{% capture c %}<a title="{{ x }}">y</a>{% endcapture %}{{ c | remove: '"' }}`, `&lt;a title=&lt;b&gt;&amp;&gt;y&lt;/a&gt;`},
		{`{% capture c %}<a title="{{ x }}">y</a>{% endcapture %}{{ c | remove: 'title=' }}`, `&lt;a &quot;&lt;b&gt;&amp;&quot;&gt;y&lt;/a&gt;`},
		{`{% capture c %}<script>f()</script>{{ x }}{% endcapture %}{{ c | truncate: 11, "" }}`, `&lt;script&gt;f()`},
		{`{% capture c %}<script>f()</script>{{ x }} {% endcapture %}{{ c | rstrip }}`, `<script>f()</script>&lt;b&gt;&amp;`},
		{`{% capture c %}<!-- {{ x }} -->{% endcapture %}{{ c | remove: "-->" }}`, `&lt;!-- &lt;b&gt;&amp; `},
		// A filter that finishes its result, and another behind it.
		{`{{ x | escape | append: x }}`, `&lt;b&gt;&amp;&lt;b&gt;&amp;`},
		{`{{ x | escape | upcase | truncate: 6, "" }}`, `&lt;B&`},
		{`{{ x | escape | split: "b" | join: "&" }}`, `&lt;&amp;&gt;&amp;`},
		{`{{ x | escape | replace: "&lt;", "<" }}`, `&lt;b&gt;&amp;`},
		{`{{ lines | newline_to_br | upcase }}`, "&lt;<BR />\n&gt;"},
		{`{{ lines | newline_to_br | append: "<" | strip }}`, "&lt;<br />\n&gt;&lt;"},
		{`{{ lines | raw | newline_to_br }}`, "<<br />\n>"},
		{`{{ x | raw | append: "<" }}`, `&lt;b&gt;&amp;&lt;`},
		{`{{ none | default: x | escape | default: "y" }}`, `&lt;b&gt;&amp;`},
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

func TestCapturesInURLs(t *testing.T) {
	vars := map[string]any{"x": "a/b?c", "base": "https://api.example.com/v1", "host": "h.example.com", "evil": ".evil.com", "up": "..", "user": "me@x", "crlf": "a\r\nb", "list": []any{"a&b", "c"}}
	for _, c := range []struct{ template, want string }{
		{`{% capture q %}k={{ x }}&l=1{% endcapture %}https://h/?{{ q }}`, `https://h/?k=a%2Fb%3Fc&l=1`},
		{`{% capture q %}k={{ x }}&l=m{% endcapture %}https://h/?{{ q | upcase }}`, `https://h/?K=A%2FB%3FC&L=M`},
		{`{% capture q %}k={{ x }}&{% endcapture %}https://h/?{{ q | append: x | replace: "k", "&" }}`, `https://h/?%26=a%2Fb%3Fc&a%2Fb%3Fc`},
		{`{% capture q %}{{ x | url_encode }}{% endcapture %}https://h/?q={{ q | truncate: 5, "" }}`, `https://h/?q=a%2Fb`},
		{`{% capture q %}{{ x | url_encode }}{% endcapture %}https://h/?q={{ q | truncate: 3, "" }}`, `https://h/?q=a%252`},
		{`{% capture u %}{{ base }}/{{ x }}{% endcapture %}{{ u }}?y={{ x }}`, `https://api.example.com/v1/a%2Fb%3Fc?y=a%2Fb%3Fc`},
		{`{% capture u %}https://{{ host }}/p{% endcapture %}{{ u }}`, `https://h.example.com/p`},
		{`{% capture u %}https://{{ user }}:{{ x }}@h/{% endcapture %}{{ u }}`, `https://me%40x:a%2Fb%3Fc@h/`},
		{`{% capture u %}https://{{ host }}{% endcapture %}{{ u }}/p`, `https://h.example.com/p`},
		{`https://h/?l={{ list }}&m={{ "a b" | url_encode | split: "," }}`, `https://h/?l=a%26bc&m=a+b`},
		{`{% capture u %}https://h.example.com{{ evil }}/p{% endcapture %}{{ u }}`, ``},
		{`{% capture u %}https://h/{{ up }}/p{% endcapture %}{{ u }}`, ``},
		{`{% capture u %}javascript:{{ x }}{% endcapture %}{{ u }}`, ``},
		{`{% capture u %}https://h/{{ crlf | raw }}{% endcapture %}{{ u }}`, ``},
		{`{% capture h %}{{ host }}/{% endcapture %}https://{{ h }}`, ``},
	} {
		t.Run(c.template, func(t *testing.T) {
			got, err := rendered(c.template, engine.TemplateOptions{Context: engine.URLContext}, &engine.Request{Vars: vars})
			if c.want == "" {
				require.Error(t, err, "%s gave %s", c.template, got)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestCapturesInJSON(t *testing.T) {
	vars := map[string]any{"x": "a\"b", "o": map[string]any{"k": "<\""}}
	for source, want := range map[string]string{
		`{% capture j %} {{ o | json }} {% endcapture %}{"a":{{ j }},"b":"{{ j | strip }}"}`:       `{"a": {"k":"<\""} ,"b":"{\"k\":\"<\\\"\"}"}`,
		`{% capture j %}{{ o | json }},{% endcapture %}{"a":{{ j }}}`:                              `{"a":"{\"k\":\"<\\\"\"},"}`,
		`{% capture c %}"{{ x }}"{% endcapture %}{"a":{{ c | upcase }},"b":"{{ c | append: x }}"}`: `{"a":"\"A\"B\"","b":"\"a\"b\"a\"b"}`,
		`{% capture c %}{{ x | raw }}{% endcapture %}{"a":{{ c }}}`:                                `{"a":"a\"b"}`,
	} {
		t.Run(source, func(t *testing.T) {
			got, err := rendered(source, engine.TemplateOptions{Context: engine.JSONContext}, &engine.Request{Vars: vars})
			require.NoError(t, err, source)
			require.Equal(t, want, got, source)
		})
	}
}

// TestCapturedSecretsAreKnown: the redactor knows a capture by its text, and by
// the form in which it is printed.
func TestCapturedSecretsAreKnown(t *testing.T) {
	secret := redact.NewSecret("s3cret<&>value")
	known := redact.New(secret)
	out, err := rendered(`{% capture c %}<b>{{ secrets.t }}</b>{% endcapture %}{{ c | upcase }}`, engine.TemplateOptions{Context: engine.HTMLContext},
		&engine.Request{Secrets: engine.Map{"t": secret}})
	require.NoError(t, err)
	require.Equal(t, "<B>S3CRET&lt;&amp;&gt;VALUE</B>", out)
	require.NotContains(t, known.String(out), "S3CRET")
}

// TestChosenPartialBreaksOutOfACapture: where a partial that rendering chose ends
// a loop in the middle, the output is looked at as a whole.
func TestChosenPartialBreaksOutOfACapture(t *testing.T) {
	const source = `[1{% for i in (1..1) %},{% capture c %}{% include n %}{% endcapture %}2{% endfor %}]`
	o := engine.TemplateOptions{Context: engine.JSONContext, Partials: engine.PartialMap{"on": "x", "out": "{% break %}"}}
	got, err := rendered(source, o, &engine.Request{Vars: map[string]any{"n": "on"}})
	require.NoError(t, err)
	require.Equal(t, "[1,2]", got)
	_, err = rendered(source, o, &engine.Request{Vars: map[string]any{"n": "out"}})
	require.Error(t, err)
}
