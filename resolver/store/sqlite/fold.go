package sqlite

import (
	"context"

	"github.com/sotto-render/sotto/resolver/store"
)

// Fold implements [store.Backend].
func (b *Backend) Fold(ctx context.Context, scope string, moves []store.Move) error {
	if b.write == nil {
		return errReadOnly
	}
	if !b.reserve.whole() {
		return store.ErrFull
	}
	tx, err := b.write.BeginTx(ctx, nil)
	if err != nil {
		return failure(err)
	}
	defer func() { _ = tx.Rollback() }() // undoes what was not committed
	w := writer{ctx: ctx, tx: tx, statements: b.writing}
	for _, m := range moves {
		if m.To != (store.Key{}) {
			w.exec(foldCounter, m.To, string(m.From.Table), m.From.Scope, []byte(m.From.Key))
		}
		w.exec(dropCounter, m.From)
	}
	if w.err != nil {
		return failure(w.err)
	}
	return failure(tx.Commit())
}
