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
