// Package lookup asks for aliases in a scope and its parents, for the providers
// whose source is asked for one scope at a time.
package lookup

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/resolver"
)

// Upwards fills entries as [resolver.Provider] asks: what ask finds missing in one
// scope it is asked for in the parent. A source without scopes is asked once, and
// what it has belongs to none.
func Upwards(scope resolver.Scope, scoped bool, aliases []string, entries []resolver.Entry, ask func(resolver.Scope, []string) ([]resolver.Entry, error)) error {
	if scoped && scope == "" {
		return nil // the root holds no secret
	}
	// at :: index in left -> index in entries
	left, at := aliases, make([]int, len(aliases))
	for i := range at {
		at[i] = i
	}
	for len(left) > 0 {
		answers, err := ask(scope, left)
		if err != nil {
			return err
		}
		var lacking []string
		var lackingAt []int
		for i, answer := range answers {
			if answer.Status == macros.Missing {
				lacking, lackingAt = append(lacking, left[i]), append(lackingAt, at[i])
				continue
			}
			if scoped {
				answer.Scope = scope
			}
			entries[at[i]] = answer
		}
		left, at = lacking, lackingAt
		if scope = scope.Parent(); !scoped || scope == "" {
			break
		}
	}
	return nil
}

// Each reads the aliases one by one and all at once. The first failure ends the other
// reads and is the error, with the alias that it is about.
func Each(ctx context.Context, aliases []string, read func(context.Context, string) (resolver.Entry, error)) ([]resolver.Entry, error) {
	entries, failed := make([]resolver.Entry, len(aliases)), make([]error, len(aliases))
	within, cancel := context.WithCancel(ctx)
	defer cancel()
	var reads sync.WaitGroup
	for i, alias := range aliases {
		reads.Go(func() {
			var err error
			if entries[i], err = read(within, alias); err != nil {
				failed[i] = fmt.Errorf("secret %q: %w", alias, err)
				cancel()
			}
		})
	}
	reads.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var why error
	for _, err := range failed {
		// What the first failure ended is no reason.
		if err != nil && (why == nil || errors.Is(why, context.Canceled)) {
			why = err
		}
	}
	return entries, why
}
