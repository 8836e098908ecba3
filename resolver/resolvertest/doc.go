// Package resolvertest tests what finds secrets.
//
// Start with [Run], the conformance kit: it checks a [resolver.Provider]
// against its contract, and every provider and store of sotto passes it.
// [Fake] is a provider in memory for tests of programs that use a resolver.
package resolvertest
