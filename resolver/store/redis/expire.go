package redis

import (
	"context"
	_ "embed"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/sotto-render/sotto/resolver/store"
)

var (
	//go:embed fold.lua
	foldSource string
	foldScript = goredis.NewScript(foldSource)

	//go:embed lease.lua
	leaseSource string
	leaseScript = goredis.NewScript(leaseSource)
)

// Fold implements [store.Backend].
func (b *Backend) Fold(ctx context.Context, scope string, moves []store.Move) error {
	if err := ctx.Err(); err != nil {
		return explain(err)
	}
	a := &arguments{names: b.names, scope: scope}
	for _, m := range moves {
		a.add(a.table(m.From.Table), m.From.Key)
		if m.To == (store.Key{}) {
			a.add("", "")
		} else {
			a.add(a.table(m.To.Table), m.To.Key)
		}
	}
	return explain(foldScript.Run(ctx, b.client, a.keys, a.values...).Err())
}

// Lease implements [store.Leaser].
func (b *Backend) Lease(ctx context.Context, name string, now time.Time, length time.Duration) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, explain(err)
	}
	taken, err := leaseScript.Run(ctx, b.client, []string{b.names.lease(name)},
		b.node, now.UnixMilli(), now.Add(length).UnixMilli(), now.Add(2*length).UnixMilli()).Int()
	return taken == 1, explain(err)
}
