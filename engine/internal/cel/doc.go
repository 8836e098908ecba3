// Package cel compiles and evaluates flow expressions: CEL with template
// literals, `<<...>>` macros and references to secrets.
//
// Start with [Compile], which turns source into a [Program], and
// [Program.Prepare], which looks its references up for any number of
// evaluations. What an evaluation is given, and what comes of it, are types of
// package eval, which all languages share. No other package of sotto imports
// cel-go, so that a change of its import path or of its API stays in here; the
// benchmarks, a module of their own, measure against it.
//
// The way of a source: the scanner cuts it into tokens, the rewriter spells
// what CEL does not have in CEL and keeps a map of places, cel-go parses, the
// binder ties names and references to what they mean, cel-go checks. What comes
// out runs on the fast path where it is bounded by its own size, and in cel-go
// under a budget otherwise.
//
// No error of cel-go leaves the package: its texts quote operands. An
// [eval.Error] is built from a kind of our own and a place.
package cel
