// Package api holds what goes over the wire between sotto's server and those
// who call it, and a client.
//
// Start with [New], which takes the address of a server and a token; then
// [Client.Render] makes a message, [Client.Evaluate] a value, and the calls named
// after secrets, tokens and templates manage them. [Client.In] is the same client
// in another scope.
//
// A refusal is a [*Problem], which [errors.As] finds; its Code is one of the
// constants of this package and never changes its meaning. Whatever is or may hold
// a secret (a rendered message, a result, the text of a token, a new value) prints
// masked in every log and error, and has one way out, called Reveal.
//
// The package imports neither the server nor the engine: a program that only calls
// a server links neither.
package api
