package resolver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// MaxFileBytes is the size of the largest file that a [Dir] reads, which is
// also the limit of a Kubernetes secret.
const MaxFileBytes = 1 << 20

// Dir is a [Provider] over the files of one directory.
type Dir struct {
	path string
}

var (
	_ Provider = (*Dir)(nil)
	_ Lister   = (*Dir)(nil)
	_ Checker  = (*Dir)(nil)

	_ Discloser = (*Dir)(nil)
	_ Notifier  = (*Dir)(nil)
)

// NewDir returns a provider of the secrets in the directory at path. Names
// are matched to aliases in any letter case:
//
//	alias              a file: a token
//	alias.json         a file: a JSON secret
//	alias/username     a directory of two files: username and password
//	alias/password
//
// One newline at the end of a file is not part of the value. A file that is
// empty or white space is no secret. Two names for one alias are an error that
// names both. Symbolic links work as long as they stay inside the directory,
// as those of a Kubernetes mount do. What is not a regular file of at most
// [MaxFileBytes], or cannot be read, is an error, never a missing secret.
//
// The directory is opened anew at each lookup, so it may be mounted later. A file
// that is replaced is noticed within two seconds.
func NewDir(path string) (*Dir, error) {
	if path == "" || strings.IndexByte(path, 0) >= 0 {
		return nil, errors.New("provider dir: write the path of a directory behind `dir:`")
	}
	return &Dir{path: path}, nil
}

// Name returns "dir:" and the path.
func (d *Dir) Name() string { return "dir:" + d.path }

// Ready implements [Checker].
func (d *Dir) Ready(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	files, err := openFiles(d.path)
	if err != nil {
		return err
	}
	files.close()
	return nil
}

// Fetch implements [Provider].
func (d *Dir) Fetch(ctx context.Context, _ Scope, aliases []string, values bool, entries []Entry) error {
	files, err := openFiles(d.path)
	if err != nil {
		return err
	}
	defer files.close()
	for i, alias := range aliases {
		if err := ctx.Err(); err != nil {
			return err
		}
		name, err := files.nameOf(alias)
		if err != nil {
			return err
		}
		if name == "" {
			continue
		}
		if values {
			entries[i], err = files.read(name)
		} else {
			entries[i].Status, err = files.status(name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Keeps implements [Keeper]: the files are the same for every scope.
func (d *Dir) Keeps(context.Context, Scope) (bool, error) { return false, nil }

// List implements [Lister]. It opens no file.
func (d *Dir) List(ctx context.Context, _ Scope) ([]string, error) {
	files, err := openFiles(d.path)
	if err != nil {
		return nil, err
	}
	defer files.close()
	var aliases []string
	for alias := range files.names {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		name, err := files.nameOf(alias)
		if err != nil {
			return nil, err
		}
		status, err := files.status(name)
		if err != nil {
			return nil, err
		}
		if status == macros.Known {
			aliases = append(aliases, alias)
		}
	}
	return aliases, nil
}

// files is a directory that is open for one lookup.
type files struct {
	root *os.Root
	// names :: canonical alias -> the names that spell it
	names map[string][]string
}

func openFiles(path string) (*files, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, pathError("the directory", err)
	}
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		_ = root.Close()
		return nil, pathError("the directory", err)
	}
	f := &files{root: root, names: make(map[string][]string, len(entries))}
	for _, entry := range entries {
		if alias, ok := macros.Canonical(stem(entry.Name())); ok {
			f.names[alias] = append(f.names[alias], entry.Name())
		}
	}
	return f, nil
}

// close gives the directory back. Nothing was written, so nothing can fail.
func (f *files) close() { _ = f.root.Close() }

const jsonEnding = ".json"

func isJSON(name string) bool {
	return len(name) > len(jsonEnding) && strings.EqualFold(name[len(name)-len(jsonEnding):], jsonEnding)
}

// stem returns name without the ending of a JSON file.
func stem(name string) string {
	if isJSON(name) {
		return name[:len(name)-len(jsonEnding)]
	}
	return name
}

// nameOf returns the name of the file or directory for alias, or "".
func (f *files) nameOf(alias string) (string, error) {
	names := f.names[alias]
	switch len(names) {
	case 0:
		return "", nil
	case 1:
		return names[0], nil
	}
	return "", fmt.Errorf("%q and %q are the same secret, because letter case and %s do not count: remove one",
		names[0], names[1], jsonEnding)
}

// status tells whether name is a secret, from what the file system says
// without opening a file. What is neither a file nor a directory is an error.
func (f *files) status(name string) (macros.Status, error) {
	info, err := f.root.Stat(name)
	if err != nil {
		return f.absent(name, err)
	}
	if !info.IsDir() {
		return fileStatus(name, info)
	}
	for _, part := range [...]string{"/username", "/password"} {
		info, err := f.root.Stat(name + part)
		if err != nil {
			return f.absentPart(name, part, err)
		}
		if status, err := fileStatus(name+part, info); status != macros.Known {
			return status, err
		}
	}
	return macros.Known, nil
}

func fileStatus(name string, info fs.FileInfo) (macros.Status, error) {
	switch {
	case !info.Mode().IsRegular():
		return macros.Missing, fmt.Errorf("%q is not a regular file: replace it by one", name)
	case info.Size() > MaxFileBytes:
		return macros.Missing, fmt.Errorf("%q is larger than %d bytes: no secret is", name, MaxFileBytes)
	case info.Size() == 0:
		return macros.Missing, nil
	}
	return macros.Known, nil
}

// absent judges an error for name, which the directory lists. A file that was
// removed meanwhile is missing; a link into nowhere is not, because what it
// points at may be a volume that is not mounted.
func (f *files) absent(name string, err error) (macros.Status, error) {
	if errors.Is(err, fs.ErrNotExist) {
		if _, lerr := f.root.Lstat(name); errors.Is(lerr, fs.ErrNotExist) {
			return macros.Missing, nil
		}
	}
	return macros.Missing, pathError(fmt.Sprintf("%q", name), err)
}

// absentPart is absent for a file of a credentials directory. A directory
// without username is not a secret at all; one without password is half of one.
func (f *files) absentPart(name, part string, err error) (macros.Status, error) {
	status, err := f.absent(name+part, err)
	if err == nil && part == "/password" {
		err = fmt.Errorf("%q has a username and no password: add the file %q", name, name+part)
	}
	return status, err
}

// read returns the secret called name with its value.
func (f *files) read(name string) (Entry, error) {
	status, err := f.status(name)
	if err != nil || status != macros.Known {
		return Entry{}, err
	}
	info, err := f.root.Stat(name)
	if err != nil {
		_, err = f.absent(name, err)
		return Entry{}, err
	}
	if info.IsDir() {
		return f.readCredentials(name)
	}
	text, err := f.readFile(name)
	if err != nil || blank(text) {
		return Entry{}, err
	}
	secret := redact.NewSecret(text)
	if isJSON(name) {
		if secret, err = redact.NewJSON([]byte(text)); err != nil {
			return Entry{}, fmt.Errorf("%q is not a JSON object or array: correct it, or drop %s from its name", name, jsonEnding)
		}
	}
	return Entry{Status: macros.Known, Secret: secret}, nil
}

func (f *files) readCredentials(name string) (Entry, error) {
	username, err := f.readFile(name + "/username")
	if err != nil || blank(username) {
		return Entry{}, err
	}
	password, err := f.readFile(name + "/password")
	if err != nil || blank(password) {
		return Entry{}, err
	}
	return Entry{Status: macros.Known, Secret: redact.NewCredentials(username, password)}, nil
}

// readFile returns the text of a regular file. It opens without blocking and
// looks again at what it opened, so that a pipe put in the file's place
// cannot hold it.
func (f *files) readFile(name string) (string, error) {
	file, err := f.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return "", pathError(fmt.Sprintf("%q", name), err)
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return "", pathError(fmt.Sprintf("%q", name), err)
	}
	if _, err := fileStatus(name, info); err != nil {
		return "", err
	}
	raw, err := io.ReadAll(io.LimitReader(file, MaxFileBytes+1))
	if err != nil {
		return "", pathError(fmt.Sprintf("%q", name), err)
	}
	if len(raw) > MaxFileBytes {
		return "", fmt.Errorf("%q is larger than %d bytes: no secret is", name, MaxFileBytes)
	}
	text := string(raw)
	if strings.HasSuffix(text, "\r\n") {
		return text[:len(text)-2], nil
	}
	return strings.TrimSuffix(text, "\n"), nil
}

// pathError says what failed and why, without the whole path that the
// operating system's error repeats.
func pathError(what string, err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fmt.Errorf("cannot read %s: %w", what, err)
}
