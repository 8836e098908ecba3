//go:build !race

package main

// raceEnabled says that the race detector watches, under which this takes many times
// as long.
const raceEnabled = false
