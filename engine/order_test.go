package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/redact"
)

// TestMapsAreWalkedInWrittenOrder asks each kind of map for its keys several
// times: an order that chance makes is right once in a while.
func TestMapsAreWalkedInWrittenOrder(t *testing.T) {
	const text = `{"q": 0, "b": {"z": 1, "d": 2, "a": 3}, "zeta": 2, "a": 3, "10": 5, "2": 6, "c": 7, "alpha": 8, "k": 9}`
	keys := []any{"q", "b", "zeta", "a", "10", "2", "c", "alpha", "k"}
	sorted := []any{"10", "2", "a", "alpha", "b", "c", "k", "q", "zeta"}
	vars, err := engine.DecodeObject([]byte(text))
	require.NoError(t, err)
	cfg, err := redact.NewJSON([]byte(text))
	require.NoError(t, err)
	list, err := redact.NewJSON([]byte("[" + text + "]"))
	require.NoError(t, err)
	goMap := map[string]any{}
	for _, key := range sorted {
		goMap[key.(string)] = 1
	}
	type numbered struct {
		Zeta  int `json:"zeta"`
		Alpha int `json:"alpha"`
		M     int
	}
	all := map[string]any{
		"vars": vars, "text": text, "plain": goMap, "numbers": map[int]string{10: "x", 9: "y", -1: "z"},
		"typed": map[string]int{"b": 1, "c": 2, "a": 3}, "fields": numbered{}, "name": "n", "absent": (*engine.Object)(nil),
	}
	secrets := engine.Map{"cfg": cfg, "list": list}
	tests := []struct {
		expression string
		want       []any
	}{
		{`json_decode(text).map(k, k)`, keys},
		{`json_decode("[" + text + "]")[0].b.map(k, k)`, []any{"z", "d", "a"}},
		{`secrets.cfg.map(k, k)`, keys},
		{`secrets.cfg.b.map(k, k)`, []any{"z", "d", "a"}},
		{`secrets.list[0].filter(k, k != "q")`, keys[1:]},
		{`[secrets.cfg].map(c, c.transformList(k, v, k)).flatten()`, keys},
		{`plain.map(k, k)`, sorted},
		{`typed.transformList(k, v, v)`, []any{int64(3), int64(1), int64(2)}},
		{`numbers.map(k, k)`, []any{int64(-1), int64(9), int64(10)}},
		{`fields.map(k, k)`, []any{"zeta", "alpha", "M"}},
		{`{"z" + name: 1, "c": 2, name: 3, "a": 4, "x" + name: 5, "b": 6}.map(k, k)`, []any{"zn", "c", "n", "a", "xn", "b"}},
		{`{"z": 1, ?"c": optional.none(), "a": 3, ?"b": optional.of(4)}.transformList(k, v, [k, v]).flatten()`,
			[]any{"z", int64(1), "a", int64(3), "b", int64(4)}},
		{`{name: 1, "a": 2, "n": 3}.transformList(k, v, [k, v]).flatten()`, []any{"n", int64(3), "a", int64(2)}},
		{`{name: 1, "a": 2, ?"n": optional.none()}.map(k, k)`, []any{"a"}},
		{`json_decode(text).transformMap(k, v, k).map(k, k)`, keys},
		{`json_decode(text).transformMap(k, v, k != "a", k).map(k, k)`, []any{"q", "b", "zeta", "10", "2", "c", "alpha", "k"}},
		{`secrets.cfg.transformMapEntry(k, v, {k + "!": v}).map(k, k.replace("!", ""))`, keys},
		{`["z", "c", "x", "a"].transformMapEntry(i, k, {k: i, k + "2": i}).map(k, k)`, []any{"z", "z2", "c", "c2", "x", "x2", "a", "a2"}},
		{`[optional.ofNonZeroValue({}), optional.ofNonZeroValue(json_decode("{}")), optional.ofNonZeroValue(typed)].map(o, o.hasValue())`, []any{false, false, true}},
		{`[absent == null, [absent].map(a, type(a) == null_type)[0]]`, []any{true, true}},
		{`["a", "b"].map(k, {k: 1}.transformMap(x, y, y + 1) == {k: 2})`, []any{true, true}},
	}
	for _, test := range tests {
		t.Run(test.expression, func(t *testing.T) {
			e, err := engine.CompileExpression(test.expression, engine.ExpressionOptions{})
			require.NoError(t, err)
			for range 5 {
				for _, trace := range []bool{false, true} {
					result, err := e.Evaluate(t.Context(), &engine.Request{Vars: all, Secrets: secrets, Trace: trace})
					require.NoError(t, err)
					require.Equal(t, test.want, result.Value.Reveal())
				}
			}
		})
	}
	for name, order := range map[string][]string{"listed": vars.Keys(), "in part": {"k", "no such name", "q", "k"}, "not": nil} {
		t.Run("vars themselves, "+name, func(t *testing.T) {
			want := keys
			switch name {
			case "in part":
				want = []any{"k", "q", "10", "2", "a", "alpha", "b", "c", "zeta"}
			case "not":
				want = sorted
			}
			e, err := engine.CompileExpression(`vars.map(k, k)`, engine.ExpressionOptions{})
			require.NoError(t, err)
			result, err := e.Evaluate(t.Context(), &engine.Request{Vars: vars.Map(), Order: order})
			require.NoError(t, err)
			require.Equal(t, want, result.Value.Reveal())
		})
	}
	t.Run("a template", func(t *testing.T) {
		tmpl, err := engine.Compile(`{% for p in secrets.cfg %}{{ p[0] }} {% endfor %}{{ secrets.cfg.b }}`, engine.TemplateOptions{})
		require.NoError(t, err)
		out, err := tmpl.Append(t.Context(), &engine.Request{Secrets: secrets}, nil)
		require.NoError(t, err)
		require.Equal(t, `q b zeta a 10 2 c alpha k {"z":1,"d":2,"a":3}`, string(out))
	})
}

// TestNilObjects: a nil Object is null in an expression and empty in Go.
func TestNilObjects(t *testing.T) {
	var none *engine.Object
	require.Zero(t, none.Len())
	require.Empty(t, none.Keys())
	require.Empty(t, none.Map())
	_, there := none.Get("any")
	require.False(t, there)
	for expression, want := range map[string]any{"absent": nil, "`${absent}`": "null", "[absent]": []any{nil}, "has(absent.any) ? absent.any : 1": int64(1)} {
		t.Run(expression, func(t *testing.T) {
			e, err := engine.CompileExpression(expression, engine.ExpressionOptions{})
			require.NoError(t, err)
			result, err := e.Evaluate(t.Context(), &engine.Request{Vars: map[string]any{"absent": none}})
			require.NoError(t, err)
			require.Equal(t, want, result.Value.Reveal())
		})
	}
}

// TestResultsKeepTheirOrder: the objects of a result have JavaScript's order where the
// request asks for it and where the result is appended, and are Go maps else.
func TestResultsKeepTheirOrder(t *testing.T) {
	vars, err := engine.DecodeObject([]byte(`{"given": {"zeta": 1, "10": 2, "alpha": "<&>", "9": {"y": 1, "b": 2}}}`))
	require.NoError(t, err)
	for _, c := range []struct{ name, source, want string }{
		{"literal", `({z: 1, b: {y: null, x: [true]}, a: "<>"})`, `{"z":1,"b":{"y":null,"x":[true]},"a":"<>"}`},
		{"indices first", `({b: 1, 2: 2, a: 3, 1: 4})`, `{"1":4,"2":2,"b":1,"a":3}`},
		{"variable", `given`, `{"9":{"y":1,"b":2},"10":2,"zeta":1,"alpha":"<&>"}`},
		{"set", `(() => { const o = {}; for (const k of ["q", "c", "x", "a", "0"]) { o[k] = k } return o })()`, `{"0":"0","q":"q","c":"c","x":"x","a":"a"}`},
		{"many", `Object.fromEntries([..."zyxwvutsrqponm"].map((k, i) => [k, i]))`,
			`{"z":0,"y":1,"x":2,"w":3,"v":4,"u":5,"t":6,"s":7,"r":8,"q":9,"p":10,"o":11,"n":12,"m":13}`},
		{"left out", `({z: undefined, y: 1, a: 2})`, `{"y":1,"a":2}`},
		{"of a Map", `Object.fromEntries(new Map([["b", 1], ["a", 2]]))`, `{"b":1,"a":2}`},
		{"none", `({})`, `{}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, err := engine.CompileExpression(c.source, engine.ExpressionOptions{Language: engine.JavaScript})
			require.NoError(t, err)
			req := &engine.Request{Vars: vars.Map(), Order: vars.Keys(), Ordered: true}
			result, err := e.Evaluate(t.Context(), req)
			require.NoError(t, err)
			object := result.Value.Reveal().(*engine.Object)
			text, err := object.MarshalJSON()
			require.NoError(t, err)
			require.Equal(t, c.want, string(text))
			for _, key := range object.Keys() {
				got, ok := object.Get(key)
				require.True(t, ok)
				require.Equal(t, object.Map()[key], got)
			}
			object.Set("new", 1)
			require.Equal(t, "new", object.Keys()[object.Len()-1])

			prepared, err := e.Prepare(t.Context(), &engine.Request{})
			require.NoError(t, err)
			appended, err := prepared.Append(nil, vars.Map())
			require.NoError(t, err)
			require.Equal(t, c.want, string(appended))

			req.Ordered = false
			result, err = e.Evaluate(t.Context(), req)
			require.NoError(t, err)
			require.IsType(t, map[string]any{}, result.Value.Reveal())
		})
	}
}
