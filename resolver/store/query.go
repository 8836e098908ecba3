package store

import (
	"context"
	"strings"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/resolver"
)

// Archived says whether a list has archived secrets.
type Archived string

// What a list may have of archived secrets.
const (
	// ActiveOnly leaves them out.
	ActiveOnly Archived = "false"
	// WithArchived has them among the others.
	WithArchived Archived = "true"
	// ArchivedOnly has nothing else.
	ArchivedOnly Archived = "only"
)

// SecretQuery selects secrets of one scope.
type SecretQuery struct {
	Paging
	// Text stands in the alias or in the description, in any letter case; "" is in
	// all.
	Text string
	// Type is that of the secrets; "" is any.
	Type Type
	// Archived is [ActiveOnly] where it is "".
	Archived Archived
	// Unused leaves out what was ever used.
	Unused bool
}

// check refuses what no query can be.
func (q *SecretQuery) check() error {
	switch q.Type {
	case "", Token, Credentials, JSON:
	default:
		return refusal(InvalidRequest, "the type is not known: use token, username_password or json").field("type")
	}
	switch q.Archived {
	case "", ActiveOnly, WithArchived, ArchivedOnly:
		return nil
	}
	return refusal(InvalidRequest, "archived must be false, true for these too, or only").field("archived")
}

// selects reports whether m is in the list.
func (q *SecretQuery) selects(m *Metadata) bool {
	switch {
	case m.Archived && (q.Archived == "" || q.Archived == ActiveOnly),
		!m.Archived && q.Archived == ArchivedOnly,
		q.Type != "" && m.Type != q.Type,
		q.Unused && m.LastUsedAt != nil:
		return false
	}
	text := strings.ToLower(q.Text)
	return strings.Contains(strings.ToLower(m.Alias), text) || strings.Contains(strings.ToLower(m.Description), text)
}

// FindSecrets lists what q selects of the secrets of exactly this scope, in order of
// their aliases. Errors: [InvalidRequest] for a type or a word that does not exist.
func (s *Store) FindSecrets(ctx context.Context, scope resolver.Scope, q SecretQuery) (Page[Metadata], error) {
	found := Page[Metadata]{Items: []Metadata{}}
	if err := q.check(); err != nil {
		return found, err
	}
	limit := q.limit()
	last := ""
	for part := (Paging{Cursor: q.Cursor, Limit: limit + 1}); ; {
		page, err := s.Secrets(ctx, scope, part)
		if err != nil {
			return Page[Metadata]{}, err
		}
		for i := range page.Items {
			m := &page.Items[i]
			if q.selects(m) {
				if len(found.Items) == limit {
					found.Next = cursor(last)
					return found, nil
				}
				found.Items = append(found.Items, *m)
			}
			last, _ = macros.Canonical(m.Alias)
		}
		if page.Next == "" {
			return found, nil
		}
		// Where few are selected, the rest is read in large pages.
		part = Paging{Cursor: page.Next, Limit: MaxLimit}
	}
}
