package redis

import (
	"context"
	"crypto/rand"
	_ "embed"
	"slices"

	goredis "github.com/redis/go-redis/v9"

	"github.com/sotto-render/sotto/resolver/store"
)

var (
	//go:embed commit.lua
	commitSource string
	commitScript = goredis.NewScript(commitSource)

	//go:embed room.lua
	roomSource   string
	removeScript = goredis.NewScript(roomSource + commitSource)
)

// Commit implements [store.Backend]. A batch with a head that is sent twice,
// because the first reply was lost, is applied once.
func (b *Backend) Commit(ctx context.Context, batch store.Batch) error {
	if err := ctx.Err(); err != nil {
		return explain(err)
	}
	if batch.Head != nil && batch.Prior.Epoch == 0 {
		// Before, and not after: a scope that is noted and has no head is
		// passed over, one with a head that is not noted would be lost.
		if err := b.client.SAdd(ctx, b.names.scopes(), batch.Scope).Err(); err != nil {
			return explain(err)
		}
	}
	a := &arguments{names: b.names, scope: batch.Scope, keys: []string{b.names.head(batch.Scope), b.names.changed(batch.Scope)}}
	a.add(rand.Text())
	if batch.Head != nil {
		a.add(batch.Prior.Epoch, batch.Prior.Data, batch.Head.Epoch, batch.Head.Data)
	} else {
		a.add("", "", "", "")
	}
	if changed := invalidation(b.node, batch); changed != nil {
		a.add(b.names.channel(), changed)
	} else {
		a.add("", "")
	}
	a.add(len(batch.Put))
	for i := range batch.Put {
		row := &batch.Put[i]
		a.add(a.table(row.Table), row.Key.Key, pack(row), row.Value)
	}
	a.add(len(batch.Delete))
	for _, key := range batch.Delete {
		a.add(a.table(key.Table), key.Key)
	}
	a.add(len(batch.Count))
	for _, count := range batch.Count {
		a.add(a.table(count.Table), count.Key.Key, count.N)
	}
	changed := sealed(batch)
	a.add(len(changed))
	for _, key := range changed {
		a.add(member(key))
	}
	script := commitScript
	if len(batch.Delete) > 0 {
		script = removeScript
	}
	applied, err := script.Run(ctx, b.client, a.keys, a.values...).Int()
	switch {
	case err != nil:
		return outcome(err)
	case applied == 0:
		return store.ErrConflict
	}
	return nil
}

// sealed returns the keys of the batch's sealed rows.
func sealed(batch store.Batch) []store.Key {
	var keys []store.Key
	note := func(k store.Key) {
		if slices.Contains(sealedTables, k.Table) {
			keys = append(keys, k)
		}
	}
	for i := range batch.Put {
		note(batch.Put[i].Key)
	}
	for _, key := range batch.Delete {
		note(key)
	}
	return keys
}

// arguments are those of the commit script.
type arguments struct {
	names  names
	scope  string
	keys   []string
	values []any
	// tables :: table -> its number
	tables map[store.Table]int
}

func (a *arguments) add(values ...any) {
	for _, v := range values {
		if v == nil {
			v = ""
		}
		a.values = append(a.values, v)
	}
}

// table returns the number of a table, whose keys it adds.
func (a *arguments) table(t store.Table) int {
	if n, ok := a.tables[t]; ok {
		return n
	}
	if a.tables == nil {
		a.tables = make(map[store.Table]int)
	}
	n := len(a.tables)
	a.tables[t] = n
	a.keys = append(a.keys, a.names.rows(t, a.scope), a.names.keys(t, a.scope),
		a.names.counts(t, a.scope), a.names.counted(t, a.scope))
	return n
}
