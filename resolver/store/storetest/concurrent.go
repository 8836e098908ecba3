package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
)

// late is a backend on which a template is stored as soon as the templates that
// mention a secret were looked for.
type late struct {
	store.Backend
	put func()
}

func (b *late) Scan(ctx context.Context, r store.Range) ([]store.Row, error) {
	rows, err := b.Backend.Scan(ctx, r)
	if put := b.put; put != nil && r.Table == store.TableTemplates {
		b.put = nil
		put()
	}
	return rows, err
}

// testInUseMeanwhile stores the template between the search for templates and the
// change itself.
func testInUseMeanwhile(t *testing.T, p Place) {
	b := &late{Backend: p.Open(t)}
	s := openOn(t, b)
	create(t, s, scope, "Alpha", "one")
	meanwhile := func() {
		_, err := s.PutDocument(t.Context(), by, store.TemplateKind, scope, "welcome", store.DocumentDraft{Definition: []byte(`{}`), Aliases: []string{"alpha"}})
		require.NoError(t, err)
	}
	b.put = meanwhile
	want(t, store.InUse, s.Delete(t.Context(), by, scope, "ALPHA", "alpha", false))
	require.NoError(t, s.DeleteDocument(t.Context(), by, store.TemplateKind, scope, "welcome", store.Condition{}))
	b.put = meanwhile
	_, err := s.Archive(t.Context(), by, scope, "ALPHA", false)
	want(t, store.InUse, err)
	_, err = s.Archive(t.Context(), by, scope, "alpha", true)
	require.NoError(t, err)
}

func testConcurrent(t *testing.T, p Place) {
	s := open(t, p)
	create(t, s, scope, "steady", "steady-value")
	var group sync.WaitGroup
	for w := range 4 {
		group.Go(func() {
			for i := range 10 {
				alias := fmt.Sprintf("w%d-%d", w, i%3)
				_, err := s.Create(t.Context(), by, scope, store.Draft{Alias: alias, Type: store.Token, Value: store.Text("value")})
				if err != nil && store.CodeOf(err) != store.AliasTaken {
					t.Error(err)
				}
				if i%3 == 2 {
					if err := s.Delete(t.Context(), by, scope, alias, alias, false); err != nil {
						t.Error(err)
					}
				}
			}
		})
		group.Go(func() {
			for range 50 {
				entries := make([]resolver.Entry, 2)
				if err := s.Fetch(t.Context(), scope, []string{"steady", "w0-2"}, true, entries); err != nil {
					t.Error(err)
				}
				if entries[0].Secret.Reveal() != "steady-value" {
					t.Error("another value")
				}
				if _, err := s.List(t.Context(), scope); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	require.NoError(t, s.Verify(t.Context(), nil))
}

// unsure is a backend that makes a change and says that it could not.
type unsure struct {
	store.Backend
	lost bool
}

func (b *unsure) Commit(ctx context.Context, batch store.Batch) error {
	err := b.Backend.Commit(ctx, batch)
	if b.lost {
		return context.DeadlineExceeded
	}
	return err
}

// testOutcomeUnknown loses the answer to an edit that was made: whoever caches
// the secret asks for it again, and the edit can be made again.
func testOutcomeUnknown(t *testing.T, p Place) {
	b := &unsure{Backend: p.Open(t)}
	s := openOn(t, b)
	create(t, s, scope, "alpha", "first")
	changes := &changes{}
	defer s.Notify(changes.hear)()
	b.lost = true
	_, err := s.Update(t.Context(), by, scope, "alpha", store.Patch{Value: store.Text("second")})
	want(t, store.Unavailable, err)
	require.Equal(t, []resolver.Change{{Scope: scope, Alias: "alpha"}}, changes.heard())
	b.lost = false
	require.Equal(t, "second", reveal(t, s, scope, "alpha"))
	_, err = s.Update(t.Context(), by, scope, "alpha", store.Patch{Value: store.Text("third")})
	require.NoError(t, err)
	require.Equal(t, "third", reveal(t, s, scope, "alpha"))
}
