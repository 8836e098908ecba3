// Package macros is sotto's language: secret references, the lexer, the
// parser and the syntax tree of templates.
//
// Start with [Parse], which turns template source into a [Template]. A secret
// in it is a [Reference], whose alias is canonical and whose place is known.
// [Canonical] is the one place where the spelling of an alias is judged.
//
// The package evaluates nothing and knows no value: what it returns may be
// logged and shown to anyone.
package macros
