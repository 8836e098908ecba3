package resolver

import "errors"

// ErrClosed is returned by lookups of a [Resolver] that was closed.
var ErrClosed = errors.New("resolver: closed")

// ProviderError says that a provider could not tell what it was asked.
type ProviderError struct {
	// Provider is the provider's name.
	Provider string
	// Err is what the provider returned.
	Err error
}

// Error returns "provider NAME: " and the provider's own words, which hold no
// value.
func (e *ProviderError) Error() string { return "provider " + e.Provider + ": " + e.Err.Error() }

// Unwrap returns what the provider returned.
func (e *ProviderError) Unwrap() error { return e.Err }
