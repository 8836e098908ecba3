package store

import (
	"os"
	"syscall"
)

// readOnlyMount is ST_RDONLY of statfs(2).
const readOnlyMount = 1

// onReadOnlyMount reports whether nothing on the mount of file can be changed.
func onReadOnlyMount(file *os.File) bool {
	var stat syscall.Statfs_t
	return syscall.Fstatfs(int(file.Fd()), &stat) == nil && int64(stat.Flags)&readOnlyMount != 0
}
