//go:build unix

package main

import (
	"os"
	"syscall"
)

// keepOwner gives f the owner of another file, as far as this process may.
func keepOwner(f *os.File, of os.FileInfo) {
	if stat, ok := of.Sys().(*syscall.Stat_t); ok {
		_ = f.Chown(int(stat.Uid), int(stat.Gid))
	}
}
