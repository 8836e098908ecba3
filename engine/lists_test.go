package engine_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/redact"
)

// TestListsAreTheSameInBothLanguages renders a filter and evaluates the function of
// its name.
func TestListsAreTheSameInBothLanguages(t *testing.T) {
	vars, err := engine.DecodeVars([]byte(`{"n": [3, 1.5, null, 3.0, "4", 3], "words": ["b", "A", null, "c", "b"], "empty": [],
		"items": [{"k": "b", "p": 2, "on": true, "u": {"city": "Bern"}}, {"k": "a", "p": 1.25, "on": false}, null, {"k": "b", "p": 10, "u.city": "Biel"}]}`))
	require.NoError(t, err)
	for _, test := range []struct{ name, filter, call string }{
		{"sum", `n | sum`, `sum(n)`},
		{"sum of nothing", `empty | sum`, `sum(empty)`},
		{"sum by a key", `items | sum: "p"`, `sum(items, "p")`},
		{"compact", `n | compact`, `compact(n)`},
		{"compact by a key", `items | compact: "on"`, `compact(items, "on")`},
		{"uniq", `words | uniq`, `uniq(words)`},
		{"uniq by a key", `items | compact | uniq: "k"`, `uniq(compact(items), "k")`},
		{"uniq by a key some lack", `items | compact | uniq: "on"`, `uniq(compact(items), "on")`},
		{"sort", `words | sort`, `sort(words)`},
		{"sort by a key", `items | compact | sort: "p"`, `sort(compact(items), "p")`},
		{"sort keeps equals in place", `items | compact | sort: "k"`, `sort(compact(items), "k")`},
		{"sort by a path", `items | compact | sort: "u.city"`, `sort(compact(items), "u.city")`},
		{"sort_natural", `words | sort_natural`, `sort_natural(words)`},
		{"map", `items | compact | map: "p"`, `map(compact(items), "p")`},
		{"map of a path", `items | compact | map: "u.city"`, `map(compact(items), "u.city")`},
		{"group_by", `items | compact | group_by: "k"`, `group_by(compact(items), "k")`},
		{"where", `items | compact | where: "on"`, `where(compact(items), "on")`},
		{"where with a value", `items | compact | where: "k", "b"`, `where(compact(items), "k", "b")`},
		{"where with a number", `items | compact | where: "p", 10.0`, `where(compact(items), "p", 10.0)`},
		{"reject", `items | compact | reject: "k", "b"`, `reject(compact(items), "k", "b")`},
		{"find", `items | compact | find: "k", "b"`, `find(compact(items), "k", "b")`},
		{"find nothing", `items | compact | find: "k", "z"`, `find(compact(items), "k", "z")`},
		{"find_index", `items | compact | find_index: "k", "a"`, `find_index(compact(items), "k", "a")`},
		{"first", `words | first`, `first(words)`},
		{"last", `items | last`, `last(items)`},
	} {
		t.Run(test.name, func(t *testing.T) {
			req := &engine.Request{Vars: vars}
			out, err := rendered("{{ "+test.filter+" | json }}", engine.TemplateOptions{}, req)
			require.NoError(t, err)
			result, err := evaluated(t, "json_encode("+test.call+")", req)
			require.NoError(t, err)
			require.JSONEq(t, out, result.Value.Reveal().(string))
		})
	}
}

// TestListsRefuseWithoutValues: an error names a kind, and what comes of a list with a
// secret is sensitive.
func TestListsRefuseWithoutValues(t *testing.T) {
	req := &engine.Request{Secrets: engine.Map{"s": redact.NewSecret("canary-4711")}, Trace: true, Vars: map[string]any{"x": []any{int64(1)}}}
	for _, call := range []string{
		`sort([secrets.s, 1])`, `sort([secrets.s, true])`, `map([secrets.s], "k")`, `where([1], secrets.s)`, `group_by(x, secrets.s)`,
		`sum([{secrets.s: 1}, 9223372036854775807, size(secrets.s)])`, `sum([1.0 / 0.0])`, `uniq([secrets.s, 0.0 / 0.0])`, `first(dyn(secrets.s))`,
	} {
		t.Run(call, func(t *testing.T) {
			result, err := evaluated(t, call, req)
			require.Error(t, err)
			require.NotContains(t, fmt.Sprintf("%v %+v %+v", err, result, result.Trace), "4711")
		})
	}
	for _, call := range []string{
		`sort([secrets.s, "b"])`, `first(["a", secrets.s])`, `where([{"k": "a"}], "k", secrets.s)`, `map([{"k": 1}], secrets.s)`,
		`group_by([{"k": secrets.s}], "k")`, `sum([1, secrets.s])`, `uniq([secrets.s])`, `find_index([{"k": secrets.s}], "k", "a")`,
	} {
		t.Run(call, func(t *testing.T) {
			result, err := evaluated(t, call, req)
			require.NoError(t, err)
			require.True(t, result.Sensitive)
			require.NotContains(t, fmt.Sprintf("%+v", result.Trace), "4711")
		})
	}
}

// TestListsAreLimited: no call takes longer than the limits let it.
func TestListsAreLimited(t *testing.T) {
	for _, call := range []string{
		`sum(lists.range(90000).map(i, 1.0e-300 * double(i)))`,
		`[1, 2, 3, 4, 5, 6, 7, 8, 9].map(i, sort(lists.range(90000))).size()`,
		`[1, 2, 3, 4, 5, 6, 7, 8, 9].map(i, uniq(lists.range(90000))).size()`,
		`[lists.range(9000)].map(l, l.map(i, where(l.map(j, {"a": j}), "a", l))).size()`,
		`size(group_by(lists.range(20000).map(i, {"a": lists.range(100)}), "a"))`,
		`size(map(lists.range(90000).map(i, {}), "` + string(make([]byte, 10000)) + `"))`,
	} {
		t.Run(call[:30], func(t *testing.T) {
			began := time.Now()
			_, err := evaluated(t, call, &engine.Request{})
			require.Equal(t, engine.LimitExceeded, err.(*engine.Error).Code)
			require.Less(t, time.Since(began), time.Second)
		})
	}
	began := time.Now()
	_, err := evaluated(t, `sum(many)`, &engine.Request{Vars: map[string]any{"many": thirds(19_000)}})
	require.NoError(t, err)
	require.Less(t, time.Since(began), time.Second)
}

// thirds returns numbers whose exact sum has many digits.
func thirds(n int) []any {
	list := make([]any, n)
	for i := range list {
		list[i] = 1.0 / float64(i+3) * 1e-290
	}
	return list
}
