// Package macros is sotto's language: secret references, and the parser, the
// syntax tree and the linter of templates.
//
// Start with [Parse], which turns template source into a [Template]. A secret
// in it is a [Reference], whose alias is canonical and whose place is known.
// [Canonical] is the one place where the spelling of an alias is judged. [Lint]
// reads the same language for people who are still writing: it reports all
// mistakes, and what is likely not meant.
//
// The package evaluates nothing and knows no value: what it returns may be
// logged and shown to anyone.
package macros
