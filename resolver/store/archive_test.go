package store

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/require"
)

// Whoever knows a recipient can make an archive for it, so what stands in one is
// checked like any other input.
func TestAForgedArchive(t *testing.T) {
	s, err := Open(t.Context(), Options{Backend: &remembered{rows: make(map[Key]*Row)}, Key: KeyText(NewKeyText())})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	identity, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	token := func(edit func(*archivedToken)) archiveLine {
		a := archivedToken{AccessToken: AccessToken{ID: strings.Repeat("a", tokenIDBytes), Role: Render, Scope: "acme"}, Hash: make([]byte, 32)}
		edit(&a)
		return archiveLine{Token: &a}
	}
	secret := func(edit func(*archivedSecret)) archiveLine {
		a := archivedSecret{Metadata: Metadata{Alias: "a", Type: Token, Scope: "acme"}, Value: json.RawMessage(`"canary-value"`)}
		edit(&a)
		return archiveLine{Secret: &a}
	}
	for name, line := range map[string]archiveLine{
		"a role":              token(func(a *archivedToken) { a.Role = "owner" }),
		"no role":             token(func(a *archivedToken) { a.Role = "" }),
		"a token's scope":     token(func(a *archivedToken) { a.Scope = "~store" }),
		"a short hash":        token(func(a *archivedToken) { a.Hash = a.Hash[:31] }),
		"a long hash":         token(func(a *archivedToken) { a.Hash = append(a.Hash, 0) }),
		"an id":               token(func(a *archivedToken) { a.ID = "admin" }),
		"an id of 16 letters": token(func(a *archivedToken) { a.ID = "aaaaaaaa\n\n\n\n\n\n\n\n" }),
		"a secret's scope":    secret(func(a *archivedSecret) { a.Scope = "~store" }),
		"an alias":            secret(func(a *archivedSecret) { a.Alias = "a b" }),
		"a type":              secret(func(a *archivedSecret) { a.Type = "text" }),
		"a value":             secret(func(a *archivedSecret) { a.Value = json.RawMessage(`["canary-value"]`) }),
		"a template":          {Template: &archivedDocument{Document{ID: "a/b", Scope: "acme"}, json.RawMessage(`{}`)}},
		"nothing":             {},
	} {
		t.Run(name, func(t *testing.T) {
			var archive bytes.Buffer
			sealed, err := age.Encrypt(&archive, identity.Recipient())
			require.NoError(t, err)
			out := json.NewEncoder(sealed)
			require.NoError(t, out.Encode(archiveLine{Format: archiveFormat}))
			require.NoError(t, out.Encode(line))
			require.NoError(t, sealed.Close())
			done, err := s.Import(t.Context(), Actor{}, &archive, nil, identity)
			require.Contains(t, []Code{InvalidRequest, InvalidAlias, InvalidValue}, CodeOf(err))
			require.NotContains(t, err.Error(), "canary")
			require.Zero(t, done)
		})
	}
}
