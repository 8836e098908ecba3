package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/sotto-render/sotto/resolver/store"
)

// Find implements [store.Backend].
func (b *Backend) Find(ctx context.Context, keys []store.Key, values bool) ([]*store.Row, error) {
	rows := make([]*store.Row, len(keys))
	for start := 0; start < len(keys); {
		left := len(keys) - start
		at, _ := slices.BinarySearch(findSizes, left)
		size := findSizes[min(at, len(findSizes)-1)]
		n := min(left, size)
		if err := b.find(ctx, size, keys[start:start+n], values, rows[start:start+n]); err != nil {
			return nil, failure(err)
		}
		start += n
	}
	return rows, nil
}

// find sets rows[i] to the row at keys[i], by the statement for size rows.
func (b *Backend) find(ctx context.Context, size int, keys []store.Key, values bool, rows []*store.Row) error {
	args := make([]any, 3*size)
	for i, key := range keys {
		args[3*i], args[3*i+1], args[3*i+2] = string(key.Table), key.Scope, []byte(key.Key)
	}
	found, err := b.finding[finding{size, values}].QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer func() { _ = found.Close() }() // Err has what went wrong
	for found.Next() {
		var place int
		var row store.Row
		if err := found.Scan(&place, &row.Revision, &row.Meta, &row.Seal, &row.Value); err != nil {
			return err
		}
		row.Key = keys[place]
		rows[place] = &row
	}
	return found.Err()
}

// maxName is above every name: none starts with this byte.
var maxName = []byte{0xff}

// bounds returns the names that r selects: from <= name < to.
func bounds(r store.Range) (from, to []byte) {
	from, to = []byte(r.Prefix), maxName
	if r.Prefix != "" {
		to = append([]byte(r.Prefix[:len(r.Prefix)-1]), r.Prefix[len(r.Prefix)-1]+1)
	}
	if r.After == "" {
		return from, to
	}
	if r.Reverse {
		if before := []byte(r.After); bytes.Compare(before, to) < 0 {
			to = before
		}
	} else if after := append([]byte(r.After), 0); bytes.Compare(after, from) > 0 {
		from = after
	}
	return from, to
}

// expectRows bounds the room that is made for rows before they are seen.
const expectRows = 1024

// Scan implements [store.Backend].
func (b *Backend) Scan(ctx context.Context, r store.Range) ([]store.Row, error) {
	text := selectForward
	if r.Reverse {
		text = selectBackward
	}
	from, to := bounds(r)
	found, err := b.reading[text].QueryContext(ctx, string(r.Table), r.Scope, from, to, r.Limit)
	if err != nil {
		return nil, failure(err)
	}
	rows := make([]store.Row, 0, min(r.Limit, expectRows))
	err = each(found, r.Table, r.Scope, func(row store.Row) error {
		rows = append(rows, row)
		return nil
	})
	return rows, failure(err)
}

// each calls do for every row found, and closes found.
func each(found *sql.Rows, table store.Table, scope string, do func(store.Row) error) error {
	defer func() { _ = found.Close() }() // Err has what went wrong
	for found.Next() {
		var name, meta, seal sql.RawBytes
		row := store.Row{Key: store.Key{Table: table, Scope: scope}}
		if err := found.Scan(&name, &row.Revision, &meta, &seal); err != nil {
			return err
		}
		row.Key.Key = string(name)
		// One allocation holds both.
		both := append(append(make([]byte, 0, len(meta)+len(seal)), meta...), seal...)
		row.Meta, row.Seal = both[:len(meta):len(meta)], both[len(meta):]
		if err := do(row); err != nil {
			return err
		}
	}
	return found.Err()
}

// Counters implements [store.Backend].
func (b *Backend) Counters(ctx context.Context, r store.Range) ([]store.Counter, error) {
	from, to := bounds(r)
	found, err := b.reading[selectCounters].QueryContext(ctx, string(r.Table), r.Scope, from, to, r.Limit)
	if err != nil {
		return nil, failure(err)
	}
	defer func() { _ = found.Close() }() // Err has what went wrong
	var counters []store.Counter
	for found.Next() {
		c := store.Counter{Key: store.Key{Table: r.Table, Scope: r.Scope}}
		var name []byte
		if err := found.Scan(&name, &c.N); err != nil {
			return nil, failure(err)
		}
		c.Key.Key = string(name)
		counters = append(counters, c)
	}
	return counters, failure(found.Err())
}

// Snapshot implements [store.Backend].
func (b *Backend) Snapshot(ctx context.Context, scope string, tables []store.Table, row func(store.Row) error) (store.Head, error) {
	tx, err := b.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return store.Head{}, failure(err)
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	head, err := readHead(ctx, tx.StmtContext(ctx, b.reading[selectHead]), scope)
	if err != nil {
		return store.Head{}, failure(err)
	}
	const all = -1
	for _, table := range tables {
		found, err := tx.StmtContext(ctx, b.reading[selectForward]).QueryContext(ctx, string(table), scope, []byte{}, maxName, all)
		if err != nil {
			return store.Head{}, failure(err)
		}
		if err := each(found, table, scope, row); err != nil {
			return store.Head{}, failure(err)
		}
	}
	return head, nil
}

// Head implements [store.Backend].
func (b *Backend) Head(ctx context.Context, scope string) (store.Head, error) {
	head, err := readHead(ctx, b.reading[selectHead], scope)
	return head, failure(err)
}

func readHead(ctx context.Context, statement *sql.Stmt, scope string) (store.Head, error) {
	var head store.Head
	err := statement.QueryRowContext(ctx, scope).Scan(&head.Epoch, &head.Data)
	if errors.Is(err, sql.ErrNoRows) {
		return store.Head{}, nil
	}
	return head, err
}

// Scopes implements [store.Backend].
func (b *Backend) Scopes(ctx context.Context) ([]string, error) {
	found, err := b.reading[selectScopes].QueryContext(ctx)
	if err != nil {
		return nil, failure(err)
	}
	defer func() { _ = found.Close() }() // Err has what went wrong
	var scopes []string
	for found.Next() {
		var scope string
		if err := found.Scan(&scope); err != nil {
			return nil, failure(err)
		}
		scopes = append(scopes, scope)
	}
	return scopes, failure(found.Err())
}
