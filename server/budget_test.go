package server_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/server"
)

// TestRequestHasOneBudget: what all parts or expressions of a request use counts
// together, compiling and linting included.
func TestRequestHasOneBudget(t *testing.T) {
	a := start(t)
	hurried := start(t, func(o *server.Options) { o.Limits.CPU = time.Nanosecond })
	many := func(n int, source any) map[string]any {
		all := make(map[string]any, n)
		for i := range n {
			all[fmt.Sprintf("p%03d", i)] = source
		}
		return all
	}
	template := func(source string) any { return map[string]string{"template": source} }
	megabyte := "{% for i in (1..10000) %}" + strings.Repeat("x", 100) + "{% endfor %}"
	for _, c := range []struct {
		name, path string
		to         *api
		body       map[string]any
		limit      string
	}{
		{"outputs", "/v1/render", a, map[string]any{"parts": many(40, template(megabyte))}, "output_bytes of 10485760 bytes"},
		{"previews", "/v1/render", a, map[string]any{"mode": "preview", "parts": many(40, template(megabyte))}, "output_bytes of 10485760 bytes"},
		{"results", "/v1/evaluate", a, map[string]any{"expressions": many(40, "vars.x"), "vars": map[string]string{"x": strings.Repeat("x", 1<<19)}}, "output_bytes of 10485760 bytes"},
		{"compiling templates", "/v1/render", hurried, map[string]any{"parts": many(2, template("a"))}, "cpu of 1ns"},
		{"compiling expressions", "/v1/evaluate", hurried, map[string]any{"expressions": many(2, "1")}, "cpu of 1ns"},
		{"linting templates", "/v1/lint", hurried, map[string]any{"parts": many(2, template("a"))}, "cpu of 1ns"},
		{"linting expressions", "/v1/lint", hurried, map[string]any{"expressions": many(2, "1")}, "cpu of 1ns"},
	} {
		t.Run(c.name, func(t *testing.T) {
			body, err := json.Marshal(c.body)
			require.NoError(t, err)
			got := c.to.call("POST", c.path, string(body))
			require.Equal(t, 422, got.status)
			require.Contains(t, got.text, `"limit_exceeded"`)
			require.Contains(t, got.text, "the limit "+c.limit+" for the whole request")
			require.Less(t, len(got.text), 2000, "one part says it, not each")
		})
	}
}
