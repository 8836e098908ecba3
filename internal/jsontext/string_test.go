package jsontext_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sotto-render/sotto/internal/jsontext"
)

// TestStringsReadBack holds what is spelled against the decoder of the standard
// library, for any bytes, and both ways of spelling against each other.
func TestStringsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "s")
		out := jsontext.AppendString([]byte("> "), s)
		var back string
		require.NoError(t, json.Unmarshal(out[2:], &back))
		require.Equal(t, string([]rune(s)), back, "each bad byte is one U+FFFD: %q", s)
		dst := append([]byte(`> "`), s...)
		require.Equal(t, string(out), string(jsontext.Close(dst, len(`> "`))))
	})
}
