//go:build race

package redact_test

// raceEnabled says that the race detector watches, under which this takes many times
// as long.
const raceEnabled = true
