package storetest

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver/store"
)

func testDocuments(t *testing.T, p Place) {
	s := open(t, p)
	ctx := t.Context()
	draft := store.DocumentDraft{Definition: []byte(`{ "template": "Hi <<Secrets.b>> {{ secrets.a }}" }`), Description: "greeting", Aliases: []string{"b", "a", "b"}}
	made, err := s.PutDocument(ctx, by, store.TemplateKind, scope, "Welcome-1", draft)
	require.NoError(t, err)
	require.Equal(t, int64(1), made.Version)
	require.Equal(t, []string{"a", "b"}, made.Aliases)
	got, err := s.Document(ctx, store.TemplateKind, scope, "Welcome-1")
	require.NoError(t, err)
	require.Equal(t, made, got)
	require.JSONEq(t, string(draft.Definition), string(got.Definition))

	again, err := s.PutDocument(ctx, by, store.TemplateKind, scope, "Welcome-1", draft)
	require.NoError(t, err)
	require.Equal(t, made, again, "what is stored like this already stays as it is")
	kept, err := s.DocumentVersions(ctx, store.TemplateKind, scope, "Welcome-1")
	require.NoError(t, err)
	require.Len(t, kept, 1)
	draft.If = store.Condition{Absent: true}
	_, err = s.PutDocument(ctx, by, store.TemplateKind, scope, "Welcome-1", draft)
	want(t, store.VersionConflict, err)
	draft.If = store.Condition{}
	draft.Definition = []byte(`{"template":"Bye"}`)
	draft.Aliases = nil
	second, err := s.PutDocument(ctx, by, store.TemplateKind, scope, "Welcome-1", draft)
	require.NoError(t, err)
	require.Equal(t, int64(2), second.Version)
	require.Equal(t, made.CreatedAt, second.CreatedAt)
	got, err = s.Document(ctx, store.TemplateKind, scope, "Welcome-1")
	require.NoError(t, err)
	require.Equal(t, second, got, "an edit is seen at once")

	page, err := s.Documents(ctx, store.TemplateKind, scope, store.Paging{})
	require.NoError(t, err)
	second.Definition = nil
	require.Equal(t, []store.Document{second}, page.Items)

	for name, bad := range map[string]func() error{
		"id": func() error { _, err := s.PutDocument(ctx, by, store.TemplateKind, scope, "a/b", draft); return err },
		"definition": func() error {
			_, err := s.PutDocument(ctx, by, store.TemplateKind, scope, "a", store.DocumentDraft{Definition: []byte(`{`)})
			return err
		},
		"too large": func() error {
			large := quote(strings.Repeat("x", store.MaxDocumentBytes))
			_, err := s.PutDocument(ctx, by, store.TemplateKind, scope, "a", store.DocumentDraft{Definition: []byte(large)})
			return err
		},
		"alias": func() error {
			_, err := s.PutDocument(ctx, by, store.TemplateKind, scope, "a", store.DocumentDraft{Definition: []byte(`{}`), Aliases: []string{"Upper"}})
			return err
		},
	} {
		t.Run("bad "+name, func(t *testing.T) { want(t, store.InvalidRequest, bad()) })
	}
	_, err = s.Document(ctx, store.TemplateKind, "acme", "Welcome-1")
	want(t, store.NotFound, err)
	require.NoError(t, s.DeleteDocument(ctx, by, store.TemplateKind, scope, "Welcome-1", store.Condition{}))
	_, err = s.Document(ctx, store.TemplateKind, scope, "Welcome-1")
	want(t, store.NotFound, err)
	want(t, store.NotFound, s.DeleteDocument(ctx, by, store.TemplateKind, scope, "Welcome-1", store.Condition{}))
	want(t, store.NotFound, s.DeleteDocument(ctx, by, store.TemplateKind, scope, "no such/id", store.Condition{}))
}

// putVersion stores the n-th version of a template.
func putVersion(t *testing.T, s *store.Store, id string, n int, condition store.Condition) (store.Document, error) {
	t.Helper()
	return s.PutDocument(t.Context(), by, store.TemplateKind, scope, id, store.DocumentDraft{
		Definition: fmt.Appendf(nil, `{"template":"version %d"}`, n), Note: fmt.Sprintf("note %d", n), If: condition,
	})
}

func testVersions(t *testing.T, p Place) {
	s := open(t, p)
	ctx := t.Context()
	const stored = store.MaxVersions + 7
	for n := 1; n <= stored; n++ {
		_, err := putVersion(t, s, "welcome", n, store.Condition{})
		require.NoError(t, err)
	}
	_, err := putVersion(t, s, "welcome-2", 1, store.Condition{})
	require.NoError(t, err)

	versions, err := s.DocumentVersions(ctx, store.TemplateKind, scope, "welcome")
	require.NoError(t, err)
	require.Len(t, versions, store.MaxVersions)
	for i, d := range versions {
		want := int64(stored - i)
		require.Equal(t, want, d.Version)
		require.Equal(t, "welcome", d.ID)
		require.Equal(t, by.Who, d.Author)
		require.Equal(t, fmt.Sprintf("note %d", want), d.Note)
		require.Nil(t, d.Definition)
		whole, err := s.DocumentVersion(ctx, store.TemplateKind, scope, "welcome", want)
		require.NoError(t, err)
		require.JSONEq(t, fmt.Sprintf(`{"template":"version %d"}`, want), string(whole.Definition))
	}
	for _, n := range []int64{-1, 0, stored - store.MaxVersions, stored + 1} {
		_, err := s.DocumentVersion(ctx, store.TemplateKind, scope, "welcome", n)
		want(t, store.NotFound, err)
	}
	require.NoError(t, s.RotateKeys(ctx, by, nil))
	old, err := s.DocumentVersion(ctx, store.TemplateKind, scope, "welcome", stored-1)
	require.NoError(t, err)
	require.Contains(t, string(old.Definition), fmt.Sprint(stored-1))

	require.NoError(t, s.DeleteDocument(ctx, by, store.TemplateKind, scope, "welcome", store.Condition{}))
	_, err = s.DocumentVersions(ctx, store.TemplateKind, scope, "welcome")
	want(t, store.NotFound, err)
	made, err := putVersion(t, s, "welcome", 1, store.Condition{})
	require.NoError(t, err)
	require.Equal(t, int64(stored+1), made.Version, "who read the deleted one does not take the new one for it")
	_, err = putVersion(t, s, "welcome", 2, store.Condition{Versions: []int64{stored}})
	want(t, store.VersionConflict, err)
	versions, err = s.DocumentVersions(ctx, store.TemplateKind, scope, "welcome")
	require.NoError(t, err)
	require.Len(t, versions, 1, "a new document has nothing of the deleted one")
	for range 2 {
		require.NoError(t, s.DeleteDocument(ctx, by, store.TemplateKind, scope, "welcome", store.Condition{}))
		require.NoError(t, s.RotateKeys(ctx, by, nil))
		next, err := putVersion(t, s, "welcome", 1, store.Condition{})
		require.NoError(t, err)
		require.Equal(t, made.Version+1, next.Version)
		made = next
	}
	require.NoError(t, s.Verify(ctx, nil))
}

func testConditions(t *testing.T, p Place) {
	s := open(t, p)
	at := func(versions ...int64) store.Condition { return store.Condition{Versions: versions} }
	exists, absent := store.Condition{Exists: true}, store.Condition{Absent: true}
	n := 0
	put := func(condition store.Condition) error {
		n++
		_, err := putVersion(t, s, "welcome", n, condition)
		return err
	}
	want(t, store.VersionConflict, put(exists))
	want(t, store.VersionConflict, put(at(1)))
	require.NoError(t, put(absent))
	want(t, store.VersionConflict, put(absent))
	want(t, store.VersionConflict, put(at(2)))
	require.NoError(t, put(at(1)))
	require.NoError(t, put(at(1, 2)))
	require.NoError(t, put(exists))
	got, err := s.Document(t.Context(), store.TemplateKind, scope, "welcome")
	require.NoError(t, err)
	require.Equal(t, int64(4), got.Version, "what was refused changed nothing")

	remove := func(condition store.Condition) error {
		return s.DeleteDocument(t.Context(), by, store.TemplateKind, scope, "welcome", condition)
	}
	want(t, store.VersionConflict, remove(at(3)))
	require.NoError(t, remove(at(4)))
	want(t, store.NotFound, remove(exists))
}

// testNoLostWrites: of those who change the same version at once, on whatever nodes, one
// is stored, and the others are told.
func testNoLostWrites(t *testing.T, p Place) {
	nodes := []*store.Store{openOn(t, p.Open(t))}
	if p.Shared {
		nodes = append(nodes, openOn(t, p.Open(t)))
	}
	const rounds, writers = 5, 4 // of each node
	for _, kind := range []store.Kind{store.TemplateKind, store.FlowKind} {
		version := int64(0)
		for round := range rounds {
			condition := store.Condition{Absent: version == 0}
			if version > 0 {
				condition.Versions = []int64{version}
			}
			var (
				group sync.WaitGroup
				mu    sync.Mutex
				won   []store.Document
			)
			for n, s := range nodes {
				for w := range writers {
					group.Go(func() {
						text := fmt.Sprintf(`{"by":"%d.%d.%d"}`, round, n, w)
						d, err := s.PutDocument(t.Context(), by, kind, scope, "shared", store.DocumentDraft{Definition: []byte(text), If: condition})
						if err != nil {
							assert.Equal(t, store.VersionConflict, store.CodeOf(err), err)
							return
						}
						mu.Lock()
						defer mu.Unlock()
						won = append(won, d)
						assert.Equal(t, text, string(d.Definition))
					})
				}
			}
			group.Wait()
			require.Len(t, won, 1)
			version++
			require.Equal(t, version, won[0].Version)
			for _, s := range nodes {
				kept, err := s.DocumentVersion(t.Context(), kind, scope, "shared", version)
				require.NoError(t, err)
				require.Equal(t, string(won[0].Definition), string(kept.Definition))
			}
		}
		versions, err := nodes[0].DocumentVersions(t.Context(), kind, scope, "shared")
		require.NoError(t, err)
		require.Len(t, versions, rounds)
	}
}

// A flow and a template may have one id, and both keep a secret in use.
func testFlows(t *testing.T, p Place) {
	s := open(t, p)
	ctx := t.Context()
	create(t, s, scope, "key", "one")
	for _, kind := range []store.Kind{store.TemplateKind, store.FlowKind} {
		_, err := s.PutDocument(ctx, by, kind, scope, "order", store.DocumentDraft{
			Definition: fmt.Appendf(nil, `{"kind":%q}`, kind), Aliases: []string{"key"},
		})
		require.NoError(t, err)
	}
	for _, kind := range []store.Kind{store.TemplateKind, store.FlowKind} {
		got, err := s.Document(ctx, kind, scope, "order")
		require.NoError(t, err)
		require.JSONEq(t, fmt.Sprintf(`{"kind":%q}`, kind), string(got.Definition))
		page, err := s.Documents(ctx, kind, scope, store.Paging{})
		require.NoError(t, err)
		require.Len(t, page.Items, 1)
		require.Equal(t, kind, page.Items[0].Kind)
	}
	used, err := s.Usage(ctx, scope, "key")
	require.NoError(t, err)
	require.Equal(t, []store.DocumentRef{
		{Kind: store.TemplateKind, ID: "order", Scope: scope}, {Kind: store.FlowKind, ID: "order", Scope: scope},
	}, used)
	require.NoError(t, s.DeleteDocument(ctx, by, store.TemplateKind, scope, "order", store.Condition{}))
	_, err = s.Archive(ctx, by, scope, "key", false)
	want(t, store.InUse, err)
	require.NoError(t, s.DeleteDocument(ctx, by, store.FlowKind, scope, "order", store.Condition{}))
	_, err = s.Archive(ctx, by, scope, "key", false)
	require.NoError(t, err)
}
