package store

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"slices"
)

// Bounds of a page.
const (
	DefaultLimit = 100
	MaxLimit     = 1000
)

// Paging asks for one page of a list.
type Paging struct {
	// Cursor is Next of the page before; "" is the first page. Another text
	// is [InvalidRequest].
	Cursor string
	// Limit is the most items wanted: 0 means [DefaultLimit], and more than
	// [MaxLimit] means MaxLimit.
	Limit int
}

// Page is one page of a list.
type Page[T any] struct {
	Items []T `json:"items"`
	// Next is the cursor of the page behind this one; "" after the last.
	Next string `json:"next,omitempty"`
}

func (p Paging) limit() int {
	switch {
	case p.Limit <= 0:
		return DefaultLimit
	case p.Limit > MaxLimit:
		return MaxLimit
	}
	return p.Limit
}

// after returns the key that the page starts behind.
func (p Paging) after() (string, error) {
	if p.Cursor == "" {
		return "", nil
	}
	sum, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	key := sum[min(len(sum), crc32.Size):]
	if err != nil || len(key) == 0 || !bytes.Equal(sum[:crc32.Size], checksum(string(key))) {
		return "", refusal(InvalidRequest, "the cursor is not one that a list returned: leave it out to start from the first page").field("cursor")
	}
	return string(key), nil
}

// checksum tells a cursor from other texts, which would be places in a list too.
func checksum(key string) []byte {
	return binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(key)))
}

// Of returns the page of names that p asks for. They are sorted, each one is there
// once, and a cursor is the same as in [Store.Secrets].
func (p Paging) Of(names []string) (Page[string], error) {
	after, err := p.after()
	if err != nil {
		return Page[string]{}, err
	}
	at, found := slices.BinarySearch(names, after)
	if found {
		at++
	}
	end := min(at+p.limit(), len(names))
	page := Page[string]{Items: names[at:end]}
	if end < len(names) {
		page.Next = cursor(names[end-1])
	}
	return page, nil
}

func cursor(key string) string {
	return base64.RawURLEncoding.EncodeToString(append(checksum(key), key...))
}

// list returns a page of one table and scope. Decode makes a row into a T and
// says whether it belongs to the list.
func list[T any](ctx context.Context, s *Store, table Table, scope string, p Paging, decode func(*Row) (T, bool, error)) (Page[T], error) {
	after, err := p.after()
	if err != nil {
		return Page[T]{}, err
	}
	limit := p.limit()
	page := Page[T]{Items: []T{}}
	r := Range{Table: table, Scope: scope, After: after, Limit: limit + 1}
	for {
		rows, err := s.scan(ctx, r)
		if err != nil {
			return Page[T]{}, err
		}
		page.Items = slices.Grow(page.Items, min(len(rows), limit-len(page.Items)))
		for i := range rows {
			item, belongs, err := decode(&rows[i])
			switch {
			case err != nil:
				return Page[T]{}, err
			case !belongs:
			case len(page.Items) == limit:
				page.Next = cursor(r.After)
				return page, nil
			default:
				page.Items = append(page.Items, item)
			}
			r.After = rows[i].Key.Key
		}
		if len(rows) < r.Limit {
			return page, nil
		}
	}
}

// scan reads rows of a range, checks their seals, and that none is missing which
// this process knows.
func (s *Store) scan(ctx context.Context, r Range) ([]Row, error) {
	st, err := s.ready(ctx, r.Scope)
	if err != nil {
		return nil, err
	}
	rows, err := s.backend.Scan(ctx, r)
	if err != nil {
		return nil, unavailable(err)
	}
	for i := range rows {
		row, err := s.checkRow(ctx, st, rows[i].Key, &rows[i], false)
		if err != nil {
			return nil, err
		}
		if row == nil { // deleted since
			return s.scan(ctx, r)
		}
		rows[i] = *row
	}
	for _, key := range st.missing(r, rows) {
		// An error, unless another node deleted it.
		row, err := s.checkRow(ctx, st, key, nil, false)
		if err != nil {
			return nil, err
		}
		if row != nil { // created since
			return s.scan(ctx, r)
		}
	}
	return rows, nil
}

// each calls do for every row of one table and scope, in order of their keys.
func (s *Store) each(ctx context.Context, table Table, scope string, do func(*Row) error) error {
	r := Range{Table: table, Scope: scope, Limit: MaxLimit}
	for {
		rows, err := s.scan(ctx, r)
		if err != nil {
			return err
		}
		for i := range rows {
			if err := do(&rows[i]); err != nil {
				return err
			}
		}
		if len(rows) < r.Limit {
			return nil
		}
		r.After = rows[len(rows)-1].Key.Key
	}
}
