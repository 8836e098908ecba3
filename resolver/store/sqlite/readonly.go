package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"syscall"

	"github.com/sotto-render/sotto/resolver"
)

// errReadOnly is why nothing is changed in a file that can only be read.
var errReadOnly = errors.New("the store's file can only be read here")

// refusesWrites reports whether err, which makeFile returned, is about a file that
// is there and may be readable.
func refusesWrites(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
}

// openReadOnly opens a file that nobody writes: a copy, or one on a disk that is
// mounted for reading alone.
func openReadOnly(path string) (*Backend, error) {
	b := new(Backend)
	// Without the lock's file no process that could write has it open.
	if file, err := os.Open(path + ".lock"); err == nil {
		if b.lock, err = hold(file); err != nil {
			return nil, err
		}
	}
	if info, err := os.Stat(path + "-wal"); err == nil && info.Size() > 0 {
		return nil, errors.Join(errors.New("the store's file can only be read here, and its newest changes are in its log (-wal), which has to be written back: copy both to where they can be written"), b.Close())
	}
	if err := b.connectReadOnly(path); err != nil {
		return nil, errors.Join(failure(err), b.Close())
	}
	return b, nil
}

func (b *Backend) connectReadOnly(path string) error {
	var err error
	// Immutable, because in WAL mode SQLite else makes files beside it to read.
	if b.read, err = open(path, "mode=ro&immutable=1&_pragma=trusted_schema(OFF)&_pragma=cell_size_check(ON)", readers); err != nil {
		return err
	}
	tx, err := b.read.BeginTx(context.Background(), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	version, err := schemaVersion(context.Background(), tx)
	switch {
	case err != nil:
		return err
	case version < len(migrations):
		return errors.New("the store's file is of an older version or empty, and can only be read here: copy it to where it can be written")
	}
	return b.prepareReads()
}

// readOnly is why nothing is written, where the file can only be read.
func (b *Backend) readOnly() error {
	if b.write != nil {
		return nil
	}
	return &resolver.Condition{Reason: "read_only", Answers: true, Err: errReadOnly}
}
