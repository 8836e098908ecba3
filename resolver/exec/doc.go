// Package exec is a provider that asks a program, such as the command line of
// another secret manager.
//
// Start with [New], which takes the program and its arguments, or with [Spec],
// which reads `exec:COMMAND` as the command line spells it. No shell is involved.
//
// A program with `{alias}` among its arguments runs once for each secret, without
// standard input, and prints one JSON value. Any other runs once for all, is given
// a request on standard input and prints one JSON object of aliases and values:
//
//	{"aliases":["github_token","smtp"],"values":true}
//	{"github_token":"tok-4f9a","smtp":{"username":"u","password":"p"}}
//
// A value is a text, an object of `username` and `password`, or any other object
// or array. With exit status 0 an alias that is null or absent is one that the
// program lacks; whatever else goes wrong is a provider that is down. Where
// `values` is false any value but null says that the secret exists.
//
// A program with `{scope}` among its arguments keeps its secrets by scope: it is
// run for the scope that is asked for and then for those above it, as long as
// aliases are left. The secrets of any other program are the same in every scope.
package exec
