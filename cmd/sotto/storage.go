package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
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
	// storeIDFile holds the id of the Redis store that the data directory belongs
	// to. SQLite's store is in the directory itself.
	storeIDFile = "store.id"
	// masterKeyVariable holds the text of the master key, for machines without
	// a disk that stays. It is no flag, because arguments can be seen.
	masterKeyVariable = "SOTTO_MASTER_KEY"
)

// storeFlags say where the store is and what opens it.
func storeFlags() []cli.Flag {
	return []cli.Flag{
		text("data-dir", defaultDataDir, "keep what the server makes in `DIR`"),
		text("store", "sqlite", "keep secrets in `STORE`: sqlite, in the data directory, or the URL of a Redis, redis:// or rediss://, for many nodes"),
		text("store-id", "", "use the Redis store with this `ID` and no other, and make none (default: the ID in the data directory's store.id, written at the first start)"),
		text("key-file", "", "read the master key from `FILE`, made on the first start (default: master.key in the data directory, or the text in "+masterKeyVariable+")"),
		text("key-command", "", "the master key is what `COMMAND` prints: a program and its arguments, run without a shell for at most 10s"),
	}
}

// openStore opens the store that cmd says, or makes it. The admin token may be
// zero.
func (a *app) openStore(ctx context.Context, cmd *cli.Command, admin redact.Secret, logger *slog.Logger) (*store.Store, error) {
	retention := cmd.Duration("audit-retention")
	if retention == 0 {
		retention = -1 // all is kept, and uses are counted by the hour and the day all the same
	}
	tokens := cmd.Duration("token-stale-ttl")
	if tokens == 0 {
		tokens = -1
	}
	return a.open(ctx, cmd, store.Options{AdminToken: admin, TokenStaleTTL: tokens, AuditRetention: retention, Grace: grace(cmd), Logger: logger})
}

// openExisting opens the store that cmd says, for work that makes sense only on
// one that is there: a mistyped directory or URL must not become a new store.
func (a *app) openExisting(ctx context.Context, cmd *cli.Command) (*store.Store, error) {
	return a.openAndTell(ctx, cmd, nil)
}

// openAndTell is openExisting with what is to be said of the store on the way.
func (a *app) openAndTell(ctx context.Context, cmd *cli.Command, logger *slog.Logger) (*store.Store, error) {
	if dir := cmd.String("data-dir"); cmd.String("store") == "sqlite" {
		if _, err := os.Stat(filepath.Join(dir, databaseFile)); errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("there is no store in %s: --data-dir must name the directory of a server that was started before", dir)
		} else if err != nil {
			return nil, err
		}
	}
	return a.open(ctx, cmd, store.Options{Existing: true, Logger: logger})
}

// open opens the store that cmd says. In a Redis it must be the one that
// --store-id names or the data directory remembers.
func (a *app) open(ctx context.Context, cmd *cli.Command, o store.Options) (*store.Store, error) {
	dir, shared := cmd.String("data-dir"), cmd.String("store") != "sqlite"
	var err error
	if o.Key, err = masterKey(ctx, cmd); err != nil {
		return nil, err
	}
	// A node of a fleet that has its key and its id needs no disk.
	prepare := makePrivateDir
	if shared {
		prepare = checkPrivateDir
	}
	if err = prepare(dir); err != nil {
		return nil, err
	}
	if shared {
		if o.ID, err = storeID(cmd); err != nil {
			return nil, err
		}
	}
	if o.Backend, err = a.openBackend(ctx, cmd, dir, o.Logger); err != nil {
		return nil, err
	}
	opened, err := store.Open(ctx, o)
	if err != nil {
		return nil, errors.Join(err, o.Backend.Close())
	}
	if shared && o.ID == "" && !o.Existing {
		if err := errors.Join(makePrivateDir(dir), writeWhole(filepath.Join(dir, storeIDFile), opened.ID()+"\n")); err != nil {
			return nil, errors.Join(fmt.Errorf("%w (where nothing can be written, give --store-id %s)", err, opened.ID()), opened.Close())
		}
	}
	return opened, nil
}

// masterKey is where cmd says that the master key comes from.
func masterKey(ctx context.Context, cmd *cli.Command) (store.KeySource, error) {
	file, command, text := cmd.String("key-file"), cmd.String("key-command"), os.Getenv(masterKeyVariable)
	switch {
	case file != "" && command != "":
		return store.KeySource{}, wrongUsage(cmd, "give one of --key-file and --key-command")
	case file != "":
		return store.KeyFile(file), nil
	case command != "":
		return keyFromCommand(ctx, command)
	case text != "":
		return store.KeyText(text), nil
	}
	return store.KeyFile(filepath.Join(cmd.String("data-dir"), masterKeyFile)), nil
}

var storeIDs = regexp.MustCompile("^[0-9a-f]{32}$")

// storeID returns the id of the store that the node belongs to, or "" before its
// first start.
func storeID(cmd *cli.Command) (string, error) {
	if id := strings.ToLower(cmd.String("store-id")); id != "" {
		if !storeIDs.MatchString(id) {
			return "", wrongUsage(cmd, "--store-id wants 32 hexadecimal digits, as in the file store.id of another node")
		}
		return id, nil
	}
	file := filepath.Join(cmd.String("data-dir"), storeIDFile)
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	id := strings.TrimSpace(string(text))
	if err == nil && !storeIDs.MatchString(id) {
		err = fmt.Errorf("%s holds no store's id: put it back as it was, or give --store-id", file)
	}
	return id, err
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
