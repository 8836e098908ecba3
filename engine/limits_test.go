package engine_test

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
)

func TestLimits(t *testing.T) {
	small := engine.Limits{TemplateBytes: 2000, OutputBytes: 1000, WorkBytes: 100_000, Iterations: 100, Nesting: 5, PartialDepth: 4}
	for _, c := range []struct{ name, template string }{
		{"template_bytes", strings.Repeat("x", 2001)},
		{"output_bytes", "{{ long }}{{ long }}"},
		{"output_bytes", "{% for i in (1..99) %}0123456789abc{% endfor %}"},
		{"output_bytes", "{% assign s = long %}{% for i in (1..50) %}{% assign s = s | append: s %}{% endfor %}"},
		{"output_bytes", "{{ long | replace: '', long }}"},
		{"output_bytes", "{% capture c %}{{ long }}{{ long }}{% endcapture %}"},
		{"output_bytes", "{{ lines | newline_to_br }}"},
		{"output_bytes", "{{ (1..1000000000) | join }}"},
		{"work_bytes", "{% for i in (1..99) %}{% assign s = long | upcase | append: 'x' | reverse %}{% endfor %}"},
		{"iterations", "{% for i in (1..1000000000) %}{% endfor %}"},
		{"iterations", "{% for i in (1..11) %}{% for j in (1..11) %}{% endfor %}{% endfor %}"},
		{"iterations", "{% tablerow i in (1..1000000000) %}{% endtablerow %}"},
		{"nesting", strings.Repeat("{% if x %}", 6) + strings.Repeat("{% endif %}", 6)},
		{"partial_depth", "{% render 'again' %}"},
		{"partial_depth", "{% include 'self' %}"},
		{"output_bytes", "{{ long | split: '' | size }}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := rendered(c.template, engine.TemplateOptions{Limits: small, Partials: engine.PartialMap{"self": "{% include 'self' %}", "again": "{% render 'again' %}"}},
				&engine.Request{Vars: map[string]any{"long": strings.Repeat("l", 600), "lines": strings.Repeat("\n", 600)}})
			var e *engine.Error
			require.ErrorAs(t, err, &e, "%s gave %d bytes", c.template, len(got))
			require.Equal(t, engine.LimitExceeded, e.Code, "%s: %s", c.template, err)
			require.Contains(t, e.Error(), "limit "+c.name+" ", c.template)
			require.Empty(t, got)
		})
	}
}

func TestTimeLimit(t *testing.T) {
	busy := "{% for i in (1..100000) %}{% for j in (1..100000) %}{% assign x = 'abc' | upcase | append: i %}{% endfor %}{% endfor %}"
	generous := engine.Limits{Iterations: math.MaxInt / 2, WorkBytes: math.MaxInt / 2, Time: 30 * time.Millisecond}
	start := time.Now()
	_, err := rendered(busy, engine.TemplateOptions{Limits: generous}, &engine.Request{})
	require.ErrorContains(t, err, "limit time of 30ms")
	require.Less(t, time.Since(start), 2*time.Second)

	generous.Time = time.Hour
	compiled, err := engine.Compile(busy, engine.TemplateOptions{Limits: generous})
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err = compiled.Render(ctx, &engine.Request{})
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

// TestDefaultLimitsHoldHostileTemplates: each ends within a second or so.
func TestDefaultLimitsHoldHostileTemplates(t *testing.T) {
	for _, template := range []string{
		"{% assign s = 'x' %}{% for i in (1..60) %}{% assign s = s | append: s %}{% endfor %}{{ s }}",
		"{% assign n = 2 %}{% for i in (1..60) %}{% assign n = n | times: n %}{% endfor %}{{ n }}",
		"{% assign n = 1.1 %}{% for i in (1..60) %}{% assign n = n | times: n | plus: 0.1 %}{% endfor %}{{ n }}",
		"{{ (1..9999999999) | size }}{{ (1..9999999999) | reverse | size }}",
		"{% for i in (1..99999) %}{% assign l = (1..9999) | reverse %}{% endfor %}",
		"{% for i in (1..99999) %}{{ '<script' | strip_html }}{% cycle 'a', 'b' %}{% endfor %}",
		"{{ many | strip_html }}{{ many | escape_once }}{{ many | truncatewords: 9999 }}{{ many | split: '' | uniq | sort | join }}",
		"{{ 'x' | date: '%99999999Y' }}{{ 'now' | date: many }}",
		"{% assign a = many | split: '' %}{% assign b = a | concat: a %}{% for i in (1..30) %}{% assign b = b | concat: b %}{% endfor %}",
		strings.Repeat("{{", 50_000),
		"{{ deep }}{{ deep | json }}{{ deep | join }}{% if deep == deep %}{% endif %}",
	} {
		t.Run(template[:min(60, len(template))], func(t *testing.T) {
			var deep any = "x"
			for range 10_000 {
				deep = []any{deep}
			}
			start := time.Now()
			_, err := rendered(template, engine.TemplateOptions{}, &engine.Request{Vars: map[string]any{"many": strings.Repeat("<a&", 50_000), "deep": deep}})
			require.Less(t, time.Since(start), 5*time.Second, "%s: %s", template[:min(len(template), 60)], err)
		})
	}
}

// TestHostileSharedLists: a list that holds another twice, and so on, takes little
// memory itself. Whatever looks at all that it holds ends at a limit.
func TestHostileSharedLists(t *testing.T) {
	const pushed = "{% assign a = 'x,y' | split: ',' %}{% for i in (1..40) %}{% assign a = a | push: a %}{% endfor %}"
	vars := map[string]any{"long": strings.Repeat("x", 1_000_000), "list": strings.Split(strings.Repeat("x", 20_000), "")}
	limits := engine.Limits{WorkBytes: 4 << 20, OutputBytes: 1 << 20}
	for _, c := range []struct{ name, template string }{
		{"equal", pushed + "{% if a == a %}1{% endif %}"},
		{"not equal", pushed + "{% if a != a %}1{% endif %}"},
		{"contains", pushed + "{% assign b = a | push: a %}{% if b contains a %}1{% endif %}"},
		{"contained text", pushed + "{% if 'x' contains a %}1{% endif %}"},
		{"case", pushed + "{% case a %}{% when a %}1{% endcase %}"},
		{"json", pushed + "{{ a | json }}"},
		{"indented json", pushed + "{{ a | json: 2 }}"},
		{"append", pushed + "{{ a | append: '' | size }}"},
		{"argument", pushed + "{{ '' | append: a | size }}"},
		{"output", pushed + "{{ a }}"},
		{"raw", pushed + "{{ a | raw }}"},
		{"capture", pushed + "{% capture c %}{{ a }}{% endcapture %}"},
		{"cycle", pushed + "{% cycle a, 'b' %}"},
		{"cycle's group", pushed + "{% cycle a: 'a', 'b' %}"},
		{"hmac", pushed + "{{ a | hmac: 'k' }}"},
		{"hmac's key", pushed + "{{ 'a' | hmac: a }}"},
		{"digest", pushed + "{{ a | sha256 }}"},
		{"replace", pushed + "{{ 'x' | replace: 'x', a }}"},
		{"split", pushed + "{{ a | split: 'x' | size }}"},
		{"from_json", pushed + "{{ a | json | from_json | size }}"},
		{"join", pushed + "{{ a | push: a | join: a }}"},
		{"uniq", pushed + "{% assign b = 'x' | split: ',' | push: a %}{{ b | group_by_exp: 'i', 'a' | size }}"},
		{"sort", pushed + "{% assign b = a | group_by_exp: 'i', '1' %}{{ b | concat: b | sort: 'items' | size }}"},
		{"where", pushed + "{% assign b = a | group_by_exp: 'i', '1' %}{% assign i = b | map: 'items' %}{{ b | where: 'items', b[0].items | size }}"},
		{"output of unshifted", "{% assign a = 'x,y' | split: ',' %}{% for i in (1..40) %}{% assign a = a | unshift: a %}{% endfor %}{{ a }}"},
		{"output of nothing", "{% assign a = '' | split: ',' %}{% for i in (1..40) %}{% assign a = a | push: a %}{% endfor %}{{ a }}"},
		{"json of groups", "{% assign a = 'x,y' | split: ',' %}{% for i in (1..25) %}{% assign a = a | group_by_exp: 'i', '1' %}{% assign a = a | concat: a %}{% endfor %}{{ a | json }}"},
		{"json of a long text", "{% assign a = long | split: '-' %}{% for i in (1..14) %}{% assign a = a | concat: a %}{% endfor %}{{ a | json }}"},
		{"equal data", "{% assign a = '' | split: '-' %}{% for i in (1..200) %}{% assign a = a | push: list %}{% endfor %}{% if a == a %}1{% endif %}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			_, err := rendered(c.template, engine.TemplateOptions{Limits: limits}, &engine.Request{Vars: vars})
			taken := time.Since(start)
			runtime.ReadMemStats(&after)
			var e *engine.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, engine.LimitExceeded, e.Code, "%s", err)
			require.Less(t, taken, 2*time.Second)
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(200<<20))
		})
	}
}

// TestNothingOfTheLastRecipient: a slot that this recipient does not fill never
// shows what another one had there.
func TestNothingOfTheLastRecipient(t *testing.T) {
	template := "{{ name }}|{% assign a = mail %}{{ a }}|{% for i in list %}{{ i }}{{ x }}{% assign x = i %}{% endfor %}{{ x }}{{ i }}|" +
		"{% capture c %}{{ note }}{% endcapture %}{{ c }}|{% increment n %}|{% cycle 'p', 'q' %}|{% ifchanged %}{{ name }}{% endifchanged %}|" +
		"{% if name %}{% assign only = name %}{% endif %}{{ only }}|{{ forloop.index }}{% include 'p' %}|{{ name | append: mail | upcase }}"
	compiled, err := engine.Compile(template, engine.TemplateOptions{Partials: engine.PartialMap{"p": "{{ q }}{% assign q = name %}"}})
	require.NoError(t, err)
	p, err := compiled.Prepare(t.Context(), &engine.Request{})
	require.NoError(t, err)
	clean, err := p.Append(nil, nil)
	require.NoError(t, err)
	full := map[string]any{"name": "Margaret", "mail": "m@example.com", "list": []any{"one", "two"}, "note": "private"}
	buf := make([]byte, 0, 4096)
	for range 10 {
		_, err = p.Append(buf, full)
		require.NoError(t, err)
		_, err = p.Append(buf, map[string]any{"list": 5, "name": func() {}})
		require.NoError(t, err)
		got, err := p.Append(buf, map[string]any{})
		require.NoError(t, err)
		require.Equal(t, string(clean), string(got))
	}
}

// FuzzAppend: the same bytes whatever stands in dst before and however much
// room it has; and on an error dst keeps its length.
func FuzzAppend(f *testing.F) {
	f.Add("a {{ x }} {% for i in y %}{{ i | upcase }}{% endfor %}{% assign z = x %}{{ z }}", "v", 3, 10)
	f.Add(`{"a":"{{ x }}"{% if y %},{% endif %}"b":{{ y }}}`, "\"", 0, 0)
	f.Fuzz(func(t *testing.T, source, x string, prefix, room int) {
		for _, c := range []engine.Context{engine.TextContext, engine.JSONContext, engine.HTMLContext, engine.URLContext, engine.HeaderContext} {
			compiled, err := engine.Compile(source, engine.TemplateOptions{Context: c})
			if err != nil {
				return
			}
			p, err := compiled.Prepare(t.Context(), &engine.Request{Preview: true})
			if err != nil {
				return
			}
			vars := map[string]any{"x": x, "y": []any{x, 1}}
			want, wantErr := p.Append(nil, vars)
			before := strings.Repeat("{\"[", max(0, prefix%100))
			got, gotErr := p.Append(append(make([]byte, 0, len(before)+max(0, room%1000)), before...), vars)
			if (wantErr == nil) != (gotErr == nil) || string(got) != before+string(want) {
				t.Fatalf("%s: %q after %d bytes: %q (%v), alone %q (%v)", c, source, len(before), got, gotErr, want, wantErr)
			}
		}
	})
}

func TestConcurrentRenders(t *testing.T) {
	compiled, err := engine.Compile("{% assign a = name | upcase %}{{ a }}{% for i in list %}{{ i }}{% endfor %}{% include p %}", engine.TemplateOptions{
		Partials: engine.PartialMap{"p1": "{{ name }}", "p2": "{% assign own = name %}{{ own }}"},
	})
	require.NoError(t, err)
	done := make(chan error)
	for g := range 8 {
		go func() {
			for i := range 200 {
				name := fmt.Sprintf("n%d-%d", g, i)
				out, err := compiled.Render(context.Background(), &engine.Request{Vars: map[string]any{"name": name, "list": []any{g, i}, "p": fmt.Sprintf("p%d", i%2+1)}})
				want := strings.ToUpper(name) + fmt.Sprint(g) + fmt.Sprint(i) + name
				if err == nil && out.Reveal() != want {
					err = fmt.Errorf("got %s, want %s", out.Reveal(), want)
				}
				if err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range 8 {
		require.NoError(t, <-done)
	}
}

func TestTimeLimitOfBigComparisons(t *testing.T) {
	list := make([]any, 20_000)
	for i := range list {
		list[i] = i
	}
	vars := map[string]any{"a": list, "b": append([]any(nil), list...)}
	for _, busy := range []string{
		"{% for i in (1..100000) %}{% if a == b %}{% endif %}{% endfor %}",
		"{% for i in (1..100000) %}{% case a %}{% when b %}{% endcase %}{% endfor %}",
	} {
		start := time.Now()
		_, err := rendered(busy, engine.TemplateOptions{Limits: engine.Limits{Time: 30 * time.Millisecond}}, &engine.Request{Vars: vars})
		require.ErrorContains(t, err, "limit time of 30ms", busy)
		require.Less(t, time.Since(start), 500*time.Millisecond, busy)
	}
}
