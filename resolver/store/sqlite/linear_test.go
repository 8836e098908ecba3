package sqlite_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/resolver/store/sqlite"
)

// asked is a call of one alias: an edit to a value, or with "" a look-up.
type asked struct {
	alias int
	edit  string
}

// register is what one alias of a node is: a look-up yields the last edit.
var register = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		byAlias := make(map[int][]porcupine.Operation)
		for _, o := range history {
			alias := o.Input.(asked).alias
			byAlias[alias] = append(byAlias[alias], o)
		}
		var parts [][]porcupine.Operation
		for _, part := range byAlias {
			parts = append(parts, part)
		}
		return parts
	},
	Init: func() any { return "value-0" },
	Step: func(state, input, output any) (bool, any) {
		if edit := input.(asked).edit; edit != "" {
			return true, edit
		}
		return output == state, state
	},
}

// openNode returns a store in a file and what resolves from it.
func openNode(t *testing.T, o resolver.Options, grace time.Duration) (*store.Store, *resolver.Resolver) {
	t.Helper()
	backend, err := sqlite.Open(filepath.Join(t.TempDir(), "sotto.db"))
	require.NoError(t, err)
	s, err := store.Open(t.Context(), store.Options{Backend: backend, Key: store.KeyText(store.NewKeyText()), Grace: grace})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	o.Providers = []resolver.Binding{{Provider: s}}
	r, err := resolver.New(o)
	require.NoError(t, err)
	t.Cleanup(r.Close)
	return s, r
}

// lookUp is what a send is given.
func lookUp(t *testing.T, r *resolver.Resolver, scope resolver.Scope, alias string) string {
	status, values := make([]macros.Status, 1), make([]redact.Secret, 1)
	if err := r.Scoped(scope).Resolve(t.Context(), []string{alias}, status, values); err != nil {
		return err.Error()
	}
	return values[0].Reveal()
}

// Edits, look-ups and invalidations of one node, at the same time and in two scopes, are
// as if each had happened at one moment: whoever looks a secret up after an edit was
// acknowledged, or after another has seen it, never gets an older value.
func TestANodeIsLinearizable(t *testing.T) {
	const aliases, editors, readers, steps = 3, 3, 6, 60
	s, r := openNode(t, resolver.Options{}, 0)
	by := store.Actor{Who: "tester"}
	name := func(i int) string { return fmt.Sprint("alias-", i) }
	for i := range aliases {
		_, err := s.Create(t.Context(), by, "acme", store.Draft{Alias: name(i), Type: store.Token, Value: store.Text("value-0")})
		require.NoError(t, err)
	}
	var mu sync.Mutex
	var history []porcupine.Operation
	began := time.Now()
	note := func(client int, in asked, do func() string) {
		call := time.Since(began)
		out := do()
		back := time.Since(began)
		mu.Lock()
		defer mu.Unlock()
		history = append(history, porcupine.Operation{ClientId: client, Input: in, Call: int64(call), Output: out, Return: int64(back)})
	}
	var clients sync.WaitGroup
	for client := range editors + readers {
		clients.Go(func() {
			for step := range steps {
				i := rand.N(aliases)
				if client < editors {
					value := fmt.Sprint("value-", client, "-", step)
					note(client, asked{i, value}, func() string {
						if _, err := s.Update(t.Context(), by, "acme", name(i), store.Patch{Value: store.Text(value)}); err != nil {
							t.Errorf("edit: %v", err)
						}
						return ""
					})
					continue
				}
				for range 5 {
					if rand.N(10) == 0 {
						r.Invalidate("acme", []string{"", name(i)}[rand.N(2)])
					}
					scope := []resolver.Scope{"acme", "acme/shop"}[rand.N(2)]
					note(client, asked{alias: i}, func() string { return lookUp(t, r, scope, name(i)) })
				}
			}
		})
	}
	clients.Wait()
	result := porcupine.CheckOperationsTimeout(register, history, time.Minute)
	require.Equal(t, porcupine.Ok, result, "%d operations", len(history))
}
