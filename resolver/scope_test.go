package resolver_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sotto-render/sotto/resolver"
)

func TestParseScope(t *testing.T) {
	for text, want := range map[string]resolver.Scope{
		"default":                     "default",
		"Acme/Shop/PROD":              "acme/shop/prod",
		"vec-1":                       "vec-1",
		"_a/0.9/b-c":                  "_a/0.9/b-c",
		"1/2/3/4/5/6/7/8":             "1/2/3/4/5/6/7/8",
		strings.Repeat("x", 255):      resolver.Scope(strings.Repeat("x", 255)),
		strings.Repeat("x/", 7) + "x": resolver.Scope(strings.Repeat("x/", 7) + "x"),
	} {
		t.Run(text, func(t *testing.T) {
			got, err := resolver.ParseScope(text)
			require.NoError(t, err, text)
			require.Equal(t, want, got)
		})
	}
	for _, text := range []string{
		"", "/", "a/", "/a", "a//b", ".", "..", "a/../b", "-a", "a b", "a*", "ä", "a\x00", "a{b}", "a:b",
		"1/2/3/4/5/6/7/8/9", strings.Repeat("x", 256), "ſcope",
	} {
		t.Run(text, func(t *testing.T) {
			_, err := resolver.ParseScope(text)
			require.Error(t, err, "%q", text)
		})
	}
}

func TestScopeParentAndCovers(t *testing.T) {
	require.Equal(t, resolver.Scope("acme/shop"), resolver.Scope("acme/shop/prod").Parent())
	require.Equal(t, resolver.Scope(""), resolver.Scope("acme").Parent())
	require.Equal(t, resolver.Scope(""), resolver.Scope("").Parent())

	require.True(t, resolver.Scope("").Covers("acme"))
	require.True(t, resolver.Scope("acme").Covers("acme"))
	require.True(t, resolver.Scope("acme").Covers("acme/shop"))
	require.False(t, resolver.Scope("acme").Covers("acme2"))
	require.False(t, resolver.Scope("acme/shop").Covers("acme"))
	require.False(t, resolver.Scope("acme").Covers(""))
}

// A scope covers exactly those from which walking up its parents leads to it.
func TestCoversIsWhatParentsReach(t *testing.T) {
	scope := rapid.Custom(func(t *rapid.T) resolver.Scope {
		return resolver.Scope(strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "ab"}), 0, 4).Draw(t, "path"), "/"))
	})
	rapid.Check(t, func(t *rapid.T) {
		upper, lower := scope.Draw(t, "upper"), scope.Draw(t, "lower")
		reached := upper == lower
		for at := lower; at != "" && !reached; {
			at = at.Parent()
			reached = at == upper
		}
		if upper.Covers(lower) != reached {
			t.Fatalf("%q covers %q: got %v", upper, lower, !reached)
		}
	})
}

func FuzzParseScope(f *testing.F) {
	f.Add("acme/shop")
	f.Add("../x")
	f.Fuzz(func(t *testing.T, text string) {
		scope, err := resolver.ParseScope(text)
		if err != nil {
			return
		}
		again, err := resolver.ParseScope(string(scope))
		require.NoError(t, err)
		require.Equal(t, scope, again)
		for depth := 0; scope != ""; depth++ {
			require.Less(t, depth, 8)
			require.NotContains(t, strings.Split(string(scope), "/"), "..")
			scope = scope.Parent()
		}
	})
}
