package store

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"github.com/sotto-render/sotto/resolver"
)

// PutDocument stores a document under id, as a new version where there is one: versions of
// an id never come again, also where it was deleted meanwhile. What is stored like this
// already stays as it is and is returned.
// Errors: [InvalidRequest] for an id that is not spelled like an alias, or a
// definition that is no JSON or too large, [VersionConflict] where the draft's
// condition does not hold.
func (s *Store) PutDocument(ctx context.Context, by Actor, kind Kind, scope resolver.Scope, id string, draft DocumentDraft) (Document, error) {
	var stored Document
	what := string(kind) + ".put"
	err := s.audited(ctx, by, what, scope, id, func() error {
		if err := draft.check(kind, scope, id); err != nil {
			return err
		}
		var definition bytes.Buffer
		if json.Compact(&definition, draft.Definition) != nil {
			return refusal(InvalidRequest, "the %s's definition is not JSON", kind)
		}
		aliases := slices.Clone(draft.Aliases)
		slices.Sort(aliases)
		next := Document{
			Kind: kind, ID: id, Scope: scope, Author: by.Who, Note: draft.Note, Description: draft.Description,
			Aliases: slices.Compact(aliases), Definition: definition.Bytes(),
		}
		var err error
		stored, err = s.putDocument(ctx, by.event(what, scope, id, 0), next, &draft)
		return err
	})
	s.documents.drop(Key{Table: kind.table(), Scope: string(scope), Key: id})
	return stored, err
}

func (s *Store) putDocument(ctx context.Context, event Event, next Document, draft *DocumentDraft) (Document, error) {
	var (
		present *Document
		created bool
	)
	err := s.changeScope(ctx, string(next.Scope), func(c *change) error {
		present, created = nil, false
		row, err := c.find(next.Kind.table(), next.ID, true)
		if err != nil {
			return err
		}
		next.CreatedAt, next.UpdatedAt = s.now(), s.now()
		var old Document
		if row != nil {
			if old, err = s.openDocument(row); err != nil {
				return err
			}
		}
		if err := draft.If.check(next.Kind, old.Version); err != nil {
			return err
		}
		created = row == nil
		if row != nil {
			if old.same(&next) {
				present = &old
				if slices.Equal(old.Aliases, next.Aliases) {
					return nil
				}
				old.Aliases = next.Aliases
				event.Version = old.Version
				if err := c.put(row, old.Kind.table(), old.ID, old.encode(), nil, nil); err != nil {
					return err
				}
				return c.audit(event)
			}
			next.Version, next.CreatedAt = old.Version+1, old.CreatedAt
			if err := c.keepVersion(&old); err != nil {
				return err
			}
		} else if next.Version, err = c.firstVersion(&next); err != nil {
			return err
		}
		if err := c.put(row, next.Kind.table(), next.ID, next.encode(), next.Definition, next.binding()); err != nil {
			return err
		}
		event.Version = next.Version
		return c.audit(event)
	})
	if err != nil {
		return Document{}, err
	}
	if draft.Created != nil {
		*draft.Created = created
	}
	if present != nil {
		return *present, nil
	}
	definition := next.Definition
	next, err = decodeDocument(&Row{Key: next.key(), Meta: next.encode()})
	next.Definition = definition
	return next, err
}

// DeleteDocument removes a document with all its versions. Errors: [NotFound], and
// [VersionConflict] where the condition does not hold.
func (s *Store) DeleteDocument(ctx context.Context, by Actor, kind Kind, scope resolver.Scope, id string, condition Condition) error {
	key := Key{Table: kind.table(), Scope: string(scope), Key: id}
	what := string(kind) + ".delete"
	err := s.audited(ctx, by, what, scope, id, func() error {
		if checkScope(scope) != nil || checkDocumentID(kind, id) != nil {
			return refusal(NotFound, "there is no such %s", kind)
		}
		return s.changeScope(ctx, key.Scope, func(c *change) error {
			row, err := c.find(key.Table, id, false)
			if err != nil {
				return err
			}
			if row == nil {
				return absent(key)
			}
			d, err := decodeDocument(row)
			if err != nil {
				return err
			}
			if err := condition.check(kind, d.Version); err != nil {
				return err
			}
			if err := c.delete(row); err != nil {
				return err
			}
			if err := c.dropVersions(&d); err != nil {
				return err
			}
			if err := c.endVersions(&d); err != nil {
				return err
			}
			return c.audit(by.event(what, scope, id, d.Version))
		})
	})
	s.documents.drop(key)
	return err
}

// Document returns the newest version of a document, with its definition, or
// [NotFound]. It does no I/O for one that was looked for lately.
func (s *Store) Document(ctx context.Context, kind Kind, scope resolver.Scope, id string) (Document, error) {
	key := Key{Table: kind.table(), Scope: string(scope), Key: id}
	if checkScope(scope) != nil || checkDocumentID(kind, id) != nil {
		return Document{}, refusal(NotFound, "there is no such %s", kind)
	}
	d, err := s.documents.get(key, func() (Document, error) {
		rows, err := s.find(ctx, []Key{key}, true)
		if err != nil || rows[0] == nil {
			return Document{}, err
		}
		return s.openDocument(rows[0])
	})
	if err == nil && d.ID == "" { // that there is none is kept too
		err = absent(key)
	}
	return d, err
}

// Documents lists the documents of a kind of exactly this scope, in order of their
// ids.
func (s *Store) Documents(ctx context.Context, kind Kind, scope resolver.Scope, p Paging) (Page[Document], error) {
	return list(ctx, s, kind.table(), string(scope), p, func(row *Row) (Document, bool, error) {
		d, err := decodeDocument(row)
		return d, true, err
	})
}
