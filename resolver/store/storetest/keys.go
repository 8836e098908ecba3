package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
)

func testMasterKey(t *testing.T, p Place) {
	s := openOn(t, p.Open(t))
	create(t, s, scope, "alpha", "value")
	require.NoError(t, s.Close())

	for name, source := range map[string]store.KeySource{
		"another key": store.KeyText(store.NewKeyText()),
		"none":        store.KeyText(" "),
		"no key":      store.KeyText("not a key"),
		"cut off":     store.KeyText(keyText[:len(keyText)-1]),
	} {
		t.Run(name, func(t *testing.T) {
			b := p.Open(t)
			defer func() { require.NoError(t, b.Close()) }()
			_, err := store.Open(t.Context(), store.Options{Backend: b, Key: source})
			want(t, store.Internal, err)
			require.NotContains(t, err.Error(), keyText)
			require.NotContains(t, fmt.Sprintf("%v %+v %#v", source, source, source), keyText)
		})
	}
	require.Equal(t, "value", reveal(t, open(t, p), scope, "alpha"))
}

// filled returns a store with two scopes of secrets, a template and a token.
func filled(t testing.TB, s *store.Store) (token redact.Secret) {
	t.Helper()
	for i := range 70 {
		create(t, s, scope, fmt.Sprintf("alias%02d", i), fmt.Sprint("value ", i))
	}
	_, err := s.Create(t.Context(), by, "acme", store.Draft{Alias: "smtp", Type: store.Credentials, Value: credentials("me", "pass")})
	require.NoError(t, err)
	_, err = s.Create(t.Context(), by, "acme", store.Draft{Alias: "Account", Type: store.JSON, Value: store.Raw([]byte(`{"n":1.50}`)), Description: "<b>"})
	require.NoError(t, err)
	_, err = s.Update(t.Context(), by, "acme", "account", store.Patch{Value: store.Raw([]byte(`{"n":2.50}`))})
	require.NoError(t, err)
	_, err = s.Archive(t.Context(), by, scope, "alias00", false)
	require.NoError(t, err)
	_, err = s.PutDocument(t.Context(), by, store.TemplateKind, scope, "welcome", store.DocumentDraft{Definition: []byte(`{"template":"<<Secrets.alias01>>"}`), Aliases: []string{"alias01"}})
	require.NoError(t, err)
	token, _, err = s.CreateToken(t.Context(), by, store.TokenDraft{Role: store.Render, Scope: scope})
	require.NoError(t, err)
	return token
}

// requireFilled checks that s holds what filled put there.
func requireFilled(t testing.TB, s *store.Store, token redact.Secret) {
	t.Helper()
	for i := 1; i < 70; i++ {
		require.Equal(t, fmt.Sprint("value ", i), reveal(t, s, scope, fmt.Sprintf("alias%02d", i)))
	}
	e, err := fetch(t, s, scope, "alias00")
	require.NoError(t, err)
	require.Equal(t, macros.Archived, e.Status)
	require.JSONEq(t, `{"n":2.50}`, reveal(t, s, scope, "account"))
	e, err = fetch(t, s, scope, "smtp")
	require.NoError(t, err)
	require.Equal(t, map[string]any{"username": "me", "password": "pass"}, e.Secret.Tree())
	m, err := s.Get(t.Context(), "acme", "account")
	require.NoError(t, err)
	require.Equal(t, "Account", m.Alias)
	require.Equal(t, "<b>", m.Description)
	require.Equal(t, int64(2), m.Version)
	got, err := s.Document(t.Context(), store.TemplateKind, scope, "welcome")
	require.NoError(t, err)
	require.JSONEq(t, `{"template":"<<Secrets.alias01>>"}`, string(got.Definition))
	_, err = s.Authenticate(t.Context(), token.Reveal())
	require.NoError(t, err)
	require.NoError(t, s.Verify(t.Context(), nil))
}

func testRotate(t *testing.T, p Place) {
	b := p.Open(t)
	s := openOn(t, b)
	token := filled(t, s)
	before := rawRow(t, b, store.TableSecrets, scope, "alias01")
	var told []int
	require.NoError(t, s.RotateKeys(t.Context(), by, func(done, total int) {
		require.Equal(t, 75, total, "70 of alias, two more, a replaced value, a template, a token")
		told = append(told, done)
	}))
	require.IsNonDecreasing(t, told)
	require.Equal(t, 75, told[len(told)-1])
	after := rawRow(t, b, store.TableSecrets, scope, "alias01")
	require.NotEqual(t, before.Value[1:5], after.Value[1:5], "the value is under another key")
	require.NotEqual(t, before.Seal[1:5], after.Seal[1:5])
	requireFilled(t, s, token)

	require.NoError(t, s.Reencrypt(t.Context(), func(_, total int) { require.Zero(t, total) }))
	page, err := s.Audit(t.Context(), "", store.AuditQuery{Paging: store.Paging{Limit: 1}})
	require.NoError(t, err)
	require.Equal(t, "tester keys.rotate   ok", line(page.Items[0]))
	require.NoError(t, s.Close())
	requireFilled(t, open(t, p), token)
}

func testRotateStopped(t *testing.T, p Place) {
	b := &failing{Backend: p.Open(t), left: 1 << 30}
	s := openOn(t, b)
	token := filled(t, s)
	b.left = 2
	want(t, store.Unavailable, s.RotateKeys(t.Context(), by, nil))
	b.left = 1 << 30
	requireFilled(t, s, token)
	create(t, s, scope, "meanwhile", "value")
	require.NoError(t, s.Close())

	again := p.Open(t)
	s = openOn(t, again)
	require.Eventually(t, func() bool {
		rotating := store.Key{Table: store.TableMeta, Scope: "~store", Key: "rotation"}
		return find(t, again, false, rotating)[0] == nil
	}, 10*time.Second, time.Millisecond, "the next start does the rest")
	requireFilled(t, s, token)
	require.NoError(t, s.Reencrypt(t.Context(), func(_, left int) { require.Zero(t, left) }))
}

// failing is a backend that stops writing after some commits.
type failing struct {
	store.Backend
	left int
}

func (b *failing) Commit(ctx context.Context, batch store.Batch) error {
	if b.left--; b.left < 0 {
		return store.ErrFull
	}
	return b.Backend.Commit(ctx, batch)
}

func testExport(t *testing.T, p Place) {
	b := p.Open(t)
	s := openOn(t, b)
	token := filled(t, s)
	recipient, err := age.NewScryptRecipient("a passphrase")
	require.NoError(t, err)
	recipient.SetWorkFactor(10)
	identity, err := age.NewScryptIdentity("a passphrase")
	require.NoError(t, err)
	var archive bytes.Buffer
	require.NoError(t, s.Export(t.Context(), by, "", &archive, nil, recipient))
	require.NotContains(t, archive.String(), "value 1")

	other, err := age.NewScryptIdentity("another")
	require.NoError(t, err)
	cut := archive.Bytes()[:archive.Len()-20]
	for name, test := range map[string]struct {
		archive []byte
		with    age.Identity
	}{
		"wrong passphrase": {archive.Bytes(), other},
		"cut off":          {cut, identity},
		"no archive":       {[]byte("no archive"), identity},
	} {
		_, err := s.Import(t.Context(), by, bytes.NewReader(test.archive), nil, test.with)
		want(t, store.InvalidRequest, err)
		require.NotContains(t, err.Error(), "value", name)
	}

	done, err := s.Import(t.Context(), by, bytes.NewReader(archive.Bytes()), nil, identity)
	require.NoError(t, err)
	require.Equal(t, store.Imported{Skipped: 74}, done, "what exists is left as it is")

	require.NoError(t, s.Delete(t.Context(), by, "acme", "account", "account", true))
	require.NoError(t, s.Delete(t.Context(), by, scope, "alias00", "alias00", true))
	require.NoError(t, s.DeleteDocument(t.Context(), by, store.TemplateKind, scope, "welcome", store.Condition{}))
	id, _, _ := strings.Cut(strings.TrimPrefix(token.Reveal(), store.TokenPrefix), "_")
	require.NoError(t, s.RevokeToken(t.Context(), by, "", id))
	done, err = s.Import(t.Context(), by, bytes.NewReader(archive.Bytes()), nil, identity)
	require.NoError(t, err)
	require.Equal(t, store.Imported{Secrets: 2, Templates: 1, Tokens: 1, Skipped: 70}, done)
	requireFilled(t, s, token)

	archive.Reset()
	require.NoError(t, s.Export(t.Context(), by, scope, &archive, nil, recipient))
	require.ErrorContains(t, s.Export(t.Context(), by, scope, broken{}, nil, recipient), "archive cannot be")
}

// broken is a writer that takes nothing.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no") }

func testTwoNodes(t *testing.T, p Place) {
	if !p.Shared {
		return
	}
	ctx := t.Context()
	a, b := open(t, p), open(t, p)
	heard := make(chan resolver.Change, 100)
	defer b.Notify(func(c resolver.Change) { heard <- c })()

	create(t, a, scope, "alpha", "first")
	require.Equal(t, "first", reveal(t, b, scope, "alpha"))
	_, err := a.Update(ctx, by, scope, "alpha", store.Patch{Value: store.Text("second")})
	require.NoError(t, err)
	require.Equal(t, "second", reveal(t, b, scope, "alpha"))
	_, err = b.Update(ctx, by, scope, "alpha", store.Patch{Value: store.Text("third")})
	require.NoError(t, err)
	require.Equal(t, "third", reveal(t, a, scope, "alpha"))
	require.NoError(t, a.Delete(ctx, by, scope, "alpha", "alpha", false))
	e, err := fetch(t, b, scope, "alpha")
	require.NoError(t, err)
	require.Equal(t, macros.Missing, e.Status)
	require.Eventually(t, func() bool {
		for {
			select {
			case c := <-heard:
				if c == (resolver.Change{Scope: scope, Alias: "alpha"}) {
					return true
				}
			default:
				return false
			}
		}
	}, 5*time.Second, time.Millisecond)

	text, token, err := a.CreateToken(ctx, by, store.TokenDraft{Role: store.Admin})
	require.NoError(t, err)
	_, err = b.Authenticate(ctx, text.Reveal())
	require.NoError(t, err)
	require.NoError(t, a.RevokeToken(ctx, by, "", token.ID))
	require.Eventually(t, func() bool {
		_, err := b.Authenticate(ctx, text.Reveal())
		return store.CodeOf(err) == store.Unauthorized
	}, 5*time.Second, 10*time.Millisecond)

	create(t, a, scope, "before", "value")
	create(t, b, "solo", "only", "value")
	require.NoError(t, a.RotateKeys(ctx, by, nil))
	require.NoError(t, a.Delete(ctx, by, "solo", "only", "only", false))
	e, err = fetch(t, b, "solo", "only")
	require.NoError(t, err, "a head under another node's new key")
	require.Equal(t, macros.Missing, e.Status)
	require.Equal(t, "value", reveal(t, b, scope, "before"), "another node's new key is fetched")
	create(t, b, scope, "after", "value")
	require.Equal(t, "value", reveal(t, a, scope, "after"))
	require.NoError(t, a.Verify(ctx, nil))
	require.NoError(t, b.Verify(ctx, nil))
}
