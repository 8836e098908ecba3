package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// deliver writes text to the file called path, or to stdout if path is "" or
// "-". A file is there whole or not at all, and only its owner can read it.
func (a *app) deliver(path, text string) error {
	return a.deliverFrom(path, func(w io.Writer) error {
		if w == a.stdout && isTerminal(a.stdout) && !strings.HasSuffix(text, "\n") {
			text += "\n"
		}
		_, err := io.WriteString(w, text)
		return err
	})
}

// deliverFrom is deliver for what write makes.
func (a *app) deliverFrom(path string, write func(io.Writer) error) error {
	if path == "" || path == "-" {
		return write(a.stdout)
	}
	through := false
	if target, err := filepath.EvalSymlinks(path); err == nil {
		if through = leadsToOpen(path); !through {
			path = target // the link stays, and leads to the new file
		}
	}
	if info, err := os.Stat(path); err == nil && (through || !info.Mode().IsRegular()) {
		// A device or a pipe cannot be replaced by a file, nor what somebody has open.
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
		if err != nil {
			return err
		}
		return errors.Join(write(f), f.Close())
	}
	return writeFile(path, write)
}

// leadsToOpen reports whether path is a link to something that a process has open, as
// /dev/stdout is.
func leadsToOpen(path string) bool {
	const most = 40
	for range most {
		for _, open := range []string{"/proc/", "/dev/fd/"} {
			if strings.HasPrefix(path, open) {
				return true
			}
		}
		target, err := os.Readlink(path)
		if err != nil {
			return false
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(path), target)
		}
		path = target
	}
	return false
}

// writeWhole puts text into the file called path.
func writeWhole(path, text string) error {
	return writeFile(path, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}

// writeFile lets write fill a new file and puts it at path once it is safe on
// disk. Where the system can, the file has no name until then, so that a
// process which is killed leaves nothing behind.
func writeFile(path string, write func(io.Writer) error) (err error) {
	d, err := newDraft(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.discard()) }()
	if err := write(d.file); err != nil {
		return err
	}
	if err := d.file.Sync(); err != nil {
		return err
	}
	return d.publish(path)
}

// draft is a file that is not at its place yet.
type draft struct {
	file *os.File
	// name is where it stands meanwhile; "" is nowhere.
	name string
}

// newNamedDraft makes a draft beside path, hidden by its name.
func newNamedDraft(path string) (*draft, error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	var failed *fs.PathError
	if errors.As(err, &failed) {
		// The name that it has meanwhile is nothing to look for.
		return nil, &fs.PathError{Op: "create", Path: path, Err: failed.Err}
	}
	if err != nil {
		return nil, err
	}
	return &draft{f, f.Name()}, nil
}

// rename puts a draft that has a name at path.
func (d *draft) rename(path string) error {
	if err := os.Rename(d.name, path); err != nil {
		return err
	}
	d.name = ""
	return nil
}

// discard closes the draft and leaves nothing of one that is not at its place.
func (d *draft) discard() error {
	// What was written is safe since Sync.
	_ = d.file.Close()
	if d.name == "" {
		return nil
	}
	return os.Remove(d.name)
}
