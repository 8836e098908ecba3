package store

import (
	"io/fs"
	"log/slog"
	"os"
)

// Bits of a mode that let others than the owner at a key file.
const (
	byOthers        fs.FileMode = 0o077
	byMoreThanGroup fs.FileMode = 0o037
)

// checkKeyFile refuses a key file that others may read or change, by the rules of
// PostgreSQL: one of the user's own is for the user alone, and one of root's may be
// read by its group, as where an orchestrator hands keys to a container. On a mount
// that cannot be written nobody in reach can mend the mode, so it is warned of.
func checkKeyFile(file *os.File, info fs.FileInfo, log *slog.Logger) error {
	owner, known := ownerOf(info)
	if !known {
		return nil // its directory's rights decide
	}
	mode, wrong := info.Mode().Perm(), ""
	switch {
	case owner == os.Geteuid():
		if mode&byOthers != 0 {
			wrong = "may be read by others"
		}
	case owner == 0:
		if mode&byMoreThanGroup != 0 {
			wrong = "may be read or changed by others than root and its group"
		}
	default:
		wrong = "belongs to another user, who may change it"
	}
	if wrong == "" {
		return nil
	}
	if onReadOnlyMount(file) {
		log.Warn("the key file "+wrong+": it is taken because its mount is read-only", "file", file.Name(), "mode", mode.String())
		return nil
	}
	if owner != os.Geteuid() {
		return refusal(Internal, "the key file %s %s (mode %04o): make it your own with mode 0600, or root's with mode 0640", file.Name(), wrong, mode)
	}
	return refusal(Internal, "the key file %s %s (mode %04o): run chmod 600 on it", file.Name(), wrong, mode)
}
