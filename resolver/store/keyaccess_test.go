//go:build unix

package store

import (
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// keyInfo is a key file of any owner and mode.
type keyInfo struct {
	fs.FileInfo
	owner uint32
	mode  fs.FileMode
}

func (i keyInfo) Mode() fs.FileMode  { return i.mode }
func (i keyInfo) Sys() any           { return &syscall.Stat_t{Uid: i.owner} }
func (i keyInfo) ModTime() time.Time { return time.Time{} }

func TestKeyFilesAreTakenAsPostgreSQLTakesThem(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "key"))
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	own, other := uint32(os.Geteuid()), uint32(os.Geteuid()+1)
	for name, test := range map[string]struct {
		owner uint32
		mode  fs.FileMode
		taken bool
	}{
		"0600 of the user":           {own, 0o600, true},
		"0400 of the user":           {own, 0o400, true},
		"0440 of the user":           {own, 0o440, false},
		"0604 of the user":           {own, 0o604, false},
		"0600 of somebody else":      {other, 0o600, false},
		"of root, 0640":              {0, 0o640, own != 0},
		"of root, 0440":              {0, 0o440, own != 0},
		"of root, 0400":              {0, 0o400, true},
		"of root, read by all":       {0, 0o444, false},
		"of root, changed by others": {0, 0o660, false},
	} {
		t.Run(name, func(t *testing.T) {
			err := checkKeyFile(file, keyInfo{owner: test.owner, mode: test.mode}, slog.New(slog.DiscardHandler))
			require.Equal(t, test.taken, err == nil, err)
		})
	}
}
