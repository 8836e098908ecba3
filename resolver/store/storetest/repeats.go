package storetest

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
)

// under is by with a request of this key that asks for what the parts say.
func under(s *store.Store, key, asks string) store.Actor {
	a := by
	a.Request = s.NewRequest(a.Who, key, []byte(asks))
	return a
}

// testRepeats: what comes again is carried out once, by whatever node it comes to, and what
// it made is told as it was then.
func testRepeats(t *testing.T, p Place) {
	ctx := t.Context()
	b := p.Open(t)
	s := openOn(t, b)
	other := s
	if p.Shared {
		other = openOn(t, p.Open(t))
	}
	draft := store.Draft{Alias: "alpha", Value: store.Text("first-value-77"), Description: "d"}
	made, err := s.Create(ctx, under(s, "k1", "create alpha"), scope, draft)
	require.NoError(t, err)

	t.Run("create", func(t *testing.T) {
		actor := under(other, "k1", "create alpha")
		again, err := other.Create(ctx, actor, scope, draft)
		require.NoError(t, err)
		require.Equal(t, made, again)
		require.True(t, actor.Request.Repeated())
		_, err = other.Create(ctx, by, scope, draft)
		want(t, store.AliasTaken, err)
	})
	t.Run("another request under the key", func(t *testing.T) {
		_, err := other.Create(ctx, under(other, "k1", "create beta"), scope, store.Draft{Alias: "beta", Value: store.Text("v-of-beta")})
		want(t, store.KeyReused, err)
		_, err = other.Get(ctx, scope, "beta")
		want(t, store.NotFound, err)
	})
	t.Run("another scope or kind under the key", func(t *testing.T) {
		_, err := other.Create(ctx, under(other, "k1", "create alpha below"), scope+"/below", draft)
		want(t, store.KeyReused, err)
		_, _, err = other.CreateToken(ctx, under(other, "k1", "a token"), store.TokenDraft{Role: store.Render, Scope: scope})
		want(t, store.KeyReused, err)
		_, _, err = s.CreateToken(ctx, under(s, "k0", "a token"), store.TokenDraft{Role: store.Render, Scope: scope})
		require.NoError(t, err)
		_, err = other.Create(ctx, under(other, "k0", "create gamma"), scope, store.Draft{Alias: "gamma", Value: store.Text("v-of-gamma")})
		want(t, store.KeyReused, err)
	})
	t.Run("another caller under the key", func(t *testing.T) {
		actor := store.Actor{Who: "another", Request: other.NewRequest("another", "k1", []byte("create alpha"))}
		_, err := other.Create(ctx, actor, scope, draft)
		want(t, store.AliasTaken, err)
	})
	t.Run("update", func(t *testing.T) {
		patch := store.Patch{Value: store.Text("second-value-88")}
		edited, err := s.Update(ctx, under(s, "k2", "edit alpha"), scope, "alpha", patch)
		require.NoError(t, err)
		require.Equal(t, int64(2), edited.Version)
		again, err := other.Update(ctx, under(other, "k2", "edit alpha"), scope, "alpha", patch)
		require.NoError(t, err)
		require.Equal(t, edited, again)
		_, err = other.Update(ctx, by, scope, "alpha", patch)
		want(t, store.NoChanges, err)
	})
	t.Run("token", func(t *testing.T) {
		soon := time.Now().Add(time.Hour)
		draft := store.TokenDraft{Role: store.Render, Scope: scope, ExpiresAt: &soon}
		text, token, err := s.CreateToken(ctx, under(s, "k3", "token"), draft)
		require.NoError(t, err)
		require.NotEmpty(t, text.Reveal())
		again, same, err := other.CreateToken(ctx, under(other, "k3", "token"), draft)
		require.NoError(t, err)
		require.Equal(t, token, same)
		require.Empty(t, again.Reveal())
	})
	t.Run("refused", func(t *testing.T) {
		_, err := s.Create(ctx, under(s, "k4", "taken"), scope, draft)
		want(t, store.AliasTaken, err)
		require.NoError(t, s.Delete(ctx, by, scope, "alpha", "alpha", false))
		_, err = s.Create(ctx, under(s, "k4", "taken by nobody"), scope+"/below", draft)
		require.NoError(t, err, "what was refused has not used its key")
		require.NoError(t, s.Delete(ctx, by, scope+"/below", "alpha", "alpha", false))
		_, err = s.Create(ctx, under(s, "k4 again", "taken"), scope, draft)
		require.NoError(t, err, "what was refused is tried anew")
	})
	t.Run("at once", func(t *testing.T) {
		answers := make(chan int64, 8)
		for range cap(answers) {
			go func() {
				m, err := other.Update(ctx, under(other, "k5", "at once"), scope, "alpha", store.Patch{Value: store.Text("third-value-99")})
				if err != nil {
					m.Version = -1
				}
				answers <- m.Version
			}()
		}
		for range cap(answers) {
			require.Equal(t, int64(2), <-answers)
		}
	})
	t.Run("what is stored", func(t *testing.T) {
		rows, err := b.Scan(ctx, store.Range{Table: store.TableRepeats, Scope: string(scope), Limit: 99})
		require.NoError(t, err)
		require.Len(t, rows, 4)
		for i := range rows {
			for _, text := range []string{"k1", "alpha", "value"} {
				require.False(t, bytes.Contains(append([]byte(rows[i].Key.Key), rows[i].Meta...), []byte(text)), text)
			}
		}
		// One row's answer in the place of another's is none.
		found, err := b.Find(ctx, []store.Key{rows[0].Key, rows[1].Key}, true)
		require.NoError(t, err)
		found[0].Value = found[1].Value
		require.NoError(t, b.Commit(context.WithoutCancel(ctx), store.Batch{Scope: string(scope), Put: []store.Row{*found[0]}}))
		failed := 0
		for key, asks := range map[string]string{"k1": "create alpha", "k4 again": "taken"} {
			if _, err := s.Create(ctx, under(s, key, asks), scope, draft); err != nil {
				want(t, store.Internal, err)
				failed++
			}
		}
		for key, asks := range map[string]string{"k2": "edit alpha", "k5": "at once"} {
			if _, err := s.Update(ctx, under(s, key, asks), scope, "alpha", store.Patch{}); err != nil {
				want(t, store.Internal, err)
				failed++
			}
		}
		require.Equal(t, 1, failed)
	})
}

// testRepeatsDropped: a request is known for a day, and a token has no more of them than
// it may.
func testRepeatsDropped(t *testing.T, p Place) {
	ctx := t.Context()
	b := p.Open(t)
	now := newClock()
	s := openAt(t, b, now, time.Hour)
	draft := store.Draft{Alias: "alpha", Value: store.Text("first-value-77")}
	_, err := s.Create(ctx, under(s, "k", "create"), scope, draft)
	require.NoError(t, err)
	_, _, err = s.CreateToken(ctx, under(s, "k of a token", "token"), store.TokenDraft{Role: store.Render, Scope: scope})
	require.NoError(t, err)
	counted := func() []store.Counter {
		counts, err := b.Counters(ctx, store.Range{Table: store.TableRepeats, Scope: "~store", Limit: 9})
		require.NoError(t, err)
		return counts
	}
	left := func(scope resolver.Scope) int {
		rows, err := b.Scan(ctx, store.Range{Table: store.TableRepeats, Scope: string(scope), Limit: 9})
		require.NoError(t, err)
		return len(rows)
	}
	require.Equal(t, 2, left("~store"), "of all scopes")
	require.EqualValues(t, 2, counted()[0].N)
	_, err = s.Create(ctx, under(s, "k of none", "create again"), scope, draft)
	want(t, store.AliasTaken, err)
	require.EqualValues(t, 2, counted()[0].N, "what was refused does not count")
	now.pass(store.RepeatLifetime - time.Second)
	_, err = s.Expire(ctx)
	require.NoError(t, err)
	require.Equal(t, 1, left(scope))
	_, err = s.Create(ctx, under(s, "k", "create"), scope, draft)
	require.NoError(t, err)

	now.pass(time.Second)
	_, err = s.Create(ctx, under(s, "k", "create"), scope, draft)
	want(t, store.AliasTaken, err)
	now.pass(time.Hour)
	_, err = s.Expire(ctx)
	require.NoError(t, err)
	require.Zero(t, left(scope))
	require.Zero(t, left("~store"))
	for _, n := range counted() {
		require.Zero(t, n.N)
	}

	_, err = s.Update(ctx, under(s, "k", "edit"), scope, "alpha", store.Patch{Value: store.Text("second-value-88")})
	require.NoError(t, err)
	counts := counted()
	counts = counts[len(counts)-1:]
	counts[0].N = store.MaxRepeats - counts[0].N
	require.NoError(t, b.Commit(ctx, store.Batch{Scope: "~store", Count: counts}))
	_, err = s.Update(ctx, under(s, "k6", "edit again"), scope, "alpha", store.Patch{Value: store.Text("third-value-99")})
	want(t, store.RateLimited, err)
	_, err = s.Create(ctx, under(s, "k7", "below"), scope+"/below", draft)
	want(t, store.RateLimited, err)
	_, err = s.Update(ctx, under(s, "k", "edit"), scope, "alpha", store.Patch{})
	require.NoError(t, err, "what is known stays known")
	_, err = s.Update(ctx, by, scope, "alpha", store.Patch{Value: store.Text("third-value-99")})
	require.NoError(t, err)
}
