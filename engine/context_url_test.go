package engine_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
)

func TestURLContext(t *testing.T) {
	vars := map[string]any{
		"x": "a/b?c=d&e#f g", "base": "https://api.example.com/v1?k=v", "host": "api.example.com", "port": "8080",
		"evil": ".evil.com", "user": "u@evil.com", "up": "..", "empty": "", "js": "javascript:alert(1)", "crlf": "a\r\nb",
		"hostport": "localhost:8080", "bad": "http://[::1", "email": "a+b@example.com", "six": "[::1]:8080", "script": "JavaScript", "half": "script", "scheme": "ftp",
		"tabbed": " java\tscript:alert(1)", "deep": "myapp://open/x?y=1", "mail": "mailto:a@b.c", "relative": "/a/b?c=1&d=x y#z", "parent": "../a?b=c",
		"query": "?a=b/c:d", "time": "12:30", "network": "//cdn.example.com/a", "nohost": "///evil", "slashless": "https:evil.com", "slash": "/", "dot": "2e.",
	}
	for _, c := range []struct{ template, want string }{
		{`https://h/{{ x }}?q={{ x }}#{{ x }}`, `https://h/a%2Fb%3Fc%3Dd%26e%23f%20g?q=a%2Fb%3Fc%3Dd%26e%23f%20g#a%2Fb%3Fc%3Dd%26e%23f%20g`},
		{`{{ base }}`, `https://api.example.com/v1?k=v`},
		{`{{ base }}&q={{ x }}`, `https://api.example.com/v1?k=v&q=a%2Fb%3Fc%3Dd%26e%23f%20g`},
		{`https://{{ host }}/x`, `https://api.example.com/x`},
		{`https://{{ hostport }}/x`, `https://localhost:8080/x`},
		{`https://{{ host }}:{{ port }}/x`, `https://api.example.com:8080/x`},
		{`https://x{{ evil }}.example.com/`, `https://x.evil.com.example.com/`},
		{`https://api.{{ host }}`, `https://api.api.example.com`},
		{`https://h/?q={{ x | url_encode }}`, `https://h/?q=a%2Fb%3Fc%3Dd%26e%23f+g`},
		{`https://h/{{ "a/b" | raw }}`, `https://h/a/b`},
		{`{{ js }}`, ``},
		{`{{ js }}/x`, ``},
		{`{{ tabbed }}`, ``},
		{`{{ deep }}`, ``},
		{`{{ deep }}&z=1`, ``},
		{`{{ deep | raw }}`, `myapp://open/x?y=1`},
		{`{{ deep | raw }}&z=1`, `myapp://open/x?y=1&z=1`},
		{`{{ mail }}`, ``},
		{`{{ relative }}`, `/a/b?c=1&d=x%20y#z`},
		{`{{ relative }}&q={{ x }}`, `/a/b?c=1&d=x%20y#z&q=a%2Fb%3Fc%3Dd%26e%23f%20g`},
		{`{% if x %}{{ relative }}{% else %}{{ base }}{% endif %}`, `/a/b?c=1&d=x%20y#z`},
		{`{{ parent }}`, `../a?b=c`},
		{`{{ query }}`, `?a=b/c:d`},
		{`{{ x }}`, `a/b?c=d&e#f%20g`},
		{`{{ x }}/y`, `a%2Fb%3Fc%3Dd%26e%23f%20g/y`},
		{`{{ time }}`, `12%3A30`},
		{`{{ network }}`, `//cdn.example.com/a`},
		{`{{ nohost }}`, ``},
		{`{{ slashless }}`, ``},
		{`/{{ x }}/y`, `/a%2Fb%3Fc%3Dd%26e%23f%20g/y`},
		{`https://h/?q={{ crlf }}`, `https://h/?q=a%0D%0Ab`},
		{`{% capture q %}a={{ x }}{% endcapture %}https://h/?{{ q }}`, `https://h/?a=a%2Fb%3Fc%3Dd%26e%23f%20g`},
		{`https://h/{% if x %}{{ x }}{% else %}?{{ x }}{% endif %}/{{ x }}`, `https://h/a%2Fb%3Fc%3Dd%26e%23f%20g/a%2Fb%3Fc%3Dd%26e%23f%20g`},
		{`mailto:{{ email }}`, `mailto:a%2Bb%40example.com`},
		{`tel:{{ port }}`, `tel:8080`},
		{`https://{{ user }}:{{ x }}@{{ host }}:{{ port }}/{{ x }}`, `https://u%40evil.com:a%2Fb%3Fc%3Dd%26e%23f%20g@api.example.com:8080/a%2Fb%3Fc%3Dd%26e%23f%20g`},
		{`https://api:{{ x | url_encode }}@{{ host }}/`, `https://api:a%2Fb%3Fc%3Dd%26e%23f+g@api.example.com/`},
		{`https://:{{ x | raw }}@h`, `https://:a%2Fb%3Fc%3Dd%26e%23f%20g@h`},
		{`{% if x %}https://{{ user }}@{% endif %}h/`, `https://u%40evil.com@h/`},
		{`//{{ user }}-{{ port }}@h/`, `//u%40evil.com-8080@h/`},
		{`postgres://{{ user }}:{{ x }}@{{ host }}/{{ port }}`, `postgres://u%40evil.com:a%2Fb%3Fc%3Dd%26e%23f%20g@api.example.com/8080`},
		{`https://{{ six }}/x`, `https://[::1]:8080/x`},
		{`{{ scheme }}://{{ host }}/`, `ftp://api.example.com/`},
		{`{{ script }}://{{ host }}/{{ crlf }}`, ``},
		{`{{ script }}:{{ x }}`, ``},
		{`java{{ half }}:{{ x }}`, ``},
		{`{% if x %}{{ script }}{% endif %}:{{ x }}`, ``},
		{`{% capture c %}{{ script }}:{% endcapture %}{{ c }}{{ x }}`, ``},
		{`https://{{ user }}/@h`, ``},
		{`https://{{ user }}?@h`, ``},
		{`https://{{ user }}\@h`, ``},
		{`https://h:{{ x }}/@`, ``},
		{`https://x.{{ six }}/x`, ``},
		{`javascript:f("{{ x }}")`, ``},
		{`https:{{ host }}`, ``},
		{`https://{{ host }}{{ evil }}/`, ``},
		{`https://{{ user }}/`, ``},
		{`https://api.example.com{{ evil }}/x`, ``},
		{`https://api.example.com{{ evil }}`, ``},
		{`https://api.example.com:{{ host }}/`, ``},
		{`{{ base }}{{ evil }}`, `https://api.example.com/v1?k=v.evil.com`},
		{`{{ root }}{{ evil }}`, ``},
		{`{{ bad }}/`, ``},
		{`https://h/{{ up }}/x`, ``},
		{`/{{ empty }}/{{ host }}`, ``},
		{`{{ empty }}/x`, ``},
		{`{{ slash }}/{{ host }}/k`, ``},
		{`{{ slash }}/api.example.com/k`, ``},
		{`{{ slash }}{{ host }}/k`, `/api.example.com/k`},
		{`{{ slash }}?q={{ x }}`, `/?q=a%2Fb%3Fc%3Dd%26e%23f%20g`},
		{`https://h/%{{ dot }}/k`, ``},
		{`https://h/%2{{ dot }}/k`, ``},
		{`https://h/{% if x %}%2{% endif %}{{ dot }}/k`, ``},
		{`https://h/%2e{{ port }}/k`, `https://h/%2e8080/k`},
		{`{{ base }}/%{{ dot }}`, ``},
		{`https://{{ empty }}/x`, ``},
		{`https://h/{{ crlf | raw }}`, ``},
	} {
		t.Run(c.template, func(t *testing.T) {
			vars["root"] = "https://api.example.com"
			got, err := rendered(c.template, engine.TemplateOptions{Context: engine.URLContext}, &engine.Request{Vars: vars})
			if c.want == "" {
				require.Error(t, err, "%s gave %s", c.template, got)
				require.NotContains(t, err.Error(), "evil")
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func FuzzURLContext(f *testing.F) {
	f.Add("a b", "x/y")
	f.Add("..", "http://evil")
	f.Fuzz(func(t *testing.T, x, y string) {
		vars := map[string]any{"x": x, "y": y}
		for _, source := range []string{
			`https://{{ x }}:{{ y }}@h/`, `{% capture c %}https://{{ x }}:{{ y }}@h?{{ y }}{% endcapture %}{{ c | append: "#" }}`,
		} {
			out, err := rendered(source, engine.TemplateOptions{Context: engine.URLContext}, &engine.Request{Vars: vars})
			require.NoError(t, err, source)
			u, err := url.Parse(out)
			require.NoError(t, err, out)
			password, _ := u.User.Password()
			require.Equal(t, []string{"h", x, y}, []string{u.Host, u.User.Username(), password}, out)
		}
		out, err := rendered(`https://{{ x }}.example.com/p/{{ x }}/{{ y }}?q={{ y }}&r={{ x }}#{{ y }}`,
			engine.TemplateOptions{Context: engine.URLContext}, &engine.Request{Vars: vars})
		if err != nil {
			return
		}
		u, err := url.Parse(out)
		if err != nil {
			t.Fatalf("%q and %q give no URL: %q", x, y, out)
		}
		if !strings.HasSuffix(u.Host, ".example.com") || u.User != nil || u.Path != "/p/"+x+"/"+y || u.Fragment != y ||
			u.Query().Get("q") != y || u.Query().Get("r") != x || len(u.Query()) != 2 {
			t.Fatalf("%q and %q give another URL: %q", x, y, out)
		}
	})
}

func TestHeaderContext(t *testing.T) {
	for _, c := range []struct{ template, want string }{
		{`Bearer {{ ok }}`, `Bearer tok`},
		{`{{ crlf }}`, ``},
		{`{{ nul }}`, ``},
		{`{{ city }}`, ``},
		{`{{ city | raw }}`, ``},
		{`{{ del }}`, ``},
		{`{{ tab }}`, "a\t~"},
		{`{{ "%0D%0A" | url_decode }}`, ``},
		{`{{ "DQo=" | base64_decode | raw }}`, ``},
		{`{{ "a,b" | split: "," | join: crlf }}`, ``},
		{`{{ list }}`, ``},
		{`{% capture c %}{{ crlf }}{% endcapture %}{{ c }}`, ``},
		{`{% capture c %}{{ crlf }}{% endcapture %}{{ c | strip_newlines | strip }}`, `a: b`},
	} {
		t.Run(c.template, func(t *testing.T) {
			got, err := rendered(c.template, engine.TemplateOptions{Context: engine.HeaderContext},
				&engine.Request{Vars: map[string]any{"ok": "tok", "crlf": "a\r\n: b", "nul": "\x00", "city": "Łódź", "del": "\x7f", "tab": "a\t~", "list": []any{"a", "\n"}}})
			if c.want == "" {
				var e *engine.Error
				require.ErrorAs(t, err, &e)
				require.Equal(t, engine.ValueRejected, e.Code)
				require.Equal(t, 1, e.Details[0].Line)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}
