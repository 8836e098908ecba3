package resolver

import (
	"context"
	"slices"
)

// Below returns scope and those below it that may have secrets of their own, sorted,
// as far as the providers can tell.
func (r *Resolver) Below(ctx context.Context, scope Scope) ([]Scope, error) {
	all := []Scope{scope}
	for _, l := range r.chain {
		if scope.Covers(l.Scope) {
			all = append(all, l.Scope)
		}
		scoper, ok := l.Provider.(Scoper)
		if !ok {
			continue
		}
		err := l.call(ctx, 0, func() error {
			found, err := scoper.Scopes(ctx, scope)
			for _, at := range found {
				if l.Scope.Covers(at) {
					all = append(all, at)
				}
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}
