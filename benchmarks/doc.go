// Package benchmarks measures sotto against its rivals and against the physical
// limit: a hand-written loop, a copy, a search for one byte. It is a module of
// its own, so that no importer of sotto inherits a rival.
package benchmarks
