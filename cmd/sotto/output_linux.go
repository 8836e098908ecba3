package main

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// newDraft makes a file without a name in the directory of path, where the file
// system can, and one with a name elsewhere.
func newDraft(path string) (*draft, error) {
	fd, err := unix.Open(filepath.Dir(path), unix.O_TMPFILE|unix.O_WRONLY|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return newNamedDraft(path)
	}
	d := &draft{file: os.NewFile(uintptr(fd), path)}
	if _, err := os.Stat(d.link()); err != nil { // without /proc it never gets a name
		_ = d.file.Close()
		return newNamedDraft(path)
	}
	return d, nil
}

// link is where the system shows an open file that has no name.
func (d *draft) link() string { return "/proc/self/fd/" + strconv.Itoa(int(d.file.Fd())) }

// publish puts the draft at path, in the place of the file that may be there.
func (d *draft) publish(path string) error {
	if d.name != "" {
		return d.rename(path)
	}
	err := d.nameIt(path)
	if !errors.Is(err, os.ErrExist) {
		return err
	}
	// A link takes nobody's place, but a rename does.
	name := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"."+rand.Text())
	if err := d.nameIt(name); err != nil {
		return err
	}
	d.name = name
	return d.rename(path)
}

func (d *draft) nameIt(path string) error {
	err := unix.Linkat(unix.AT_FDCWD, d.link(), unix.AT_FDCWD, path, unix.AT_SYMLINK_FOLLOW)
	if err != nil {
		return &os.LinkError{Op: "link", Old: "a file without a name", New: path, Err: err}
	}
	return nil
}
