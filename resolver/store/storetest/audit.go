package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
)

// line is an event in short.
func line(e store.Event) string {
	return e.Who + " " + e.What + " " + string(e.Scope) + " " + e.Alias + " " + e.Outcome
}

func lines(events []store.Event) []string {
	out := make([]string, 0, len(events))
	for _, e := range slices.Backward(events) {
		out = append(out, line(e))
	}
	return out
}

func testAudit(t *testing.T, p Place) {
	s := open(t, p)
	ctx := t.Context()
	start := time.Now()
	create(t, s, scope, "Alpha", canary)
	_, _ = s.Update(ctx, by, scope, "alpha", store.Patch{Value: store.Text(canary + "2")})
	_, _ = s.Update(ctx, by, scope, "alpha", store.Patch{})
	_, _ = s.Archive(ctx, by, scope, "alpha", false)
	_, _ = s.Restore(ctx, by, scope, "alpha")
	_ = s.Delete(ctx, by, scope, "alpha", "wrong", false)
	_ = s.Delete(ctx, by, scope, "alpha", "alpha", false)
	_, _ = s.Create(ctx, by, scope, store.Draft{Alias: canary + " in the wrong field", Type: store.Token, Value: store.Text("x")})
	_, _ = s.PutDocument(ctx, by, store.TemplateKind, scope, "welcome", store.DocumentDraft{Definition: []byte("{}")})
	_ = s.DeleteDocument(ctx, by, store.TemplateKind, scope, "welcome", store.Condition{})
	_, token, err := s.CreateToken(ctx, by, store.TokenDraft{Role: store.Preview, Scope: scope})
	require.NoError(t, err)
	require.NoError(t, s.RevokeToken(ctx, by, "", token.ID))
	require.NoError(t, s.Record(ctx, store.Event{Who: "intruder", What: "render", Scope: "acme/unknown", Outcome: "forbidden", RequestID: "r9"}))
	create(t, s, "other", "beta", "value")

	page, err := s.Audit(ctx, "acme", store.AuditQuery{})
	require.NoError(t, err)
	require.Equal(t, []string{
		"tester secret.create acme/shop alpha ok",
		"tester secret.update acme/shop alpha ok",
		"tester secret.update acme/shop alpha no_changes",
		"tester secret.archive acme/shop alpha ok",
		"tester secret.restore acme/shop alpha ok",
		"tester secret.delete acme/shop alpha invalid_request",
		"tester secret.delete acme/shop alpha ok",
		"tester secret.create acme/shop  invalid_alias",
		"tester template.put acme/shop welcome ok",
		"tester template.delete acme/shop welcome ok",
		"tester token.create acme/shop " + token.ID + " ok",
		"tester token.revoke acme/shop " + token.ID + " ok",
		"intruder render acme/unknown  forbidden",
	}, lines(page.Items))
	newest := page.Items[0]
	require.Equal(t, "r9", newest.RequestID)
	require.WithinRange(t, newest.Time, start, time.Now())
	require.Equal(t, int64(2), page.Items[len(page.Items)-2].Version)

	var paged []store.Event
	q := store.AuditQuery{Paging: store.Paging{Limit: 4}}
	for {
		part, err := s.Audit(ctx, "", q)
		require.NoError(t, err)
		paged = append(paged, part.Items...)
		if part.Next == "" {
			break
		}
		q.Cursor = part.Next
	}
	whole, err := s.Audit(ctx, "", store.AuditQuery{})
	require.NoError(t, err)
	require.Equal(t, whole.Items, paged)
	require.Len(t, paged, 14)

	recent, err := s.Audit(ctx, "", store.AuditQuery{Since: paged[2].Time})
	require.NoError(t, err)
	require.Equal(t, paged[:3], recent.Items)
	none, err := s.Audit(ctx, "acme/shop/prod", store.AuditQuery{})
	require.NoError(t, err)
	require.Equal(t, []store.Event{}, none.Items)
}

// noAudit is a backend that has no room for audit rows.
type noAudit struct{ store.Backend }

var errNoAudit = errors.New("no room for the audit trail")

func (b noAudit) Commit(ctx context.Context, batch store.Batch) error {
	for _, r := range batch.Put {
		if r.Table == store.TableAudit {
			return errNoAudit
		}
	}
	return b.Backend.Commit(ctx, batch)
}

func testNoAuditNoChange(t *testing.T, p Place) {
	s := openOn(t, noAudit{p.Open(t)})
	ctx := t.Context()
	_, err := s.Create(ctx, by, scope, store.Draft{Alias: "alpha", Type: store.Token, Value: store.Text("value")})
	want(t, store.Unavailable, err)
	require.ErrorIs(t, err, errNoAudit)
	e, err := fetch(t, s, scope, "alpha")
	require.NoError(t, err)
	require.Equal(t, macros.Missing, e.Status)
	_, _, err = s.CreateToken(ctx, by, store.TokenDraft{Role: store.Admin})
	want(t, store.Unavailable, err)
	_, err = s.PutDocument(ctx, by, store.TemplateKind, scope, "a", store.DocumentDraft{Definition: []byte("{}")})
	want(t, store.Unavailable, err)
}

func testUses(t *testing.T, p Place) {
	ctx := t.Context()
	at := newClock()
	b := p.Open(t)
	counting := func(b store.Backend) *store.Store {
		s, err := store.Open(ctx, store.Options{Backend: b, Key: store.KeyText(keyText), FlushInterval: time.Hour, Now: at.now})
		require.NoError(t, err)
		return s
	}
	s := counting(b)
	create(t, s, "acme", "alpha", "value")
	create(t, s, scope, "beta", "value")
	s.Used(scope, "token-1", []string{"alpha", "beta", "another-provider"}, 1)
	s.Used("acme/web", "token-1", []string{"alpha"}, 1000)
	at.pass(time.Minute)
	now := at.now()
	s.Used(scope, "token-2", []string{"alpha"}, 1)
	require.NoError(t, s.Close(), "what is counted is written at the end")

	s = counting(p.Open(t))
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	page, err := s.Uses(ctx, "acme", "ALPHA", store.Paging{})
	require.NoError(t, err)
	require.Equal(t, []store.UseCount{
		{Token: "token-1", Minute: now.Add(-90 * time.Second), Count: 1001},
		{Token: "token-2", Minute: now.Add(-30 * time.Second), Count: 1},
	}, page.Items)
	first, err := s.Uses(ctx, "acme", "alpha", store.Paging{Limit: 1})
	require.NoError(t, err)
	second, err := s.Uses(ctx, "acme", "alpha", store.Paging{Limit: 1, Cursor: first.Next})
	require.NoError(t, err)
	require.Equal(t, page.Items, append(first.Items, second.Items...))

	m, err := s.Get(ctx, "acme", "alpha")
	require.NoError(t, err)
	require.Equal(t, now, *m.LastUsedAt)
	listed, err := s.Secrets(ctx, scope, store.Paging{})
	require.NoError(t, err)
	require.Equal(t, now.Add(-time.Minute), *listed.Items[0].LastUsedAt)
	_, err = s.Uses(ctx, resolver.Scope(""), "alpha", store.Paging{})
	want(t, store.NotFound, err)
}
