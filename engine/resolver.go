package engine

import (
	"context"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// Resolver tells which secrets exist and what they hold. It is safe for
// concurrent use.
type Resolver interface {
	// Resolve looks all aliases up at once. They are canonical and distinct.
	// It MUST set status[i] to Known, Missing or Archived and, unless values
	// is nil, values[i] for every Known one. Where values is nil it MUST NOT
	// open a value. It MUST return an error where it cannot tell whether a
	// secret exists: a provider that is down does not lack the alias. The
	// error's text MUST hold no value. It keeps none of the slices: once it has
	// returned, with an error too, nothing MUST write to them.
	Resolve(ctx context.Context, aliases []string, status []macros.Status, values []redact.Secret) error
}

// Map is a [Resolver] over fixed secrets, keyed by canonical alias.
type Map map[string]redact.Secret

// Resolve implements [Resolver].
func (m Map) Resolve(_ context.Context, aliases []string, status []macros.Status, values []redact.Secret) error {
	for i, alias := range aliases {
		secret, ok := m[alias]
		if !ok {
			status[i] = macros.Missing
			continue
		}
		status[i] = macros.Known
		if values != nil {
			values[i] = secret
		}
	}
	return nil
}
