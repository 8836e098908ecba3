package sqlite

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// lock keeps a second process from the store. Two would each believe to know
// the newest state of every scope.
type lock struct{ file *os.File }

// acquire takes the lock at path. The file stays when the lock is free again.
func acquire(path string) (*lock, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the store's lock cannot be opened: %w", err)
	}
	held, err := hold(file)
	if err != nil {
		return nil, err
	}
	// The id only helps to find the process; without it the lock holds too.
	if file.Truncate(0) == nil {
		_, _ = file.WriteAt([]byte(strconv.Itoa(os.Getpid())), 0)
	}
	return held, nil
}

// ErrInUse says that another process has the file open: a store in a file has one user.
var ErrInUse = errors.New("the store is in use by another process")

// hold takes the lock on file, which it closes where another process has it.
func hold(file *os.File) (*lock, error) {
	if err := lockFile(file); err != nil {
		defer func() { _ = file.Close() }() // only read from
		return nil, fmt.Errorf("%w%s: stop that one, or talk to it with --server", ErrInUse, owner(file))
	}
	return &lock{file}, nil
}

// owner returns " (pid N)" of the process that wrote file, if it can be told.
func owner(file *os.File) string {
	text, err := io.ReadAll(io.LimitReader(file, 32))
	pid, convErr := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || convErr != nil {
		return ""
	}
	return fmt.Sprintf(" (pid %d)", pid)
}

func (l *lock) release() error {
	if l == nil {
		return nil
	}
	return l.file.Close()
}
