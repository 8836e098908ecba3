package sqlite

import (
	"os"

	"golang.org/x/sys/windows"
)

// lockFile takes the lock on file, or fails at once where another has it. The
// system frees it when the process ends, however it ends.
func lockFile(file *os.File) error {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	// Far behind the process id, which others may read.
	at := &windows.Overlapped{OffsetHigh: 1}
	return windows.LockFileEx(windows.Handle(file.Fd()), flags, 0, 1, 0, at)
}
