package redis

import (
	"context"
	_ "embed"
	"slices"
	"strconv"
	"strings"

	goredis "github.com/redis/go-redis/v9"

	"github.com/sotto-render/sotto/resolver/store"
)

var (
	//go:embed changed.lua
	changedSource string
	changedScript = goredis.NewScript(changedSource)
)

const (
	// snapshotPage is how many rows one script of a snapshot reads: Redis does
	// nothing else meanwhile.
	snapshotPage = 500
	// changedPage is above the 1000 rows that changed holds of one commit, so
	// that each page goes past at least one epoch.
	changedPage = 1100
	// snapshotTries bounds how often a snapshot is begun anew, because it cannot be
	// told what was changed while it was read.
	snapshotTries = 5
)

// sealedTables are those of which changed tells.
var sealedTables = store.SealedTables()

// Snapshot implements [store.Backend]. It reads page by page, and then what was
// changed since it began: that is of one moment, and what was not changed is the
// same at that moment as when it was read.
func (b *Backend) Snapshot(ctx context.Context, scope string, tables []store.Table, row func(store.Row) error) (store.Head, error) {
	for range snapshotTries {
		before, err := b.Head(ctx, scope)
		if err != nil {
			return store.Head{}, err
		}
		rows, err := b.pages(ctx, scope, tables)
		if err != nil {
			return store.Head{}, err
		}
		head, changed, err := b.Changed(ctx, scope, before.Epoch)
		if err != nil {
			return store.Head{}, err
		}
		if changed == nil || head.Epoch < before.Epoch || head.Epoch == before.Epoch && string(head.Data) != string(before.Data) {
			continue
		}
		for i := range rows {
			if _, newer := changed[rows[i].Key]; newer {
				continue
			}
			if err := row(rows[i]); err != nil {
				return store.Head{}, err
			}
		}
		for key, newer := range changed {
			if newer == nil || !slices.Contains(tables, key.Table) {
				continue
			}
			if err := row(*newer); err != nil {
				return store.Head{}, err
			}
		}
		return head, nil
	}
	return store.Head{}, &failure{text: "the scope is changed faster than it can be read"}
}

// pages returns the rows of these tables, each page as of a moment of its own.
func (b *Backend) pages(ctx context.Context, scope string, tables []store.Table) ([]store.Row, error) {
	var all []store.Row
	for _, table := range tables {
		r := store.Range{Table: table, Scope: scope, Limit: snapshotPage}
		for {
			rows, err := b.Scan(ctx, r)
			if err != nil {
				return nil, err
			}
			all = append(all, rows...)
			if len(rows) < r.Limit {
				break
			}
			r.After = rows[len(rows)-1].Key.Key
		}
	}
	return all, nil
}

// Changed implements [store.Tracker].
func (b *Backend) Changed(ctx context.Context, scope string, since int64) (store.Head, map[store.Key]*store.Row, error) {
	if err := ctx.Err(); err != nil {
		return store.Head{}, nil, explain(err)
	}
	keys := []string{b.names.head(scope), b.names.changed(scope)}
	var tables []any
	for _, t := range sealedTables {
		keys, tables = append(keys, b.names.rows(t, scope)), append(tables, string(t))
	}
	changed := make(map[store.Key]*store.Row)
	for {
		reply, err := changedScript.Run(ctx, b.client, keys, append([]any{since, changedPage}, tables...)...).Slice()
		if err != nil {
			return store.Head{}, nil, explain(err)
		}
		now := head(reply[0], reply[1])
		if known, _ := reply[2].(int64); known == 0 {
			return now, nil, nil
		}
		last, found := since, reply[3:]
		for change := range slices.Chunk(found, 3) {
			member, _ := change[0].(string)
			table, name, _ := strings.Cut(member, ":")
			key := store.Key{Table: store.Table(table), Scope: scope, Key: name}
			changed[key] = nil
			if packed, ok := change[2].(string); ok {
				changed[key] = unpack(key, packed)
			}
			epoch, _ := change[1].(string)
			last, _ = strconv.ParseInt(epoch, 10, 64)
		}
		switch {
		case len(found) < 3*changedPage:
			return now, changed, nil
		case last-1 <= since: // nobody commits so many rows at once: changed from outside
			return now, nil, nil
		}
		since = last - 1 // the rest of that epoch is in the next page
	}
}
