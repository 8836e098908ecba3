package jsonobject

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDecodeKeepsTheOrderOfNames(t *testing.T) {
	v, err := Decode(` {"q": 1, "b": {"z": [true, null, {"y": 1, "x": 2}], "a": "t"}, "10": 1e2, "2": []} `)
	require.NoError(t, err)
	o := v.(*Object)
	require.Equal(t, []string{"q", "b", "10", "2"}, o.Keys())
	b, _ := o.Get("b")
	require.Equal(t, []string{"z", "a"}, b.(*Object).Keys())
	list, _ := b.(*Object).Get("z")
	require.Equal(t, []string{"y", "x"}, list.([]any)[2].(*Object).Keys())
	require.Equal(t, json.Number("1e2"), o.Map()["10"])
	require.Equal(t, []any{}, o.Map()["2"])
}

func TestDecodeTakesANameThatStandsTwiceOnce(t *testing.T) {
	v, err := Decode(`{"a": 1, "b": 2, "a": 3}`)
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, v.(*Object).Keys())
	require.Equal(t, json.Number("3"), v.(*Object).Map()["a"])
}

// plain is v as encoding/json decodes it.
func plain(v any) any {
	switch v := v.(type) {
	case *Object:
		m := map[string]any{}
		for _, key := range v.Keys() {
			x, _ := v.Get(key)
			m[key] = plain(x)
		}
		return m
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	}
	return v
}

func FuzzDecodeIsThatOfTheStandardLibrary(f *testing.F) {
	for _, text := range []string{`{"a":[1,{"b":null}],"a":"\ud800"}`, `[1 2]`, `{"a" 1}`, `{} {}`, ``, `[`, `"x"`, `{"a":1,}`, "\"\xff\""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := Decode(text)
		if !json.Valid([]byte(text)) {
			require.Error(t, err)
			return
		}
		require.NoError(t, err)
		var want any
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		require.NoError(t, d.Decode(&want))
		require.Equal(t, want, plain(v))
	})
}
