package engine_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
)

func TestDecodeVarsRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`{"a": 1, "b": {"c": 1, "c": 2}}`:   "1:24: a name stands twice in one object: keep one",
		"{\"a\": 1,\n \"\\u0061\": 2}":      "2:2: a name stands twice in one object: keep one",
		`{"a": "x\ud83d"}`:                  "1:9: half of a surrogate pair is no character",
		`{"a": ["\ud83d\u0041"]}`:           "1:9: half of a surrogate pair is no character",
		`{"\uDE00": 1}`:                     "1:3: half of a surrogate pair is no character",
		`{"a": "\\\ud83d\ude00\ud83d"}`:     "1:22: half of a surrogate pair is no character",
		"{\"a\": \"\xff\"}":                 "1:8: this is not UTF-8 text",
		`{"a": canary}`:                     "1:7: the JSON of the variables is broken here",
		`{"a": "canary`:                     "1:14: the JSON of the variables ends too early",
		`{} canary`:                         "1:4: the JSON object of the variables has ended",
		`["canary"]`:                        "1:1: the variables are one JSON object",
		`null`:                              "1:1: the variables are one JSON object",
		``:                                  "1:1: the JSON of the variables ends too early",
		`{"a":` + strings.Repeat("[", 1100): "ends too early",
		`{"a":` + strings.Repeat("[", 1100) + strings.Repeat("]", 1100) + "}": "1:1006: the variables nest too deep",
	} {
		_, err := engine.DecodeVars([]byte(text))
		var e *engine.Error
		require.ErrorAs(t, err, &e, text)
		require.Equal(t, engine.InvalidRequest, e.Code)
		require.ErrorContains(t, err, want, text)
		require.NotContains(t, err.Error(), "canary")
	}
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
