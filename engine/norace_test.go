//go:build !race

package engine_test

// raceEnabled says that the tests run under the race detector, which is many
// times slower than the program.
const raceEnabled = false
