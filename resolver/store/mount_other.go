//go:build !linux

package store

import "os"

// onReadOnlyMount cannot tell here.
func onReadOnlyMount(*os.File) bool { return false }
