package store

import (
	"context"

	"github.com/sotto-render/sotto/resolver"
)

// Scopes implements [resolver.Scoper].
func (s *Store) Scopes(ctx context.Context, scope resolver.Scope) ([]resolver.Scope, error) {
	found, err := s.below(ctx, scope)
	scopes := make([]resolver.Scope, len(found))
	for i, at := range found {
		scopes[i] = resolver.Scope(at)
	}
	return scopes, err
}
