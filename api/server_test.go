package api_test

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/resolver/store/sqlite"
	"github.com/sotto-render/sotto/server"
)

const adminToken = "admin-token-of-the-client-tests"

// serve runs a server with an empty store, and returns its address and what ends
// it.
func serve() (address string, stop func()) {
	dir, err := os.MkdirTemp("", "sotto-api")
	must(err)
	backend, err := sqlite.Open(filepath.Join(dir, "sotto.db"))
	must(err)
	kept, err := store.Open(context.Background(), store.Options{Backend: backend, Key: store.KeyFile(filepath.Join(dir, "master.key"))})
	must(err)
	redactor := redact.New()
	known, err := resolver.New(resolver.Options{Providers: []resolver.Binding{{Provider: kept}}, Redactor: redactor})
	must(err)
	s, err := server.New(server.Options{
		Resolver: known, Redactor: redactor, Store: kept, AdminToken: redact.NewSecret(adminToken),
		Logger: slog.New(slog.DiscardHandler),
	})
	must(err)
	listener := httptest.NewServer(s.Handler())
	return listener.URL, func() {
		listener.Close()
		known.Close()
		must(kept.Close())
		must(os.RemoveAll(dir))
	}
}

// must is for examples, which have no test to fail.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
