// Package eval holds what every expression language shares, so that engine
// takes the same types from each of them and a language brings nothing but its
// evaluator.
//
// Start with [Prepared], which a language fills with [Prepared.Init] and
// evaluates as often as it is asked to, and with [Outcome] and [Error], which an
// evaluation ends in. A language keeps its [Limits] with a [Budget], works on
// [Value] where it can, tells the redactors what it made of secrets with
// [Prepared.Derive], and puts the steps of a [Trace] together with [Trace.Add].
//
// The package knows no language: it imports none, and no evaluator either.
package eval
