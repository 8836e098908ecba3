package server_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/server"
)

// heap returns how many bytes are in use.
func heap() int64 {
	runtime.GC()
	runtime.GC() // what the first one only freed of pools and weak pointers
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestScopesShareCompiledPartials(t *testing.T) {
	a := startWithStore(t)
	row := strings.Repeat("<td>{{ item.price | times: 1.19 | round: 2 }}{% if item.stock > 0 %}in stock{% endif %}</td>\n", 20)
	require.Equal(t, 201, a.call("PUT", "/v1/templates/row?scope=acme", map[string]any{"template": row}).status)
	require.Equal(t, 201, a.call("PUT", "/v1/templates/mail?scope=acme", map[string]any{"template": "{% render 'row' %}"}).status)
	render := func(scope string) {
		got := a.call("POST", "/v1/render", map[string]any{"template_id": "mail", "scope": scope})
		require.Equal(t, 200, got.status, got.text)
	}
	for i := range 50 { // what is made once
		render(fmt.Sprintf("acme/early%d", i))
	}
	before := heap()
	const scopes = 400
	for i := range scopes {
		render(fmt.Sprintf("acme/customer%d", i))
	}
	require.Less(t, (heap()-before)/scopes, int64(5<<10), "bytes a scope")
}

func TestPartialsAreThoseOfTheScope(t *testing.T) {
	a := startWithStore(t)
	put := func(scope, id, template string) {
		t.Helper()
		got := a.call("PUT", "/v1/templates/"+id, map[string]any{"scope": scope, "template": template})
		require.Contains(t, []int{200, 201}, got.status, got.text)
	}
	put("acme", "head", "H")
	put("acme", "foot", "F")
	put("acme", "mail", "{% render 'head' %}-{% render 'foot' %}")
	put("acme", "chosen", "{% include part %}")
	rows := []struct {
		name, scope, id string
		change          func()
		want            string
	}{
		{"the parent's", "acme/a", "mail", nil, "H-F"},
		{"its own", "acme/b", "mail", func() { put("acme/b", "head", "own") }, "own-F"},
		{"not a sibling's", "acme/a", "mail", nil, "H-F"},
		{"one that calls another", "acme/c", "mail", func() {
			put("acme/c", "inner", "I")
			put("acme/c", "head", "{% render 'inner' %}")
		}, "I-F"},
		{"the other's edit", "acme/c", "mail", func() { put("acme/c", "inner", "J") }, "J-F"},
		{"still the parent's", "acme/a", "mail", nil, "H-F"},
		{"the parent's edit", "acme/a", "mail", func() { put("acme", "foot", "G") }, "H-G"},
		{"the parent's edit below an own one", "acme/b", "mail", nil, "own-G"},
		{"the parent's after its own is deleted", "acme/b", "mail", func() {
			require.Equal(t, 204, a.call("DELETE", "/v1/templates/head?scope=acme/b", nil).status)
		}, "H-G"},
		{"the same source in two scopes", "acme/d", "mail", func() { put("acme/d", "head", "H") }, "H-G"},
		{"a first one of its own", "acme/a", "mail", func() { put("acme/a", "foot", "new") }, "H-new"},
		{"one that data names", "acme/a", "chosen", nil, "new"},
		{"one that data names elsewhere", "acme/b", "chosen", nil, "G"},
		{"an edit of one that data names", "acme/b", "chosen", func() { put("acme", "foot", "K") }, "K"},
	}
	for _, row := range rows { // each after those before it
		t.Run(row.name, func(t *testing.T) {
			if row.change != nil {
				row.change()
			}
			got := a.call("POST", "/v1/render", map[string]any{
				"template_id": row.id, "scope": row.scope, "vars": map[string]any{"part": "foot"},
			})
			require.Equal(t, 200, got.status, got.text)
			require.Equal(t, row.want, got.json["output"])
		})
	}
}

// TestChosenNamesCostNothingThatLasts: data names partials without end.
func TestChosenNamesCostNothingThatLasts(t *testing.T) {
	a := startWithStore(t)
	render := func(name string) {
		got := a.call("POST", "/v1/render", map[string]any{
			"template": "{% if part %}{% include part %}{% endif %}", "scope": "acme", "vars": map[string]any{"part": name},
		})
		require.Equal(t, 400, got.status, got.text)
	}
	render("early")
	before := heap()
	for i := range 60 {
		render(fmt.Sprint(i, strings.Repeat("x", 500_000)))
	}
	require.Less(t, heap()-before, int64(8<<20))
}

// TestChosenPartialsAreWeighed: what templates keep of the partials that data
// named counts in the cache.
func TestChosenPartialsAreWeighed(t *testing.T) {
	a := startWithStore(t, func(o *server.Options) { o.Limits.CacheBytes = 4 << 20 })
	row := strings.Repeat("<td>{{ item.price | times: 1.19 | round: 2 }}</td>\n", 400)
	require.Equal(t, 201, a.call("PUT", "/v1/templates/row?scope=acme", map[string]any{"template": row}).status)
	render := func(i int) {
		got := a.call("POST", "/v1/render", map[string]any{
			"template": fmt.Sprint(i, "{% include part %}"), "scope": "acme", "vars": map[string]any{"part": "row"},
		})
		require.Equal(t, 200, got.status, got.text)
	}
	render(0)
	before := heap()
	for i := range 300 {
		render(1 + i)
	}
	require.Less(t, heap()-before, int64(8<<20))
}

// TestPartialsOfASourceAreBounded: a source that names more partials than it may
// is refused before they are all looked for.
func TestPartialsOfASourceAreBounded(t *testing.T) {
	a := startWithStore(t)
	var source strings.Builder
	for i := range 4_000 {
		fmt.Fprintf(&source, "{%% render 'no%d' %%}", i)
	}
	for path, body := range map[string]any{
		"/v1/render":         map[string]any{"template": source.String(), "scope": "acme/shop/prod"},
		"/v1/templates/many": map[string]any{"template": source.String(), "scope": "acme/shop/prod"},
	} {
		t.Run(path, func(t *testing.T) {
			method := "POST"
			if strings.HasSuffix(path, "many") {
				method = "PUT"
			}
			got := a.call(method, path, body)
			require.Equal(t, 422, got.status, got.text)
			require.Equal(t, "limit_exceeded", got.json["code"])
			require.Contains(t, got.text, "the limit partials of 1000 names is exceeded")
		})
	}
}
