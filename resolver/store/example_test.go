package store_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/resolver/store/sqlite"
)

// A store on one machine: open it, create a secret, rotate it, and resolve it.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "sotto-")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // an example's leftovers

	backend, err := sqlite.Open(filepath.Join(dir, "sotto.db"))
	if err != nil {
		log.Fatal(err)
	}
	s, err := store.Open(ctx, store.Options{
		Backend: backend,
		Key:     store.KeyFile(filepath.Join(dir, "master.key")),
	})
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = s.Close() }() // nothing is written any more

	by := store.Actor{Who: "example"}
	meta, err := s.Create(ctx, by, "acme/shop", store.Draft{
		Alias: "GitHub_Token", Type: store.Token, Value: store.Text("ghp_first"),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(meta.Alias, meta.Version)

	meta, err = s.Update(ctx, by, "acme/shop", "github_token", store.Patch{Value: store.Text("ghp_second")})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(meta.Alias, meta.Version)

	_, err = s.Create(ctx, by, "acme/shop", store.Draft{
		Alias: "GITHUB_TOKEN", Type: store.Token, Value: store.Text("other"),
	})
	fmt.Println(store.CodeOf(err))

	entries := make([]resolver.Entry, 1)
	if err := s.Fetch(ctx, "acme/shop/prod", []string{"github_token"}, true, entries); err != nil {
		log.Fatal(err)
	}
	fmt.Println(entries[0].Status, entries[0].Scope, entries[0].Secret)
	// Output:
	// GitHub_Token 1
	// GitHub_Token 2
	// alias_taken
	// known acme/shop [REDACTED]
}

// A token for a sender: its text is shown once, and tells at each request what
// the bearer may do and where.
func ExampleStore_CreateToken() {
	ctx := context.Background()
	s := temporary(ctx)
	defer func() { _ = s.Close() }() // nothing is written any more

	text, token, err := s.CreateToken(ctx, store.Actor{Who: "example"}, store.TokenDraft{Role: store.Render, Scope: "acme/shop"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(text, token.Role)

	bearer, err := s.Authenticate(ctx, text.Reveal())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(bearer.Scope, bearer.Scope.Covers("acme/shop/prod"))

	if err := s.RevokeToken(ctx, store.Actor{Who: "example"}, "acme", token.ID); err != nil {
		log.Fatal(err)
	}
	_, err = s.Authenticate(ctx, text.Reveal())
	fmt.Println(store.CodeOf(err))
	// Output:
	// [REDACTED] render
	// acme/shop true
	// unauthorized
}

// temporary returns a store in a directory that is left to the system.
func temporary(ctx context.Context) *store.Store {
	dir, err := os.MkdirTemp("", "sotto-")
	if err != nil {
		log.Fatal(err)
	}
	backend, err := sqlite.Open(filepath.Join(dir, "sotto.db"))
	if err != nil {
		log.Fatal(err)
	}
	s, err := store.Open(ctx, store.Options{Backend: backend, Key: store.KeyText(store.NewKeyText())})
	if err != nil {
		log.Fatal(err)
	}
	return s
}
