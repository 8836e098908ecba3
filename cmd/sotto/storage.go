package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/resolver/store/redis"
	"github.com/sotto-render/sotto/resolver/store/sqlite"
)

const (
	databaseFile  = "sotto.db"
	masterKeyFile = "master.key"
	// masterKeyVariable holds the text of the master key, for machines without
	// a disk that stays. It is no flag, because arguments can be seen.
	masterKeyVariable = "SOTTO_MASTER_KEY"
)

// storeFlags say where the store is and what opens it.
func storeFlags() []cli.Flag {
	return []cli.Flag{
		text("data-dir", defaultDataDir, "keep what the server makes in `DIR`"),
		text("store", "sqlite", "keep secrets in `STORE`: sqlite, in the data directory, or the URL of a Redis, redis:// or rediss://, for many nodes"),
		text("key-file", "", "read the master key from `FILE`, made on the first start (default: master.key in the data directory, or the text in "+masterKeyVariable+")"),
	}
}

// openStore opens the store that cmd says. The admin token may be zero.
func (a *app) openStore(ctx context.Context, cmd *cli.Command, admin redact.Secret, logger *slog.Logger) (*store.Store, error) {
	dir := cmd.String("data-dir")
	if err := makePrivateDir(dir); err != nil {
		return nil, err
	}
	backend, err := a.openBackend(ctx, cmd, dir, logger)
	if err != nil {
		return nil, err
	}
	key := store.KeyFile(filepath.Join(dir, masterKeyFile))
	if file := cmd.String("key-file"); file != "" {
		key = store.KeyFile(file)
	} else if text := os.Getenv(masterKeyVariable); text != "" {
		key = store.KeyText(text)
	}
	opened, err := store.Open(ctx, store.Options{Backend: backend, Key: key, AdminToken: admin, Logger: logger})
	if err != nil {
		return nil, errors.Join(err, backend.Close())
	}
	return opened, nil
}

// openExisting opens the store that cmd says, for work that makes sense only on
// one that is there: a mistyped directory must not become a new store.
func (a *app) openExisting(ctx context.Context, cmd *cli.Command) (*store.Store, error) {
	if dir := cmd.String("data-dir"); cmd.String("store") == "sqlite" {
		if _, err := os.Stat(filepath.Join(dir, databaseFile)); errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("there is no store in %s: --data-dir must name the directory of a server that was started before", dir)
		} else if err != nil {
			return nil, err
		}
	}
	return a.openStore(ctx, cmd, redact.Secret{}, nil)
}

func (a *app) openBackend(ctx context.Context, cmd *cli.Command, dir string, logger *slog.Logger) (store.Backend, error) {
	where := cmd.String("store")
	switch scheme, _, _ := strings.Cut(strings.ToLower(where), ":"); scheme {
	case "sqlite":
		return sqlite.Open(filepath.Join(dir, databaseFile))
	case "redis", "rediss":
	default:
		// The URL of a Redis may hold its password, so no message repeats it.
		return nil, wrongUsage(cmd, "--store is sqlite, or the URL of a Redis: redis://host:6379 or rediss://host:6379")
	}
	config, err := redis.ParseURL(where)
	if err != nil {
		return nil, wrongUsage(cmd, "--store: %w", err)
	}
	a.redactor.Add(redact.NewSecret(config.Client.Password))
	backend, err := redis.Open(ctx, where)
	if err != nil {
		return nil, fmt.Errorf("%w (--store names %s)", err, strings.Join(config.Client.Addrs, ", "))
	}
	if logger != nil {
		for _, warning := range backend.Warnings(ctx) {
			logger.WarnContext(ctx, warning)
		}
	}
	return backend, nil
}
