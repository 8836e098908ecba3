package store

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// remembered is a backend that answers from memory, so that what is measured is
// the store.
type remembered struct {
	Backend
	rows map[Key]*Row
	head Head
}

func (b *remembered) Name() string { return "memory" }

func (b *remembered) Find(_ context.Context, keys []Key, _ bool) ([]*Row, error) {
	rows := make([]*Row, len(keys))
	for i, key := range keys {
		rows[i] = b.rows[key]
	}
	return rows, nil
}

func (b *remembered) Snapshot(context.Context, string, []Table, func(Row) error) (Head, error) {
	return b.head, nil
}

func (b *remembered) Scopes(context.Context) ([]string, error) { return nil, nil }

func (b *remembered) Commit(_ context.Context, batch Batch) error {
	for _, row := range batch.Put {
		b.rows[row.Key] = &row
	}
	return nil
}

func (b *remembered) Close() error { return nil }

// BenchmarkOpen compares with the floor, one decryption of the value. It is what the store adds to reading a record: its seal is known or
// opened, its value decrypted and made opaque.
func BenchmarkOpen(b *testing.B) {
	s, err := Open(b.Context(), Options{Backend: &remembered{rows: make(map[Key]*Row)}, Key: KeyText(NewKeyText())})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, s.Close()) })
	for _, size := range []int{40, 4 << 10} {
		b.Run(fmt.Sprintf("%d bytes/floor", size), func(b *testing.B) {
			sealed, err := s.keys().seal(make([]byte, size), make([]byte, 100))
			require.NoError(b, err)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.keys().open(sealed, make([]byte, 100)); err != nil {
					b.Fatal(err)
				}
			}
		})
		for _, known := range []bool{true, false} {
			b.Run(fmt.Sprintf("%d bytes/seen before=%t", size, known), func(b *testing.B) {
				alias := fmt.Sprint("secret", size)
				_, err := s.Create(b.Context(), Actor{}, "acme", Draft{Alias: alias, Type: Token, Value: Text(string(make([]byte, size-1)) + "x")})
				if CodeOf(err) != AliasTaken {
					require.NoError(b, err)
				}
				key := Key{Table: TableSecrets, Scope: "acme", Key: alias}
				st := s.state("acme")
				rows, err := s.backend.Find(b.Context(), []Key{key}, true)
				require.NoError(b, err)
				b.ReportAllocs()
				for b.Loop() {
					if !known {
						delete(st.rows, key)
						st.head = Head{}
					}
					row, err := s.checkRow(b.Context(), st, key, rows[0], true)
					if err != nil {
						b.Fatal(err)
					}
					if _, err := s.entry(row, true); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
