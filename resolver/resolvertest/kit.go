package resolvertest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
)

// Scope is where the kit looks secrets up, and Sibling one beside it. Parent
// covers both.
const (
	Parent  resolver.Scope = "conformance"
	Scope   resolver.Scope = "conformance/own"
	Sibling resolver.Scope = "conformance/other"
)

// Fixture is a provider to test and the means to change what it knows.
type Fixture struct {
	Provider resolver.Provider
	// Put makes alias in scope hold secret: it creates or edits it.
	Put func(t testing.TB, scope resolver.Scope, alias string, secret redact.Secret)
	// Archive archives alias in scope. Nil: the provider has no archive.
	Archive func(t testing.TB, scope resolver.Scope, alias string)
	// Break makes the provider unable to tell anything. Nil: it cannot be
	// down.
	Break func(t testing.TB)
	// Spoil damages the stored value of alias in scope, so that opening it
	// fails and knowing that it exists does not. Nil: there is no way to.
	Spoil func(t testing.TB, scope resolver.Scope, alias string)
	// Scopes says that the provider keeps secrets by scope.
	Scopes bool
	// NoCredentials and NoJSON say which kinds the provider cannot hold.
	NoCredentials, NoJSON bool
	// RewritesJSON says that what the provider asks keeps what JSON means, and neither the
	// order of keys nor the spelling of numbers.
	RewritesJSON bool
}

// Run checks that the providers which make returns keep the contract of
// [resolver.Provider]. Each test has a fresh one.
func Run(t *testing.T, make func(t *testing.T) Fixture) {
	t.Helper()
	tests := []struct {
		name string
		run  func(*testing.T, Fixture)
	}{
		{"name holds no value", testName},
		{"token", testToken},
		{"credentials", testCredentials},
		{"json", testJSON},
		{"missing", testMissing},
		{"batch answers in place", testBatch},
		{"an edit is seen", testEdit},
		{"archived is an answer without a value", testArchived},
		{"existence opens nothing", testExistence},
		{"a parent answers where the scope does not", testParents},
		{"a sibling is not seen", testSibling},
		{"who keeps nothing by scope answers the root too", testRoot},
		{"a cancelled context is an error", testCancelled},
		{"down is an error, never missing", testDown},
		{"list tells what can be resolved", testList},
		{"concurrent use", testConcurrent},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { test.run(t, make(t)) })
	}
}

// canary is a value that no error text may hold.
const canary = "canary-5d41402abc4b2a76"

func (f Fixture) fetch(t testing.TB, scope resolver.Scope, values bool, aliases ...string) ([]resolver.Entry, error) {
	t.Helper()
	entries := make([]resolver.Entry, len(aliases))
	err := f.Provider.Fetch(t.Context(), scope, aliases, values, entries)
	if err != nil {
		require.NotContains(t, err.Error(), canary)
	}
	return entries, err
}

func (f Fixture) mustFetch(t testing.TB, scope resolver.Scope, values bool, aliases ...string) []resolver.Entry {
	t.Helper()
	entries, err := f.fetch(t, scope, values, aliases...)
	require.NoError(t, err)
	return entries
}

func testName(t *testing.T, f Fixture) {
	require.NotEmpty(t, f.Provider.Name())
	f.Put(t, Scope, "alpha", redact.NewSecret(canary))
	require.NotContains(t, f.Provider.Name(), canary)
}

func testToken(t *testing.T, f Fixture) {
	f.Put(t, Scope, "alpha", redact.NewSecret(canary+" é\"<"))
	e := f.mustFetch(t, Scope, true, "alpha")[0]
	require.Equal(t, macros.Known, e.Status)
	require.Equal(t, redact.Token, e.Secret.Kind())
	require.Equal(t, canary+" é\"<", e.Secret.Reveal())
	if f.Scopes {
		require.Equal(t, Scope, e.Scope)
	}
}

func testCredentials(t *testing.T, f Fixture) {
	if f.NoCredentials {
		return
	}
	f.Put(t, Scope, "smtp", redact.NewCredentials("mail@example.com", canary))
	e := f.mustFetch(t, Scope, true, "smtp")[0]
	require.Equal(t, macros.Known, e.Status)
	require.Equal(t, redact.Credentials, e.Secret.Kind())
	require.Equal(t, map[string]any{"username": "mail@example.com", "password": canary}, e.Secret.Tree())
}

func testJSON(t *testing.T, f Fixture) {
	if f.NoJSON {
		return
	}
	secret, err := redact.NewJSON([]byte(`{"b": ["` + canary + `", 1.50], "a": null}`))
	require.NoError(t, err)
	f.Put(t, Scope, "account", secret)
	e := f.mustFetch(t, Scope, true, "account")[0]
	require.Equal(t, macros.Known, e.Status)
	require.Equal(t, redact.JSON, e.Secret.Kind())
	want := `{"b":["` + canary + `",1.50],"a":null}`
	if f.RewritesJSON {
		require.JSONEq(t, want, e.Secret.Reveal())
		return
	}
	require.Equal(t, want, e.Secret.Reveal())
}

func testMissing(t *testing.T, f Fixture) {
	for _, values := range []bool{true, false} {
		e := f.mustFetch(t, Scope, values, "nowhere")[0]
		require.Equal(t, resolver.Entry{}, e)
	}
}

func testBatch(t *testing.T, f Fixture) {
	f.Put(t, Scope, "weather-fx", redact.NewSecret("hyphen-value"))
	f.Put(t, Scope, "weather_fx", redact.NewSecret("underscore-value"))
	f.Put(t, Scope, "_0", redact.NewSecret("shortest-value"))
	entries := f.mustFetch(t, Scope, true, "weather_fx", "absent", "weather-fx", "weather", "_0")
	var got []string
	for _, e := range entries {
		got = append(got, e.Status.String()+" "+e.Secret.Reveal())
	}
	require.Equal(t, []string{
		"known underscore-value", "missing ", "known hyphen-value", "missing ", "known shortest-value",
	}, got)
	require.Empty(t, f.mustFetch(t, Scope, true))
}

func testEdit(t *testing.T, f Fixture) {
	f.Put(t, Scope, "alpha", redact.NewSecret("first-value"))
	before := f.mustFetch(t, Scope, true, "alpha")[0]
	f.Put(t, Scope, "alpha", redact.NewSecret("second-value"))
	after := f.mustFetch(t, Scope, true, "alpha")[0]
	require.Equal(t, "second-value", after.Secret.Reveal())
	if before.Version != 0 {
		require.Greater(t, after.Version, before.Version)
	}
}

func testArchived(t *testing.T, f Fixture) {
	if f.Archive == nil {
		return
	}
	f.Put(t, Parent, "alpha", redact.NewSecret("parent-value"))
	f.Put(t, Scope, "alpha", redact.NewSecret(canary))
	f.Archive(t, Scope, "alpha")
	for _, values := range []bool{true, false} {
		e := f.mustFetch(t, Scope, values, "alpha")[0]
		require.Equal(t, macros.Archived, e.Status, "it hides the parent's")
		require.Equal(t, redact.Secret{}, e.Secret)
	}
}

func testExistence(t *testing.T, f Fixture) {
	f.Put(t, Scope, "alpha", redact.NewSecret(canary))
	if f.Spoil != nil {
		f.Spoil(t, Scope, "alpha")
		_, err := f.fetch(t, Scope, true, "alpha")
		require.Error(t, err, "what cannot be opened is an error, never missing")
	}
	e := f.mustFetch(t, Scope, false, "alpha")[0]
	require.Equal(t, macros.Known, e.Status)
	require.Equal(t, redact.Secret{}, e.Secret)
}

func testParents(t *testing.T, f Fixture) {
	if !f.Scopes {
		return
	}
	f.Put(t, Parent, "alpha", redact.NewSecret("parent-alpha"))
	f.Put(t, Parent, "beta", redact.NewSecret("parent-beta"))
	f.Put(t, Scope, "beta", redact.NewSecret("own-beta"))
	entries := f.mustFetch(t, Scope+"/deep/er", true, "alpha", "beta")
	require.Equal(t, "parent-alpha", entries[0].Secret.Reveal())
	require.Equal(t, Parent, entries[0].Scope)
	require.Equal(t, "own-beta", entries[1].Secret.Reveal())
	require.Equal(t, Scope, entries[1].Scope)
}

func testSibling(t *testing.T, f Fixture) {
	if !f.Scopes {
		return
	}
	f.Put(t, Sibling, "alpha", redact.NewSecret(canary))
	f.Put(t, Scope+"x", "alpha", redact.NewSecret(canary))
	f.Put(t, Scope+"/child", "alpha", redact.NewSecret(canary))
	require.Equal(t, resolver.Entry{}, f.mustFetch(t, Scope, true, "alpha")[0])
}

// A scope in which no provider keeps anything is looked up in its parents, up to the
// root.
func testRoot(t *testing.T, f Fixture) {
	keeper, ok := f.Provider.(resolver.Keeper)
	if !ok || f.Scopes {
		return
	}
	keeps, err := keeper.Keeps(t.Context(), Scope)
	require.NoError(t, err)
	f.Put(t, "", "alpha", redact.NewSecret("alpha-value"))
	require.Equal(t, keeps, f.mustFetch(t, "", true, "alpha")[0].Status == macros.Missing)
}

func testCancelled(t *testing.T, f Fixture) {
	f.Put(t, Scope, "alpha", redact.NewSecret(canary))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := f.Provider.Fetch(ctx, Scope, []string{"alpha"}, true, make([]resolver.Entry, 1))
	require.ErrorIs(t, err, context.Canceled)
}

func testDown(t *testing.T, f Fixture) {
	if f.Break == nil {
		return
	}
	f.Put(t, Scope, "alpha", redact.NewSecret(canary))
	f.Break(t)
	for _, alias := range []string{"alpha", "nowhere"} {
		for _, values := range []bool{true, false} {
			_, err := f.fetch(t, Scope, values, alias)
			require.Error(t, err)
		}
	}
	if checker, ok := f.Provider.(resolver.Checker); ok {
		err := checker.Ready(t.Context())
		require.Error(t, err)
		require.NotContains(t, err.Error(), canary)
	}
}

func testList(t *testing.T, f Fixture) {
	lister, ok := f.Provider.(resolver.Lister)
	if !ok {
		return
	}
	f.Put(t, Scope, "weather-fx", redact.NewSecret("hyphen-value"))
	f.Put(t, Scope, "alpha", redact.NewSecret("alpha-value"))
	want := []string{"alpha", "weather-fx"}
	if f.Archive != nil {
		f.Put(t, Scope, "retired", redact.NewSecret("retired-value"))
		f.Archive(t, Scope, "retired")
	}
	if f.Scopes {
		f.Put(t, Parent, "inherited", redact.NewSecret("inherited-value"))
		f.Put(t, Sibling, "foreign", redact.NewSecret("foreign-value"))
		want = []string{"alpha", "inherited", "weather-fx"}
	}
	got, err := lister.List(t.Context(), Scope)
	require.NoError(t, err)
	slices.Sort(got)
	require.Equal(t, want, got)
}

func testConcurrent(t *testing.T, f Fixture) {
	const aliases, readers = 8, 8
	names := make([]string, aliases)
	for i := range names {
		names[i] = fmt.Sprintf("alias_%d", i)
		f.Put(t, Scope, names[i], redact.NewSecret("value-of-"+names[i]))
	}
	var group sync.WaitGroup
	for range readers {
		group.Go(func() {
			for range 20 {
				entries := make([]resolver.Entry, aliases)
				if err := f.Provider.Fetch(t.Context(), Scope, names, true, entries); err != nil {
					t.Errorf("fetch: %v", err)
					return
				}
				for i, e := range entries {
					if got := strings.TrimPrefix(e.Secret.Reveal(), "value-of-"); got != names[i] {
						t.Errorf("the answer for %s is that for %q", names[i], got)
					}
				}
			}
		})
	}
	group.Wait()
}
