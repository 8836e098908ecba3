// Package js is the second expression language: JavaScript's expressions, with
// functions and their statements, without prototypes, classes or anything that
// waits. Semantics are those of ECMA-262, which comments name by clause.
//
// A source becomes a tree, the tree closures, and a machine runs them. A [Value]
// is small and carries its taint. Whatever converts a value to Go's terms
// ([toText], [toNumber], [toPrimitive] and their like) notes the taint in
// machine.seen; a function of the library that returns gets it on its result
// ([machine.invoke]). An operator ([add], [compare], ...) puts it on its own result.
// Of a container the bit on the reference says which object it is, the object's
// own bit its keys, order and length; who changes one says so by
// [machine.changes].
//
// Memory is charged before it is taken ([machine.charge]), time as steps
// ([machine.step], [machine.look]).
package js
