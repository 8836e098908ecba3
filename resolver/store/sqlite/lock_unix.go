//go:build unix

package sqlite

import (
	"os"

	"golang.org/x/sys/unix"
)

// lockFile takes the lock on file, or fails at once where another has it. The
// system frees it when the process ends, however it ends.
func lockFile(file *os.File) error {
	return unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB) // a descriptor fits an int
}
