//go:build unix

package sqlite_test

import (
	"os/signal"
	"strconv"

	"golang.org/x/sys/unix"
)

// limitFiles lets no file of this process grow beyond text bytes; "" sets no
// limit.
func limitFiles(text string) error {
	if text == "" {
		return nil
	}
	bytes, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return err
	}
	signal.Ignore(unix.SIGXFSZ) // the write fails instead
	return unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: bytes, Max: bytes})
}
