package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/sotto-render/sotto/resolver"
)

// MaxVersions is how many versions of a document are kept, the newest included.
const MaxVersions = 50

// versionKey is where an earlier version of a document is kept. The keys of one
// document are in the order of its versions.
func versionKey(kind Kind, id string, version int64) string {
	return fmt.Sprintf("%s%012d", versionPrefix(kind, id), version)
}

func versionPrefix(kind Kind, id string) string { return string(kind) + "/" + id + "/" }

// documentOf returns whose row is at key.
func documentOf(key Key) (Kind, string) {
	switch key.Table {
	case TableFlows:
		return FlowKind, key.Key
	case TableVersions:
		kind, rest, _ := strings.Cut(key.Key, "/")
		id, _, _ := strings.Cut(rest, "/")
		return Kind(kind), id
	}
	return TemplateKind, key.Key
}

// keepVersion keeps what a document was before a change, and gives up what is too
// long ago.
func (c *change) keepVersion(old *Document) error {
	if err := c.put(nil, TableVersions, versionKey(old.Kind, old.ID, old.Version), old.encode(), old.Definition, old.binding()); err != nil {
		return err
	}
	earliest := versionKey(old.Kind, old.ID, old.Version-MaxVersions+2)
	return c.eachVersion(old, func(row *Row) error {
		if row.Key.Key < earliest {
			return c.delete(row)
		}
		return nil
	})
}

// endedPrefix starts the keys of rows that say which version of a deleted document was the
// last: one that is stored in its place counts on, so that who read the old one can not take
// the new one for it. No kind is called so.
const endedPrefix = "ended/"

func endedKey(d *Document) string { return endedPrefix + string(d.Kind) + "/" + d.ID }

const endedFormat = 1

// endVersions notes the version of a document that is deleted.
func (c *change) endVersions(d *Document) error {
	var e encoder
	e.int(endedFormat)
	e.int(d.Version)
	return c.put(nil, TableVersions, endedKey(d), e.buf, nil, nil)
}

// firstVersion returns the version of a document that is not there yet, and forgets what
// endVersions noted.
func (c *change) firstVersion(d *Document) (int64, error) {
	row, err := c.find(TableVersions, endedKey(d), false)
	if err != nil || row == nil {
		return 1, err
	}
	in := decoder{buf: row.Meta}
	format, last := in.int(), in.int()
	if in.end() != nil || format != endedFormat {
		return 0, damage(row.Key)
	}
	return last + 1, c.delete(row)
}

func (c *change) dropVersions(d *Document) error { return c.eachVersion(d, c.delete) }

// eachVersion calls do with the earlier versions of a document, oldest first. There
// are never more than fit into one read.
func (c *change) eachVersion(d *Document, do func(*Row) error) error {
	rows, err := c.s.backend.Scan(c.ctx, Range{
		Table: TableVersions, Scope: c.batch.Scope, Prefix: versionPrefix(d.Kind, d.ID), Limit: MaxLimit,
	})
	if err != nil {
		return unavailable(err)
	}
	for i := range rows {
		row, err := c.find(TableVersions, rows[i].Key.Key, false)
		if err != nil {
			return err
		}
		if row == nil {
			continue
		}
		if err := do(row); err != nil {
			return err
		}
	}
	return nil
}

// DocumentVersion returns one version of a document, with its definition, or
// [NotFound] where that is not kept.
func (s *Store) DocumentVersion(ctx context.Context, kind Kind, scope resolver.Scope, id string, version int64) (Document, error) {
	current, err := s.Document(ctx, kind, scope, id)
	if err != nil || current.Version == version {
		return current, err
	}
	key := Key{Table: TableVersions, Scope: string(scope), Key: versionKey(kind, id, max(version, 0))}
	rows, err := s.find(ctx, []Key{key}, true)
	if err != nil {
		return Document{}, err
	}
	if rows[0] == nil {
		return Document{}, refusal(NotFound, "version %d of the %s is not kept", version, kind)
	}
	return s.openDocument(rows[0])
}

// DocumentVersions returns the versions of a document that are kept, newest first,
// without their definitions, or [NotFound].
func (s *Store) DocumentVersions(ctx context.Context, kind Kind, scope resolver.Scope, id string) ([]Document, error) {
	current, err := s.Document(ctx, kind, scope, id)
	if err != nil {
		return nil, err
	}
	current.Definition = nil
	rows, err := s.scan(ctx, Range{
		Table: TableVersions, Scope: string(scope), Prefix: versionPrefix(kind, id), Limit: MaxLimit,
	})
	if err != nil {
		return nil, err
	}
	versions := make([]Document, 0, len(rows)+1)
	for i := range rows {
		d, err := decodeDocument(&rows[i])
		if err != nil {
			return nil, err
		}
		// One that was stored between the two reads is in neither list twice.
		if d.Version < current.Version {
			versions = append(versions, d)
		}
	}
	slices.Reverse(versions)
	return slices.Insert(versions, 0, current), nil
}
