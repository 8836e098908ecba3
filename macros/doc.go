// Package macros is sotto's language: secret references, and the parser, the
// syntax tree and the linter of templates.
//
// Start with [Parse], which turns template source into a [Template]. A secret
// in it is a [Reference], whose alias is canonical and whose place is known.
// [Canonical] is the one place where the spelling of an alias is judged. [Lint]
// reads the same language for people who are still writing: it reports all
// mistakes, and what is likely not meant.
//
// [Filters] and [TagSignatures] are the tables of the language: what there is,
// what it takes, what it does in words, and forms to insert. The engine, the
// API, the linter and the documentation take theirs from them; [Filter.Check]
// judges one call of a filter.
//
// A source is read in one pass. The files follow its way: scan.go reads words,
// text.go and block_body.go split text from objects, macros and tags, tag.go reads
// one tag and block.go, loop.go and comment.go what belongs to it, object.go,
// filter.go, condition.go, value.go and path.go read what has a value, and
// secret.go what is a secret. tree.go is the result, print.go writes it back.
//
// The package evaluates nothing and knows no value: what it returns may be
// logged and shown to anyone.
package macros
