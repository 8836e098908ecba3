package engine_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
)

func TestDecodeVarsRefuses(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"twice", `{"a": 1, "b": {"c": 1, "c": 2}}`, "1:24: a name stands twice in one object: keep one"},
		{"twice by an escape", "{\"a\": 1,\n \"\\u0061\": 2}", "2:2: a name stands twice in one object: keep one"},
		{"half at the end", `{"a": "x\ud83d"}`, "1:9: half of a surrogate pair is no character"},
		{"half before an escape", `{"a": ["\ud83d\u0041"]}`, "1:9: half of a surrogate pair is no character"},
		{"low half in a name", `{"\uDE00": 1}`, "1:3: half of a surrogate pair is no character"},
		{"half behind a pair", `{"a": "\\\ud83d\ude00\ud83d"}`, "1:22: half of a surrogate pair is no character"},
		{"not UTF-8", "{\"a\": \"\xff\"}", "1:8: the JSON of the variables is not UTF-8"},
		{"a bare word", `{"a": canary}`, "1:7: the JSON is broken here"},
		{"ends early", `{"a": "canary`, "1:14: the JSON ends too early"},
		{"more behind it", `{} canary`, "1:4: the JSON object has ended; nothing may follow it"},
		{"a list", `["canary"]`, "1:1: the JSON of the variables must be one JSON object"},
		{"null", `null`, "1:1: the JSON of the variables must be one JSON object"},
		{"empty", ``, "1:1: the JSON of the variables must be one JSON object"},
		{"deep", `{"a":` + strings.Repeat("[", 1100), "1:1005: objects and lists nest deeper than 1000 levels"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := engine.DecodeVars([]byte(test.text))
			var e *engine.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, engine.InvalidRequest, e.Code)
			require.ErrorContains(t, err, test.want)
			require.NotContains(t, err.Error(), "canary")
		})
	}
}

// TestDecodeVarsRejectsNumbersOutOfRange: they would go on as texts.
func TestDecodeVarsRejectsNumbersOutOfRange(t *testing.T) {
	for _, number := range []string{"1e400", "-1.5E+309", "1e999999999", strings.Repeat("7", 401), "0." + strings.Repeat("3", 400)} {
		t.Run(number[:min(len(number), 12)], func(t *testing.T) {
			_, err := engine.DecodeVars([]byte("{\"a\": 1,\n \"b\": [" + number + "]}"))
			var e *engine.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, engine.ValueRejected, e.Code)
			require.ErrorContains(t, err, "2:8: the number is out of range")
		})
	}
	vars, err := engine.DecodeVars([]byte(`{"a": 1e308, "b": -1.7e308, "c": 1e-400, "d": ` + strings.Repeat("7", 400) + `}`))
	require.NoError(t, err)
	require.Len(t, vars, 4)
}

func TestDecodeVarsKeeps(t *testing.T) {
	vars, err := engine.DecodeVars([]byte(`{"n": 12345678901234567890.10, "o": {"z": 1, "a": [{}]}, "s": "\ud83d\ude00 \\ud83d \ufffd ` + "\ufffd" + `"}`))
	require.NoError(t, err)
	require.Equal(t, "😀 \\ud83d \ufffd \ufffd", vars["s"])
	require.EqualValues(t, "12345678901234567890.10", vars["n"])
	require.Equal(t, []string{"z", "a"}, vars["o"].(*engine.Object).Keys())
	empty, err := engine.DecodeVars([]byte(" {}\n"))
	require.NoError(t, err)
	require.NotNil(t, empty)
}

// FuzzDecodeVars looks for input that breaks the decoder, or an error that is
// not one of its own.
func FuzzDecodeVars(f *testing.F) {
	f.Add([]byte(`{"a": ["\ud83d\ude00", {"b": 1e9}], "c": null}`))
	f.Add([]byte(`{"a": "\ud83d"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		vars, err := engine.DecodeVars(data)
		var e *engine.Error
		require.True(t, err == nil && vars != nil || errors.As(err, &e))
	})
}
