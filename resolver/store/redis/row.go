package redis

import (
	"encoding/binary"

	"github.com/sotto-render/sotto/resolver/store"
)

// pack returns all of a row but its key and value: the revision, the length of
// the meta, the meta, and the seal.
func pack(row *store.Row) []byte {
	b := make([]byte, 0, 2*binary.MaxVarintLen64+len(row.Meta)+len(row.Seal))
	b = binary.AppendVarint(b, row.Revision)
	b = binary.AppendUvarint(b, uint64(len(row.Meta)))
	b = append(b, row.Meta...)
	return append(b, row.Seal...)
}

// unpack returns the row that was packed. One that is damaged beyond reading
// has no seal, which the store takes for what it is.
func unpack(key store.Key, packed string) *store.Row {
	row := &store.Row{Key: key}
	b := []byte(packed)
	revision, n := binary.Varint(b)
	if n <= 0 {
		return row
	}
	b = b[n:]
	size, n := binary.Uvarint(b)
	if n <= 0 || size > uint64(len(b)-n) {
		return row
	}
	b = b[n:]
	row.Revision, row.Meta, row.Seal = revision, b[:size:size], b[size:]
	return row
}
