// Package resolver finds the value behind a secret's name: scopes, ordered
// providers and a cache.
//
// Start with [New], which takes the providers in their order, and
// [Resolver.Scoped], whose [Scoped] is what a render or an evaluation is given
// as its engine.Resolver. [ParseProvider] reads providers as the command line
// spells them.
//
// A provider that is down is not a provider that lacks a secret: a lookup that
// cannot tell fails, and never falls through to another provider's value.
// Every value is known to the process's redactor and to the redactor of the
// scope that asked before anyone else receives it.
package resolver
