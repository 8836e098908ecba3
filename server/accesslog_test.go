package server_test

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAccessLogIsDocumented makes lines of the access log and compares their
// fields with the table in docs/operations.md: a field that is not there fails, and
// so does one that no line has any more.
func TestAccessLogIsDocumented(t *testing.T) {
	a := startWithStore(t)
	a.call("POST", "/v1/render", `{"template": "x"}`)
	a.call("POST", "/v1/render", `{"template": "{{"}`)
	a.batch("/v1/render/batch", `{"template": "x"}`, `{}`)
	a.as("").call("GET", "/v1/secrets", nil)
	a.send("GET", "/v1/secrets", "", "X-Request-Id", "mine", "traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
	seen := map[string]bool{}
	for line := range strings.Lines(a.log.String()) {
		var fields map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &fields))
		if fields["msg"] != "request" {
			continue
		}
		for field := range fields {
			seen[field] = true
		}
	}
	page, err := os.ReadFile("../docs/operations.md")
	require.NoError(t, err)
	_, section, found := strings.Cut(string(page), "### The access log\n")
	require.True(t, found, "docs/operations.md has no section on the access log")
	section, _, _ = strings.Cut(section, "\n#")
	documented := []string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\|").FindAllStringSubmatch(section, -1) {
		documented = append(documented, row[1])
	}
	slices.Sort(documented)
	require.Equal(t, documented, slices.Sorted(maps.Keys(seen)))
}
