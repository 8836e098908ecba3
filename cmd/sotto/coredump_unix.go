//go:build unix

package main

import "syscall"

// noCoreDumps keeps the memory of the process, and so the values in it, from
// being written to disk when it crashes. It is a precaution: where the system
// refuses, the server runs all the same.
func noCoreDumps() {
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{})
}
