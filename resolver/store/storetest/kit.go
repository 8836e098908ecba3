// Package storetest tests backends of the package store.
//
// [Run] is the conformance kit that every [store.Backend] passes. It checks the
// backend's own contract first, and then everything that store.Store promises
// on top of it: types, versions, roles, the audit trail, and that whoever can
// write to the backend cannot pass off one record as another.
package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/resolvertest"
	"github.com/sotto-render/sotto/resolver/store"
)

// Place is where a backend keeps its data: the path of a file, a database of a
// server. Each test has an empty one.
type Place struct {
	// Open returns a new backend on the place. Once one is closed, the next
	// finds what it wrote.
	Open func(t testing.TB) store.Backend
	// Shared says that several backends may be open on the place at once.
	Shared bool
}

// Run checks that the backends of the places which make returns keep the
// contract of [store.Backend], and all that a store promises on top of it.
func Run(t *testing.T, make func(t *testing.T) Place) {
	t.Helper()
	for _, test := range []struct {
		name string
		run  func(*testing.T, Place)
	}{
		{"backend/rows", testRows},
		{"backend/ranges", testRanges},
		{"backend/conflict", testConflict},
		{"backend/counters", testCounters},
		{"backend/fold", testFold},
		{"backend/snapshot", testSnapshot},
		{"backend/reopened", testReopened},
		{"backend/any bytes", testAnyBytes},
		{"backend/cancelled", testCancelled},
		{"secrets/life", testLife},
		{"secrets/remainders", testRemainders},
		{"secrets/refusals", testRefusals},
		{"secrets/values", testValues},
		{"secrets/patch", testPatch},
		{"secrets/pages", testPages},
		{"secrets/queries", testQueries},
		{"secrets/versions", testSecretVersions},
		{"secrets/masking", testMasking},
		{"secrets/lookup", testLookup},
		{"secrets/in use", testInUse},
		{"secrets/in use meanwhile", testInUseMeanwhile},
		{"secrets/concurrent", testConcurrent},
		{"secrets/outcome unknown", testOutcomeUnknown},
		{"documents", testDocuments},
		{"documents/versions", testVersions},
		{"documents/conditions", testConditions},
		{"documents/no lost writes", testNoLostWrites},
		{"documents/flows", testFlows},
		{"tokens", testTokens},
		{"sessions", testSessions},
		{"repeats", testRepeats},
		{"repeats/dropped", testRepeatsDropped},
		{"audit", testAudit},
		{"audit/no row, no change", testNoAuditNoChange},
		{"audit/refusals", testManyRefusals},
		{"uses", testUses},
		{"retention", testRetention},
		{"retention/of all", testRetentionOfAll},
		{"retention/in turn", testRetentionInTurn},
		{"keys/master", testMasterKey},
		{"keys/rotate", testRotate},
		{"keys/rotate stopped", testRotateStopped},
		{"keys/rewrap", testRewrap},
		{"export", testExport},
		{"two nodes", testTwoNodes},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, make(t)) })
	}
	t.Run("integrity/running", func(t *testing.T) { testIntegrity(t, make) })
	t.Run("integrity/at rest", func(t *testing.T) { testIntegrityAtRest(t, make) })
	t.Run("integrity/repaired", func(t *testing.T) { testRepair(t, make) })
	t.Run("provider", func(t *testing.T) {
		resolvertest.Run(t, func(t *testing.T) resolvertest.Fixture { return provider(t, make(t)) })
	})
}

// by is who acts in these tests.
var by = store.Actor{Who: "tester", RequestID: "request-1"}

const scope resolver.Scope = "acme/shop"

// keyText is the master key of these tests.
var keyText = store.NewKeyText()

func open(t testing.TB, p Place) *store.Store {
	t.Helper()
	return openOn(t, p.Open(t))
}

func openOn(t testing.TB, b store.Backend) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Backend: b, Key: store.KeyText(keyText)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// want checks that err is a refusal with this code.
func want(t testing.TB, code store.Code, err error) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, code, store.CodeOf(err), err.Error())
}

func create(t testing.TB, s *store.Store, in resolver.Scope, alias, value string) store.Metadata {
	t.Helper()
	m, err := s.Create(t.Context(), by, in, store.Draft{Alias: alias, Type: store.Token, Value: store.Text(value)})
	require.NoError(t, err)
	return m
}

// fetch returns what Fetch answers about one alias.
func fetch(t testing.TB, s *store.Store, in resolver.Scope, alias string) (resolver.Entry, error) {
	t.Helper()
	entries := make([]resolver.Entry, 1)
	err := s.Fetch(t.Context(), in, []string{alias}, true, entries)
	return entries[0], err
}

// reveal returns the value that a send would use.
func reveal(t testing.TB, s *store.Store, in resolver.Scope, alias string) string {
	t.Helper()
	e, err := fetch(t, s, in, alias)
	require.NoError(t, err)
	require.Equal(t, macros.Known, e.Status)
	return e.Secret.Reveal()
}

// provider fits a store to the kit for providers.
func provider(t *testing.T, p Place) resolvertest.Fixture {
	b := p.Open(t)
	s := openOn(t, b)
	return resolvertest.Fixture{
		Provider: s,
		Scopes:   true,
		Put: func(t testing.TB, in resolver.Scope, alias string, secret redact.Secret) {
			t.Helper()
			d := store.Draft{Alias: alias, Type: store.Type(secret.Kind().String()), Value: valueOf(secret)}
			_, err := s.Create(t.Context(), by, in, d)
			if store.CodeOf(err) == store.AliasTaken {
				_, err = s.Update(t.Context(), by, in, alias, store.Patch{Value: d.Value})
			}
			require.NoError(t, err)
		},
		Archive: func(t testing.TB, in resolver.Scope, alias string) {
			t.Helper()
			_, err := s.Archive(t.Context(), by, in, alias, false)
			require.NoError(t, err)
		},
		Spoil: func(t testing.TB, in resolver.Scope, alias string) {
			t.Helper()
			row := rawRow(t, b, store.TableSecrets, in, alias)
			row.Value[len(row.Value)-1] ^= 1
			rawPut(t, b, row)
		},
	}
}

func valueOf(secret redact.Secret) store.Value {
	switch secret.Kind() {
	case redact.Credentials:
		tree, _ := secret.Tree().(map[string]any)
		username, _ := tree["username"].(string)
		password, _ := tree["password"].(string)
		return credentials(username, password)
	case redact.JSON:
		return store.Raw([]byte(secret.Reveal()))
	}
	return store.Text(secret.Reveal())
}

func credentials(username, password string) store.Value {
	return store.Raw([]byte(`{"username":` + quote(username) + `,"password":` + quote(password) + `}`))
}
