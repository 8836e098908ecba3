package sqlite_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
)

func benchStore(b *testing.B, secrets int) *store.Store {
	b.Helper()
	s := openStore(b, filepath.Join(b.TempDir(), "sotto.db"))
	for i := range secrets {
		_, err := s.Create(b.Context(), store.Actor{Who: "bench"}, "acme", store.Draft{
			Alias: fmt.Sprintf("secret_%05d", i), Type: store.Token, Value: store.Text("a token of ordinary length, 40 bytes ..."),
		})
		require.NoError(b, err)
	}
	return s
}

// BenchmarkFetch resolves one secret in one scope, and three in three scopes,
// from the file.
func BenchmarkFetch(b *testing.B) {
	s := benchStore(b, 100)
	for _, test := range []struct {
		name    string
		scope   resolver.Scope
		aliases []string
	}{
		{"one", "acme", []string{"secret_00001"}},
		{"three from a scope two below", "acme/shop/prod", []string{"secret_00001", "secret_00002", "secret_00003"}},
	} {
		b.Run(test.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				entries := make([]resolver.Entry, len(test.aliases))
				if err := s.Fetch(b.Context(), test.scope, test.aliases, true, entries); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCreate makes secrets, each synced to the disk.
func BenchmarkCreate(b *testing.B) {
	s := benchStore(b, 0)
	i := 0
	for b.Loop() {
		i++
		_, err := s.Create(b.Context(), store.Actor{Who: "bench"}, "acme", store.Draft{Alias: fmt.Sprint("secret", i), Type: store.Token, Value: store.Text("value")})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkList10000 reads the metadata of 10,000 secrets, in pages of 1,000.
func BenchmarkList10000(b *testing.B) {
	const n = 10_000
	s := benchStore(b, n)
	b.ReportAllocs()
	for b.Loop() {
		seen := 0
		for p := (store.Paging{Limit: store.MaxLimit}); ; {
			page, err := s.Secrets(b.Context(), "acme", p)
			if err != nil {
				b.Fatal(err)
			}
			seen += len(page.Items)
			if p.Cursor = page.Next; p.Cursor == "" {
				break
			}
		}
		if seen != n {
			b.Fatal(seen)
		}
	}
}
