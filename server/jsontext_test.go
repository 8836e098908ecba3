package server

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// FuzzAppendJSON has encoding/json as the judge.
func FuzzAppendJSON(f *testing.F) {
	f.Add("plain text of more than eight bytes")
	f.Add("\x00\x1f\"\\\n\r\t\x7f é世😀 </script>&")
	f.Add("1234567\"")
	f.Add("12345678\x1f")
	f.Add("\xff")
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := appendJSON([]byte("x"), text)
		if !utf8.ValidString(text) {
			require.False(t, ok)
			require.Equal(t, "x", string(got))
			return
		}
		require.True(t, ok)
		var back string
		require.NoError(t, json.Unmarshal(got[1:], &back))
		require.Equal(t, text, back)
	})
}

func TestAppendJSONEscapesLittle(t *testing.T) {
	got, ok := appendJSON(nil, []byte("<b>&'é\u2028\x7f\x1b\n\"\\"))
	require.True(t, ok)
	require.Equal(t, "\"<b>&'é\u2028\x7f\\u001b\\n\\\"\\\\\"", string(got))
}
