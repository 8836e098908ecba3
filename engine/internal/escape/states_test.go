package escape

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPlacesOfValues: behind the text that an author wrote, each value has the
// escaper of its place, and none where it would choose what is around it.
func TestPlacesOfValues(t *testing.T) {
	tests := []struct {
		name, text string
		context    Context
		following  string
		want       Escaper
		problem    bool
	}{
		{"JSON, a value", `{"a":`, InJSON, "}", JSONValue, false},
		{"JSON, a key", `{`, InJSON, ":1}", JSONKey, false},
		{"JSON, in a string", `{"a":"x`, InJSON, `"}`, JSONText, false},
		{"JSON, in a key", `{"x`, InJSON, `":1}`, JSONText, false},
		{"JSON, behind an array in an object", `{"a":[{}],`, InJSON, ":1}", JSONKey, false},
		{"URL, its start", "", InURL, "x", urlAtStart, false},
		{"URL, its start before a slash", "", InURL, "/x", urlBeforeSlash, false},
		{"URL, behind a sign", "https://h/%", InURL, "", urlForbidden, true},
		{"URL, behind the first digit of an octet", "https://h/%2", InURL, "", urlForbidden, true},
		{"URL, behind an octet", "https://h/%2e", InURL, "", urlInPath, false},
		{"URL, behind the first slash", "/", InURL, "/x", urlAtRoot, false},
		{"URL, a path", "https://h/", InURL, "", urlInPath, false},
		{"URL, a query", "https://h/?q=", InURL, "", URLPart, false},
		{"URL, a whole host", "https://", InURL, "/x", urlWholeHost, false},
		{"URL, the rest of a host", "https://api.", InURL, "/x", urlWholeHost, false},
		{"URL, a name before the host", "https://", InURL, "@h/", urlInUser, false},
		{"URL, a port", "https://h:", InURL, "/x", urlInPort, false},
		{"URL, the end of a host", "https://api", InURL, "/x", urlForbidden, true},
		{"URL, the end of a host behind a backslash", `/\api`, InURL, "/x", urlForbidden, true},
		{"URL, a host with one slash", "https:/", InURL, "/x", urlForbidden, true},
		{"URL, a host without slashes", "https:", InURL, "/x", urlForbidden, true},
		{"URL, code", "JavaScript:", InURL, "", urlForbidden, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			following := AtEnd(true)
			following.Literal(test.following)
			at := Begin().Literal(test.context, test.text)
			require.Empty(t, at.Stuck)
			next := at.States.Value(test.context, following)
			require.Equal(t, test.want, next.Escaper)
			require.Equal(t, test.problem, next.Problem != "")
		})
	}
}

// TestStatesOfClosedBracketsAreEqual: a loop over whole values comes back to the
// states before it, whatever was open in between.
func TestStatesOfClosedBracketsAreEqual(t *testing.T) {
	for _, test := range []struct{ name, text string }{
		{"word", "true,"}, {"text", `"a\u0041",`}, {"array", "[[],[1]],"}, {"object", `{"a":{"b":null}},`}, {"mixed", `[{"a":[{}]}],`},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := Begin().Literal(InJSON, "[1,").States
			after := before.Literal(InJSON, test.text).States
			require.True(t, before.Covers(after))
			require.Equal(t, before.String(), after.String())
		})
	}
}

// TestTooManyStates: where branches leave more states than are followed, nothing
// is taken for granted, so that no value is escaped for another place.
func TestTooManyStates(t *testing.T) {
	joined, text := States{}, ""
	for range maxStates {
		text += "["
		joined = joined.Join(Begin().Literal(InJSON, text).States)
	}
	require.True(t, joined.Known())
	joined = joined.Join(Begin().Literal(InJSON, text+"[").States)
	require.False(t, joined.Known())
	require.Equal(t, Live, joined.Value(InJSON, AtEnd(true)).Escaper)
}
