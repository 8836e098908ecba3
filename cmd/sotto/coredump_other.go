//go:build !unix

package main

// noCoreDumps does nothing: the system writes no core files.
func noCoreDumps() {}
