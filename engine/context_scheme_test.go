package engine_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
)

// TestNoValueBecomesASchemeOnTheWay: what follows a value in another branch, turn,
// partial or capture than its own may not make the scheme of a link of it, nor the
// host of a URL of what comes behind.
func TestNoValueBecomesASchemeOnTheWay(t *testing.T) {
	vars := map[string]any{"yes": true, "x": "javascript", "tail": "script", "list": []any{"java", "script"}, "slash": "/", "host": "evil.example", "name": "bare"}
	partials := engine.PartialMap{"bare": `{{ x }}`, "colon": `:alert(1)`}
	for _, c := range []struct {
		name, template string
		context        engine.Context
		code           engine.Code
	}{
		{"a value in a branch", `<a href="{% if yes %}{{ x }}{% endif %}:alert(1)">`, engine.HTMLContext, engine.TemplateSyntax},
		{"the colon in a branch", `<a href="{{ x }}{% if yes %}:{% endif %}alert(1)">`, engine.HTMLContext, engine.TemplateSyntax},
		{"the colon as a name", `<a href='{% if yes %}{{ x }}{% endif %}&colon;alert(1)'>`, engine.HTMLContext, engine.TemplateSyntax},
		{"the end of a scheme", `<a href="java{% if yes %}{{ tail }}{% endif %}:alert(1)">`, engine.HTMLContext, engine.TemplateSyntax},
		{"turns of a loop", `<a href="{% for i in list %}{{ i }}{% endfor %}:alert(1)">`, engine.HTMLContext, engine.TemplateSyntax},
		{"a partial", `<a href="{% render 'bare', x: x %}:alert(1)">`, engine.HTMLContext, engine.TemplateSyntax},
		{"a partial with the colon", `<a href="{{ x }}{% include 'colon' %}">`, engine.HTMLContext, engine.TemplateSyntax},
		{"a partial named by data", `<a href="{% include name %}:alert(1)">`, engine.HTMLContext, engine.ValueRejected},
		{"the second of several links", `<img srcset="a.png 1x, {% if yes %}{{ x }}{% endif %}:alert(1) 2x">`, engine.HTMLContext, engine.TemplateSyntax},
		{"the link of a refresh", `<meta http-equiv="refresh" content="0; url={% if yes %}{{ x }}{% endif %}:alert(1)">`, engine.HTMLContext, engine.TemplateSyntax},
		{"a whole link in a capture", `{% capture c %}<a href="{{ x }}:alert(1)">{% endcapture %}{{ c }}`, engine.HTMLContext, engine.ValueRejected},
		{"a link that a capture opens", `{% capture c %}<a href="{% endcapture %}{{ c }}{{ x }}:alert(1)">`, engine.HTMLContext, engine.ValueRejected},
		{"a slash in a branch", `{{ slash }}{% if yes %}/{{ host }}{% endif %}`, engine.URLContext, engine.ValueRejected},
		{"a backslash in a branch", `{{ slash }}{% if yes %}\{{ host }}{% endif %}`, engine.URLContext, engine.ValueRejected},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, err := rendered(c.template, engine.TemplateOptions{Context: c.context, Partials: partials}, &engine.Request{Vars: vars})
			var e *engine.Error
			require.True(t, errors.As(err, &e), "sent: %s", out)
			require.Equal(t, c.code, e.Code)
		})
	}
}

func TestValuesThatBecomeNoScheme(t *testing.T) {
	vars := map[string]any{"yes": true, "base": "https://a.example", "page": "a:b", "scheme": "sms", "empty": "", "slash": "/", "host": "b", "name": "link"}
	for _, c := range []struct {
		name, template string
		context        engine.Context
		want           string
	}{
		{"a query in a branch", `<a href="{{ base }}{% if yes %}?p={{ page }}{% endif %}">a:b</a>`, engine.HTMLContext, `<a href="https://a.example?p=a:b">a:b</a>`},
		{"a text behind the link", `<a href="{{ base }}" title="x: y">: {{ page }}</a>`, engine.HTMLContext, `<a href="https://a.example" title="x: y">: a:b</a>`},
		{"a scheme for which the author answers", `<a href="{% if yes %}{{ scheme | raw }}{% endif %}:5">`, engine.HTMLContext, `<a href="sms:5">`},
		{"nothing before a scheme", `<a href="{% if yes %}tel{% endif %}:5{{ page }}">`, engine.HTMLContext, `<a href="tel:5a:b">`},
		{"a partial named by data", `{% include name %}: <b title="x:y">`, engine.HTMLContext, `<a href="https://a.example/c:d">: <b title="x:y">`},
		{"a path behind a host", `{{ base }}{% if yes %}/{{ host }}{% endif %}`, engine.URLContext, `https://a.example/b`},
		{"a segment behind a slash", `{{ slash }}{{ host }}`, engine.URLContext, `/b`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := rendered(c.template, engine.TemplateOptions{
				Context: c.context, Partials: engine.PartialMap{"link": `<a href="{{ base }}/c:d">`},
			}, &engine.Request{Vars: vars})
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}
