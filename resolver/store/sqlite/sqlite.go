// Package sqlite keeps a store in one SQLite file, for sotto on one machine.
//
// Start with [Open], whose [Backend] is what store.Open is given. The file, its
// write-ahead log and what a copy of them holds are ciphertexts, names and
// times; see the package store.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/sotto-render/sotto/resolver/store"
	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// readers is how many reads run at once, beside the one write.
const readers = 4

// Backend is a [store.Backend] in one file. It belongs to one process: a second
// one is refused. Every commit is on the disk before it returns.
type Backend struct {
	lock *lock
	read *sql.DB
	// write has one connection, so that writers queue in this process
	// instead of failing in SQLite.
	write   *sql.DB
	reading statements
	finding map[finding]*sql.Stmt
	writing statements
	reserve reserve
	room    room
}

var _ store.Backend = (*Backend)(nil)

// Open opens the file at path, and makes it, readable by its owner alone, and
// its directory where they are missing. It fails where another process has the
// file open, where it is damaged, and where it is not a store's or was written
// by a newer version. A file that may not be written is opened to be read alone.
func Open(path string) (*Backend, error) {
	if err := makeFile(path); err != nil {
		if refusesWrites(err) {
			return openReadOnly(path)
		}
		return nil, err
	}
	held, err := acquire(path + ".lock")
	if err != nil {
		return nil, err
	}
	b := &Backend{lock: held, reserve: reserve{path: path + ".reserve"}, room: room{path: path + ".probe"}}
	err = b.open(path)
	if errors.Is(failure(err), store.ErrFull) && b.reserve.spend() {
		// SQLite needs some room to read as well, for the index of its log.
		_ = b.disconnect() // nothing was written
		err = b.open(path)
	}
	if err != nil {
		return nil, errors.Join(failure(err), b.Close())
	}
	b.reserve.open()
	return b, nil
}

// makeFile makes an empty file, from which SQLite takes the mode of its log.
func makeFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("the store's directory cannot be made: %w", err)
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("the store's file cannot be opened: %w", err)
	}
	return file.Close()
}

func (b *Backend) open(path string) error {
	var err error
	if b.write, err = connect(path, 1); err != nil {
		return err
	}
	if err := migrate(context.Background(), b.write); err != nil {
		return err
	}
	if b.writing, err = prepare(b.write, writes); err != nil {
		return err
	}
	if b.read, err = connect(path, readers); err != nil {
		return err
	}
	return b.prepareReads()
}

func (b *Backend) prepareReads() error {
	var err error
	if b.reading, err = prepare(b.read, reads); err != nil {
		return err
	}
	b.finding, err = prepareFind(b.read)
	return err
}

func connect(path string, connections int) (*sql.DB, error) {
	// Immediate takes the write lock with BEGIN. A transaction that began by
	// reading and then wrote would fail with SQLITE_BUSY, not wait.
	options := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(5000)",
		// In WAL mode a killed process leaves a whole transaction or none.
		// FULL syncs the log at each commit: with NORMAL what was
		// acknowledged may be gone after a power failure.
		"journal_mode(WAL)",
		"synchronous(FULL)",
		// What is deleted is overwritten, not only unlinked.
		"secure_delete(ON)",
		"trusted_schema(OFF)",
		"cell_size_check(ON)",
	}}
	return open(path, options.Encode(), connections)
}

func open(path, options string, connections int) (*sql.DB, error) {
	// Absolute, because in a URI a relative path would start with its host.
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	source := url.URL{Scheme: "file", Path: filepath.ToSlash(full), RawQuery: options}
	db, err := sql.Open("sqlite", source.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// Close ends all work and lets other processes open the file.
func (b *Backend) Close() error { return errors.Join(b.disconnect(), b.lock.release()) }

func (b *Backend) disconnect() error {
	var errs []error
	for _, db := range []*sql.DB{b.read, b.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// Name returns "sqlite".
func (b *Backend) Name() string { return "sqlite" }

// Ready returns why the file cannot be read, or that nothing can be written, or nil.
func (b *Backend) Ready(ctx context.Context) error {
	if _, err := b.Head(ctx, ""); err != nil {
		return err
	}
	return b.condition()
}

// failure returns err as the store may show it: SQLite's own words for the kind
// of failure, and what to do where that is known.
func failure(err error) error {
	var e *driver.Error
	switch {
	case err == nil, errors.Is(err, store.ErrConflict):
		return err
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case !errors.As(err, &e):
		return err
	}
	if e.Code() == sqlite3.SQLITE_IOERR_SHMSIZE { // the index of the log cannot grow
		return store.ErrFull
	}
	switch code := e.Code() & 0xff; code {
	case sqlite3.SQLITE_FULL:
		return store.ErrFull
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("the store's file is damaged (%s): restore it from a backup", driver.ErrorCodeString[code])
	case sqlite3.SQLITE_INTERRUPT:
		return context.Canceled
	default:
		return fmt.Errorf("the store's file cannot be used (%s)", driver.ErrorCodeString[code])
	}
}
