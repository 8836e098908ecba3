package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"github.com/sotto-render/sotto/resolver/store"
	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Commit implements [store.Backend]: one transaction, synced to the disk. A change
// that removes rows may use the reserve.
func (b *Backend) Commit(ctx context.Context, batch store.Batch) error {
	if b.write == nil {
		return errReadOnly
	}
	removes := batch.Head != nil && len(batch.Delete) > 0
	if !removes && !b.reserve.whole() {
		return store.ErrFull
	}
	err := b.commit(ctx, batch)
	if removes && errors.Is(err, store.ErrFull) && b.reserve.spend() {
		err = b.commit(ctx, batch)
	}
	b.room.note(err)
	return err
}

func (b *Backend) commit(ctx context.Context, batch store.Batch) error {
	tx, err := b.write.BeginTx(ctx, nil)
	if err != nil {
		return failure(err)
	}
	defer func() { _ = tx.Rollback() }() // undoes what was not committed
	w := writer{ctx: ctx, tx: tx, statements: b.writing}
	w.head(batch)
	for _, row := range batch.Put {
		w.put(row)
	}
	for _, key := range batch.Delete {
		w.exec(deleteRow, key)
		w.exec(dropValue, key)
	}
	for _, count := range batch.Count {
		w.exec(addCounter, count.Key, count.N)
	}
	if w.err != nil {
		return failure(w.err)
	}
	err = tx.Commit()
	var e *driver.Error
	if errors.As(err, &e) && e.Code() == sqlite3.SQLITE_IOERR_FSYNC {
		return unsure{failure(err)} // written, and perhaps not to stay
	}
	return failure(err)
}

// unsure is an error after which a commit may have been made.
type unsure struct{ error }

// Unwrap returns what it is and what happened.
func (u unsure) Unwrap() []error { return []error{store.ErrUnknown, u.error} }

// writer applies the parts of a batch; after an error it does nothing more.
type writer struct {
	ctx        context.Context // lives as long as one Commit
	tx         *sql.Tx
	statements statements
	err        error
}

// exec runs a statement about the row at key.
func (w *writer) exec(text string, key store.Key, more ...any) {
	if w.err != nil {
		return
	}
	args := append([]any{string(key.Table), key.Scope, []byte(key.Key)}, more...)
	_, w.err = w.tx.StmtContext(w.ctx, w.statements[text]).ExecContext(w.ctx, args...)
}

func (w *writer) put(row store.Row) {
	w.exec(putRow, row.Key, row.Revision, blob(row.Meta), blob(row.Seal))
	if len(row.Value) > 0 {
		w.exec(putValue, row.Key, row.Value)
	} else {
		w.exec(dropValue, row.Key)
	}
}

// blob returns b; nil would be NULL.
func blob(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// head moves the scope on from the head that the batch was made on, or finds that
// another writer did.
func (w *writer) head(batch store.Batch) {
	head := batch.Head
	if head == nil {
		return
	}
	result, err := w.tx.StmtContext(w.ctx, w.statements[putHead]).ExecContext(w.ctx, batch.Scope, head.Epoch, blob(head.Data),
		batch.Prior.Epoch, blob(batch.Prior.Data))
	if err != nil {
		w.err = err
		return
	}
	moved, err := result.RowsAffected()
	switch {
	case err != nil:
		w.err = err
	case moved == 0:
		w.err = store.ErrConflict
	}
}
