package redis

import (
	"context"
	_ "embed"
	"slices"

	goredis "github.com/redis/go-redis/v9"

	"github.com/sotto-render/sotto/resolver/store"
)

var (
	//go:embed mend.lua
	mendSource string
	mendScript = goredis.NewScript(mendSource)
)

// mendChunk is how many keys one call looks at.
const mendChunk = 500

// Mend implements [store.Mender]. A row that is not among the keys of its table
// is in no list and in no digest, and stands in the way of its own alias.
func (b *Backend) Mend(ctx context.Context, scope string, tables []store.Table) error {
	for _, t := range tables {
		if err := b.mendTable(ctx, scope, t); err != nil {
			return err
		}
	}
	return nil
}

func (b *Backend) mendTable(ctx context.Context, scope string, t store.Table) error {
	hash, list := b.names.rows(t, scope), b.names.keys(t, scope)
	// found :: key of a row or a value -> whether there is a row
	found := make(map[string]bool)
	for cursor := uint64(0); ; {
		fields, next, err := b.client.HScan(ctx, hash, cursor, "", mendChunk).Result()
		if err != nil {
			return explain(err)
		}
		for pair := range slices.Chunk(fields, 2) {
			if pair[0] != "" {
				found[pair[0][1:]] = found[pair[0][1:]] || pair[0][:1] == packedField
			}
		}
		if cursor = next; cursor == 0 {
			break
		}
	}
	r := store.Range{Table: t, Scope: scope, Limit: mendChunk}
	var odd []any
	for {
		pairs, err := b.scan(ctx, r, list, hash, packedField)
		if err != nil {
			return err
		}
		for pair := range slices.Chunk(pairs, 2) {
			if !found[pair[0]] {
				odd = append(odd, pair[0])
			}
			delete(found, pair[0])
		}
		if len(pairs) < 2*r.Limit {
			break
		}
		r.After = pairs[len(pairs)-2]
	}
	for key := range found {
		odd = append(odd, key)
	}
	for keys := range slices.Chunk(odd, mendChunk) {
		if err := mendScript.Run(ctx, b.client, []string{hash, list}, keys...).Err(); err != nil {
			return explain(err)
		}
	}
	return nil
}
