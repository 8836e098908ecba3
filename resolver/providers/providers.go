// Package providers has a row for each kind of provider, those with packages of
// their own too.
//
// Start with [Parse], which reads a provider as the command line spells it. The
// errors, the help of the command and the documentation are made of [Specs], so
// that a kind is never served without being told of.
package providers

import (
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/exec"
	"github.com/sotto-render/sotto/resolver/vault"
)

// more are the kinds with packages of their own.
func more() []resolver.Spec { return []resolver.Spec{vault.Spec(), exec.Spec()} }

// Specs returns a row for each kind of provider, in the order in which help and
// documentation show them.
func Specs() []resolver.Spec { return append(resolver.Specs(), more()...) }

// Parse is [resolver.ParseProvider] with every kind.
func Parse(spec string) (resolver.Binding, error) { return resolver.ParseProvider(spec, more()...) }
