package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
)

// hasModes says that the bits of a file's mode decide who may read it. On
// Windows the directory's rights do.
const hasModes = runtime.GOOS != "windows"

// makePrivateDir makes the directory called path, for its owner alone, unless
// it is there. It refuses one that others may write to: they could put a store,
// a key or a token of theirs in the place of ours.
func makePrivateDir(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	return checkPrivateDir(path)
}

// checkPrivateDir refuses what makePrivateDir refuses. A directory that is not there
// is fine: nothing is made before something is written into it.
func checkPrivateDir(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o022 != 0 && hasModes {
		return fmt.Errorf("%s can be written to by others: run chmod go-w %s, or name a directory inside it, which is made for its owner alone", path, path)
	}
	return nil
}

// readPrivate returns the text of a file that holds a token, without the white
// space around it. It refuses a file that others may read.
func readPrivate(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // only read from
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("%s is not a regular file", path)
	}
	if info.Mode().Perm()&0o077 != 0 && hasModes {
		return "", fmt.Errorf("%s can be read by others: run chmod 600 %s", path, path)
	}
	const maxToken = 4096
	text, err := io.ReadAll(io.LimitReader(f, maxToken))
	return strings.TrimSpace(string(text)), err
}

// newToken returns 256 random bits as text.
func newToken() string {
	var bits [32]byte
	// rand.Read never fails: it ends the process where there is no randomness.
	_, _ = rand.Read(bits[:])
	return base64.RawURLEncoding.EncodeToString(bits[:])
}
