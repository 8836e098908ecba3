package benchmarks

import (
	"context"
	"testing"
	"time"

	"github.com/go-redis/cache/v9"
	"github.com/maypok86/otter/v2"
	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/resolvertest"
)

const lookupScope = "acme/shop/prod"

// lookupAliases are what one notification mentions.
var lookupAliases = []string{"weather_fx", "signing_key", "smtp_password"}

// BenchmarkLookup looks the three secrets of one template up, all of them
// warm. The rivals are keyed by scope and alias like sotto, but check neither
// freshness nor which tenant's redactor knows the value.
func BenchmarkLookup(b *testing.B) {
	b.Run("three/sotto", func(b *testing.B) {
		fake := resolvertest.NewFake("fake")
		for _, alias := range lookupAliases {
			fake.Put("acme", alias, redact.NewSecret("value-of-"+alias))
		}
		r, err := resolver.New(resolver.Options{Providers: []resolver.Binding{{Provider: fake}}})
		require.NoError(b, err)
		defer r.Close()
		scoped := r.Scoped(lookupScope)
		status := make([]macros.Status, len(lookupAliases))
		values := make([]redact.Secret, len(lookupAliases))
		ctx := b.Context()
		b.ReportAllocs()
		for b.Loop() {
			if err := scoped.Resolve(ctx, lookupAliases, status, values); err != nil || status[2] != macros.Known {
				b.Fatal(err)
			}
		}
	})
	b.Run("three/otter", func(b *testing.B) {
		type key struct{ scope, alias string }
		c := otter.Must(&otter.Options[key, redact.Secret]{
			MaximumSize: 100_000, ExpiryCalculator: otter.ExpiryWriting[key, redact.Secret](time.Hour),
		})
		defer c.StopAllGoroutines()
		for _, alias := range lookupAliases {
			c.Set(key{lookupScope, alias}, redact.NewSecret("value-of-"+alias))
		}
		values := make([]redact.Secret, len(lookupAliases))
		b.ReportAllocs()
		for b.Loop() {
			for i, alias := range lookupAliases {
				var ok bool
				if values[i], ok = c.GetIfPresent(key{lookupScope, alias}); !ok {
					b.Fatal("missing")
				}
			}
		}
	})
	b.Run("three/go-redis-cache", func(b *testing.B) {
		c := cache.New(&cache.Options{LocalCache: cache.NewTinyLFU(100_000, time.Hour)})
		ctx := context.Background()
		for _, alias := range lookupAliases {
			require.NoError(b, c.Set(&cache.Item{Ctx: ctx, Key: lookupScope + "/" + alias, Value: "value-of-" + alias}))
		}
		values := make([]string, len(lookupAliases))
		b.ReportAllocs()
		for b.Loop() {
			for i, alias := range lookupAliases {
				if err := c.Get(ctx, lookupScope+"/"+alias, &values[i]); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}
