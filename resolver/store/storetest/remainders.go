package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
)

// disclosed returns what a store tells a redactor, by value.
func disclosed(t testing.TB, s *store.Store, in resolver.Scope, aliases ...string) map[string]resolver.Disclosure {
	t.Helper()
	told := map[string]resolver.Disclosure{}
	require.NoError(t, s.Disclose(t.Context(), in, aliases, func(d resolver.Disclosure) {
		require.NoError(t, d.Err)
		text := d.Secret.Reveal()
		if d.Secret.Kind() == redact.Credentials {
			text = fmt.Sprint(d.Secret.Tree().(map[string]any)["password"])
		}
		told[text] = d
	}))
	return told
}

func testRemainders(t *testing.T, p Place) {
	at := newClock()
	const grace = time.Hour
	start := func() *store.Store {
		s, err := store.Open(t.Context(), store.Options{Backend: p.Open(t), Key: store.KeyText(keyText), Grace: grace, Now: at.now})
		require.NoError(t, err)
		return s
	}
	s := start()
	defer func() { require.NoError(t, s.Close()) }()
	ctx := t.Context()
	create(t, s, scope, "Rotated", "first-value")
	_, err := s.Update(ctx, by, scope, "rotated", store.Patch{Value: store.Text("second-value")})
	require.NoError(t, err)
	at.pass(time.Minute)
	_, err = s.Update(ctx, by, scope, "rotated", store.Patch{Value: store.Text("third-value")})
	require.NoError(t, err)
	create(t, s, scope, "archived", "archived-value")
	_, err = s.Archive(ctx, by, scope, "archived", false)
	require.NoError(t, err)
	_, err = s.Create(ctx, by, scope, store.Draft{Alias: "deleted", Type: store.Credentials, Value: credentials("user", "deleted-value")})
	require.NoError(t, err)
	require.NoError(t, s.Delete(ctx, by, scope, "deleted", "deleted", false))
	create(t, s, "acme", "above", "value-above")
	create(t, s, "acme", "hidden", "hidden-value")
	create(t, s, scope, "hidden", "nearer-value")

	values := func(told map[string]resolver.Disclosure) (present, kept []string) {
		for text, d := range told {
			if d.Until.IsZero() {
				present = append(present, text)
			} else {
				kept = append(kept, text)
			}
		}
		return present, kept
	}
	check := func(present, kept []string, aliases ...string) {
		t.Helper()
		gotPresent, gotKept := values(disclosed(t, s, scope, aliases...))
		require.ElementsMatch(t, present, gotPresent)
		require.ElementsMatch(t, kept, gotKept)
	}
	all := []string{"third-value", "value-above", "nearer-value"}
	check(all, []string{"first-value", "second-value", "archived-value", "deleted-value"})
	check([]string{"third-value"}, []string{"first-value", "second-value"}, "rotated")
	check(nil, []string{"deleted-value"}, "deleted")

	// Nobody can resolve, list or restore what is kept, and another node and a restart
	// know it again.
	e, err := fetch(t, s, scope, "deleted")
	require.NoError(t, err)
	require.Equal(t, macros.Missing, e.Status)
	_, err = s.Restore(ctx, by, scope, "deleted")
	want(t, store.NotFound, err)
	require.NoError(t, s.Close())
	s = start()
	check(all, []string{"first-value", "second-value", "archived-value", "deleted-value"})
	require.NoError(t, s.Verify(ctx, nil))
	require.NoError(t, s.RotateKeys(ctx, by, nil))
	check(all, []string{"first-value", "second-value", "archived-value", "deleted-value"})

	// Of a secret that is made again the old values stay known beside the new one.
	create(t, s, scope, "deleted", "again-value")
	check([]string{"again-value"}, []string{"deleted-value"}, "deleted")

	// A purge drops all at once, and is audited.
	want(t, store.InvalidRequest, s.Purge(ctx, by, scope, "deleted", "", false))
	require.NoError(t, s.Purge(ctx, by, scope, "deleted", "deleted", false))
	check(nil, nil, "deleted")
	want(t, store.NotFound, s.Purge(ctx, by, scope, "never", "never", false))
	page, err := s.Audit(ctx, scope, store.AuditQuery{})
	require.NoError(t, err)
	var trail []string
	for _, event := range page.Items {
		if event.Alias == "deleted" {
			trail = append(trail, event.What+" "+event.Outcome)
		}
	}
	require.Contains(t, trail, "secret.purge ok")

	// After the grace time the store holds no more than what can be resolved or restored.
	at.pass(grace - 30*time.Second)
	_, err = s.Expire(ctx)
	require.NoError(t, err)
	check([]string{"third-value"}, []string{"second-value"}, "rotated")
	at.pass(time.Minute)
	_, err = s.Expire(ctx)
	require.NoError(t, err)
	check(all, nil)
	left, err := s.Scopes(ctx, "")
	require.NoError(t, err)
	require.NoError(t, s.Close())
	b := p.Open(t)
	defer func() { require.NoError(t, b.Close()) }()
	for _, in := range left {
		rows, err := b.Scan(ctx, store.Range{Table: store.TableRemainders, Scope: string(in), Limit: 10})
		require.NoError(t, err)
		require.Empty(t, rows)
	}
}
