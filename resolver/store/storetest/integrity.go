package storetest

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
)

// attack changes what the backend holds behind the store's back.
type attack struct {
	name string
	run  func(t testing.TB, b store.Backend, before state)
	// alias is what is looked up afterwards, and must fail; "" is victim.
	alias string
	// existence says that lookups without a value must fail too.
	existence bool
}

// state is the rows of victim and other before they were edited.
type state struct{ victim, other store.Row }

var attacks = []attack{
	{name: "a bit of the value", run: func(t testing.TB, b store.Backend, _ state) {
		alter(t, b, func(r *store.Row) { r.Value[len(r.Value)/2] ^= 4 })
	}},
	{name: "a bit of the key id", run: func(t testing.TB, b store.Backend, _ state) {
		alter(t, b, func(r *store.Row) { r.Value[2] ^= 4 })
	}},
	{name: "a truncated value", run: func(t testing.TB, b store.Backend, _ state) {
		alter(t, b, func(r *store.Row) { r.Value = r.Value[:len(r.Value)-5] })
	}},
	{name: "no value", run: func(t testing.TB, b store.Backend, _ state) {
		alter(t, b, func(r *store.Row) { r.Value = nil })
	}},
	{name: "an older value", run: func(t testing.TB, b store.Backend, before state) {
		alter(t, b, func(r *store.Row) { r.Value = before.victim.Value })
	}},
	{name: "another secret's value", run: func(t testing.TB, b store.Backend, before state) {
		alter(t, b, func(r *store.Row) { r.Value = before.other.Value })
	}},
	{name: "a bit of the meta", existence: true, run: func(t testing.TB, b store.Backend, _ state) {
		alter(t, b, func(r *store.Row) { r.Meta[len(r.Meta)-1] ^= 1 }) // the archived flag
	}},
	{name: "a truncated meta", existence: true, run: func(t testing.TB, b store.Backend, _ state) {
		alter(t, b, func(r *store.Row) { r.Meta = r.Meta[:3] })
	}},
	{name: "a bit of the seal", existence: true, run: func(t testing.TB, b store.Backend, _ state) {
		alter(t, b, func(r *store.Row) { r.Seal[9] ^= 1 })
	}},
	{name: "a higher revision", existence: true, run: func(t testing.TB, b store.Backend, _ state) {
		alter(t, b, func(r *store.Row) { r.Revision += 100 })
	}},
	{name: "another secret's row", existence: true, run: func(t testing.TB, b store.Backend, before state) {
		before.other.Key = before.victim.Key
		rawPut(t, b, before.other)
	}},
	{name: "a row moved to a new alias", alias: "moved", existence: true, run: func(t testing.TB, b store.Backend, _ state) {
		r := rawRow(t, b, store.TableSecrets, scope, "victim")
		r.Key.Key = "moved"
		rawPut(t, b, r)
	}},
	{name: "a row moved to another scope", alias: "elsewhere", existence: true, run: func(t testing.TB, b store.Backend, _ state) {
		r := rawRow(t, b, store.TableSecrets, "other", "elsewhere")
		r.Scope = string(scope)
		rawPut(t, b, r)
	}},
	{name: "an older row", existence: true, run: func(t testing.TB, b store.Backend, before state) {
		rawPut(t, b, before.victim)
	}},
	{name: "a removed row", existence: true, run: func(t testing.TB, b store.Backend, before state) {
		rawDelete(t, b, before.victim.Key)
	}},
	{name: "a deleted secret put back", alias: "other", existence: true, run: func(t testing.TB, b store.Backend, before state) {
		rawPut(t, b, before.other)
	}},
}

func alter(t testing.TB, b store.Backend, change func(*store.Row)) {
	t.Helper()
	r := rawRow(t, b, store.TableSecrets, scope, "victim")
	r.Meta, r.Seal, r.Value = bytes.Clone(r.Meta), bytes.Clone(r.Seal), bytes.Clone(r.Value)
	change(&r)
	rawPut(t, b, r)
}

// scene fills s: victim was edited since the state that is returned, other was
// deleted, and both have namesakes in the parent that must not take their place.
func scene(t testing.TB, s *store.Store, b store.Backend) state {
	t.Helper()
	for _, alias := range []string{"victim", "other", "moved"} {
		create(t, s, "acme", alias, "the parent's value")
	}
	create(t, s, "other", "elsewhere", "a foreign value")
	create(t, s, scope, "victim", "old value")
	create(t, s, scope, "other", "other value")
	before := state{rawRow(t, b, store.TableSecrets, scope, "victim"), rawRow(t, b, store.TableSecrets, scope, "other")}
	_, err := s.Update(t.Context(), by, scope, "victim", store.Patch{Value: store.Text("new value")})
	require.NoError(t, err)
	require.NoError(t, s.Delete(t.Context(), by, scope, "other", "other", false))
	create(t, s, scope, "bystander", "value")
	return before
}

// lookUp checks that a fetch fails, or is right as if nothing had happened.
func (a attack) lookUp(t *testing.T, s *store.Store) {
	t.Helper()
	alias := a.alias
	if alias == "" {
		alias = "victim"
	}
	_, err := fetch(t, s, scope, alias)
	want(t, store.Internal, err)
	_, err = fetch(t, s, "acme/shop/prod", alias)
	want(t, store.Internal, err)
	entries := make([]resolver.Entry, 1)
	err = s.Fetch(t.Context(), scope, []string{alias}, false, entries)
	if a.existence {
		want(t, store.Internal, err)
	} else {
		require.NoError(t, err)
		require.Equal(t, macros.Known, entries[0].Status)
	}
	require.Error(t, s.Verify(t.Context(), nil))
}

func testIntegrity(t *testing.T, place func(*testing.T) Place) {
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			b := place(t).Open(t)
			s := openOn(t, b)
			in := scene(t, s, b)
			a.run(t, b, in)
			a.lookUp(t, s)
		})
	}
}

// testIntegrityAtRest changes the data while no store runs.
func testIntegrityAtRest(t *testing.T, place func(*testing.T) Place) {
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			p := place(t)
			b := p.Open(t)
			s := openOn(t, b)
			in := scene(t, s, b)
			require.NoError(t, s.Close())
			b = p.Open(t)
			a.run(t, b, in)
			s = openOn(t, b)
			a.lookUp(t, s)
			require.NotPanics(t, func() {
				_, _ = s.Get(t.Context(), scope, "victim")
				_, _ = s.Secrets(t.Context(), scope, store.Paging{})
				_, _ = s.List(t.Context(), scope)
				_, _ = s.Update(t.Context(), by, scope, "victim", store.Patch{Value: store.Text("again")})
			})
			require.NoError(t, s.Close())
		})
	}
	t.Run("a token put back", func(t *testing.T) {
		b := place(t).Open(t)
		s := openOn(t, b)
		text, token, err := s.CreateToken(t.Context(), by, store.TokenDraft{Role: store.Admin})
		require.NoError(t, err)
		r := rawRow(t, b, store.TableTokens, "~store", token.ID)
		require.NoError(t, s.RevokeToken(t.Context(), by, "", token.ID))
		rawPut(t, b, r)
		_, err = s.Authenticate(t.Context(), text.Reveal())
		want(t, store.Internal, err)
	})
}

// testRepair damages a scope and takes it as it stands.
func testRepair(t *testing.T, place func(*testing.T) Place) {
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			b := place(t).Open(t)
			s := openOn(t, b)
			in := scene(t, s, b)
			a.run(t, b, in)
			require.Error(t, s.Verify(t.Context(), nil))
			removed, err := s.Repair(t.Context(), by, scope)
			require.NoError(t, err)
			require.LessOrEqual(t, len(removed), 1)
			require.NoError(t, s.Verify(t.Context(), nil))
			require.Equal(t, "value", reveal(t, s, scope, "bystander"))
			_, err = fetch(t, s, scope, "victim")
			require.NoError(t, err)
			page, err := s.Audit(t.Context(), scope, store.AuditQuery{})
			require.NoError(t, err)
			repairs := 0
			for _, e := range page.Items {
				if e.What == "scope.repair" {
					repairs++
				}
			}
			require.Equal(t, len(removed)+1, repairs)
		})
	}
}
