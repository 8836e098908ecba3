package jsontext_test

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sotto-render/sotto/internal/jsontext"
)

// TestStringsReadBack holds what is spelled against the decoder of the standard
// library, for any bytes, and all ways of spelling against each other.
func TestStringsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "s")
		agree(t, s)
	})
}

// FuzzStrings has the decoder of the standard library as the judge.
func FuzzStrings(f *testing.F) {
	f.Add("plain text of more than eight bytes, and of more than thirty-two")
	f.Add("\x00\x1f\"\\\n\r\t\b\f\x7f é世😀 </script>& and on to thirty-two bytes")
	f.Add("1234567\"")
	f.Add("12345678\x1f")
	f.Add("\xff")
	f.Add("bytes that are no UTF-8 in a long text \xff\"\xc3")
	f.Fuzz(func(t *testing.T, s string) { agree(t, s) })
}

func agree(t require.TestingT, s string) {
	out := jsontext.AppendString([]byte("> "), s)
	var back string
	require.NoError(t, json.Unmarshal(out[2:], &back))
	require.Equal(t, string([]rune(s)), back, "each bad byte is one U+FFFD: %q", s)
	require.Equal(t, string(out), string(jsontext.Close(append([]byte(`> "`), s...), len(`> "`))))
	strict, ok := jsontext.AppendValid([]byte("> "), s)
	require.Equal(t, utf8.ValidString(s), ok)
	if !ok {
		require.Equal(t, "> ", string(strict), "nothing is left of what is refused")
		return
	}
	require.Equal(t, string(out), string(strict))
}

func TestFewestEscapes(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"markup", "<b>&'</b>", "<b>&'</b>"},
		{"beyond ASCII", "é\u2028\x7f", "é\u2028\x7f"},
		{"quote and backslash", `"\`, `\"\\`},
		{"with letters", "\n\r\t\b\f", `\n\r\t\b\f`},
		{"other controls", "\x00\x1b", `\u0000\u001b`},
		{"behind a long text", "a text of at least thirty-two bytes\n", `a text of at least thirty-two bytes\n`},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.Equal(t, `"`+test.want+`"`, string(jsontext.AppendString(nil, test.text)))
			strict, ok := jsontext.AppendValid(nil, []byte(test.text))
			require.True(t, ok)
			require.Equal(t, `"`+test.want+`"`, string(strict))
		})
	}
}
