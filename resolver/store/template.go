package store

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/resolver"
)

// MaxTemplateBytes is the size of the largest definition of a template.
const MaxTemplateBytes = 1 << 20

// maxTemplateAliases keeps a row's meta within what a backend promises.
const maxTemplateAliases = 400

// TemplateDraft is a template to be stored. The store does not compile it: the
// caller refuses what is broken.
type TemplateDraft struct {
	// Definition is the JSON that the caller wants back; at most 1 MiB. It
	// is stored encrypted.
	Definition  json.RawMessage
	Description string
	// Aliases are the canonical aliases that the template mentions or
	// declares; at most 400.
	Aliases []string
}

// Template is a stored template.
type Template struct {
	ID          string          `json:"id"`
	Scope       resolver.Scope  `json:"scope"`
	Version     int64           `json:"version"`
	Description string          `json:"description"`
	Aliases     []string        `json:"secrets"`
	CreatedAt   time.Time       `json:"created_at"`
	UpdatedAt   time.Time       `json:"updated_at"`
	Definition  json.RawMessage `json:"-"` // nil in lists
}

// TemplateRef names a stored template.
type TemplateRef struct {
	ID    string         `json:"id"`
	Scope resolver.Scope `json:"scope"`
}

const templateFormat = 1

// encode returns the meta of the template's row.
func (t *Template) encode() []byte {
	var e encoder
	e.int(templateFormat)
	e.int(t.Version)
	e.string(t.Description)
	e.strings(t.Aliases)
	e.time(t.CreatedAt)
	e.time(t.UpdatedAt)
	return e.buf
}

func decodeTemplate(row *Row) (Template, error) {
	d := decoder{buf: row.Meta}
	format := d.int()
	t := Template{
		ID: row.Key.Key, Scope: resolver.Scope(row.Scope), Version: d.int(), Description: d.string(),
		Aliases: d.strings(), CreatedAt: d.time(), UpdatedAt: d.time(),
	}
	if d.end() != nil || format != templateFormat {
		return t, damage(row.Key)
	}
	return t, nil
}

// binding is what ties a definition's ciphertext to this version.
func (t *Template) binding() []byte {
	var e encoder
	e.int(t.Version)
	e.time(t.CreatedAt)
	return e.buf
}

// openTemplate decodes row, which find returned with its value.
func (s *Store) openTemplate(row *Row) (Template, error) {
	t, err := decodeTemplate(row)
	if err != nil {
		return t, err
	}
	keys := s.keys()
	t.Definition, err = keys.open(row.Value, keys.valueBinding(row.Key, t.binding()))
	if err != nil {
		return Template{}, damage(row.Key)
	}
	return t, nil
}

// PutTemplate stores a template under id, as a new version where there is one.
// Errors: [InvalidRequest] for an id that is not spelled like an alias, or a
// definition that is no JSON or too large, and [NoChanges].
func (s *Store) PutTemplate(ctx context.Context, by Actor, scope resolver.Scope, id string, d TemplateDraft) (Template, error) {
	var stored Template
	err := s.audited(ctx, by, "template.put", scope, id, func() error {
		if err := checkTemplate(scope, id, d); err != nil {
			return err
		}
		var definition bytes.Buffer
		if json.Compact(&definition, d.Definition) != nil {
			return refusal(InvalidRequest, "the template's definition is not JSON")
		}
		aliases := slices.Clone(d.Aliases)
		slices.Sort(aliases)
		next := Template{ID: id, Scope: scope, Description: d.Description, Aliases: slices.Compact(aliases), Definition: definition.Bytes()}
		var err error
		stored, err = s.putTemplate(ctx, by, next)
		return err
	})
	s.templates.drop(Key{Table: TableTemplates, Scope: string(scope), Key: id})
	return stored, err
}

func (s *Store) putTemplate(ctx context.Context, by Actor, next Template) (Template, error) {
	err := s.changeScope(ctx, string(next.Scope), func(c *change) error {
		row, err := c.find(TableTemplates, next.ID, true)
		if err != nil {
			return err
		}
		next.Version, next.CreatedAt, next.UpdatedAt = 1, s.now(), s.now()
		if row != nil {
			old, err := s.openTemplate(row)
			if err != nil {
				return err
			}
			if bytes.Equal(old.Definition, next.Definition) && old.Description == next.Description && slices.Equal(old.Aliases, next.Aliases) {
				return refusal(NoChanges, "nothing changes: the template is stored like this already")
			}
			next.Version, next.CreatedAt = old.Version+1, old.CreatedAt
		}
		if err := c.put(row, TableTemplates, next.ID, next.encode(), next.Definition, next.binding()); err != nil {
			return err
		}
		return c.audit(by.event("template.put", next.Scope, next.ID, next.Version))
	})
	if err != nil {
		return Template{}, err
	}
	definition := next.Definition
	next, err = decodeTemplate(&Row{Key: Key{Scope: string(next.Scope), Key: next.ID}, Meta: next.encode()})
	next.Definition = definition
	return next, err
}

func checkTemplate(scope resolver.Scope, id string, d TemplateDraft) error {
	if err := checkScope(scope); err != nil {
		return err
	}
	if err := checkTemplateID(id); err != nil {
		return err
	}
	if len(d.Definition) > MaxTemplateBytes {
		return refusal(InvalidRequest, "the template is larger than %d bytes: split it", MaxTemplateBytes)
	}
	if len(d.Aliases) > maxTemplateAliases {
		return refusal(InvalidRequest, "the template uses more than %d secrets: split it", maxTemplateAliases)
	}
	for _, alias := range d.Aliases {
		if canonical, ok := macros.Canonical(alias); !ok || canonical != alias {
			return refusal(InvalidRequest, "the template uses something that is not a canonical alias")
		}
	}
	return checkDescription(d.Description)
}

func checkTemplateID(id string) error {
	if _, ok := macros.Canonical(id); !ok {
		return refusal(InvalidRequest, "the template's id must have 1 to %d letters, digits, _ or -, and not start with -", macros.MaxAliasBytes).field("id")
	}
	return nil
}

// Template returns the newest version of a template, with its definition, or
// [NotFound]. It does no I/O for one that was read lately.
func (s *Store) Template(ctx context.Context, scope resolver.Scope, id string) (Template, error) {
	key := Key{Table: TableTemplates, Scope: string(scope), Key: id}
	if checkScope(scope) != nil || checkTemplateID(id) != nil {
		return Template{}, refusal(NotFound, "there is no such template")
	}
	return s.templates.get(key, func() (Template, error) {
		rows, err := s.find(ctx, []Key{key}, true)
		if err != nil {
			return Template{}, err
		}
		if rows[0] == nil {
			return Template{}, absent(key)
		}
		return s.openTemplate(rows[0])
	})
}

// Templates lists the templates of exactly this scope, in order of their ids.
func (s *Store) Templates(ctx context.Context, scope resolver.Scope, p Paging) (Page[Template], error) {
	return list(ctx, s, TableTemplates, string(scope), p, func(row *Row) (Template, bool, error) {
		t, err := decodeTemplate(row)
		return t, true, err
	})
}

// DeleteTemplate removes a template. Errors: [NotFound].
func (s *Store) DeleteTemplate(ctx context.Context, by Actor, scope resolver.Scope, id string) error {
	key := Key{Table: TableTemplates, Scope: string(scope), Key: id}
	err := s.audited(ctx, by, "template.delete", scope, id, func() error {
		if checkScope(scope) != nil || checkTemplateID(id) != nil {
			return refusal(NotFound, "there is no such template")
		}
		return s.changeScope(ctx, key.Scope, func(c *change) error {
			row, err := c.find(TableTemplates, id, false)
			if err != nil {
				return err
			}
			if row == nil {
				return absent(key)
			}
			t, err := decodeTemplate(row)
			if err != nil {
				return err
			}
			if err := c.delete(row); err != nil {
				return err
			}
			return c.audit(by.event("template.delete", scope, id, t.Version))
		})
	})
	s.templates.drop(key)
	return err
}

// Usage returns the stored templates, of this scope and those below, for which
// alias means this secret; or [NotFound].
func (s *Store) Usage(ctx context.Context, scope resolver.Scope, alias string) ([]TemplateRef, error) {
	key, err := address(scope, alias)
	if err != nil {
		return nil, err
	}
	rows, err := s.find(ctx, []Key{key}, false)
	if err != nil {
		return nil, err
	}
	if rows[0] == nil {
		return nil, absent(key)
	}
	scopes, err := s.below(ctx, scope)
	if err != nil {
		return nil, err
	}
	used := []TemplateRef{}
	for _, at := range scopes {
		hidden, err := s.shadowed(ctx, key, resolver.Scope(at))
		if err != nil {
			return nil, err
		}
		if hidden {
			continue
		}
		err = s.each(ctx, TableTemplates, at, func(row *Row) error {
			t, err := decodeTemplate(row)
			if slices.Contains(t.Aliases, key.Key) {
				used = append(used, TemplateRef{ID: t.ID, Scope: t.Scope})
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return used, nil
}

// shadowed reports whether from sees another secret than the one at key, nearer
// to it.
func (s *Store) shadowed(ctx context.Context, key Key, from resolver.Scope) (bool, error) {
	entries := make([]resolver.Entry, 1)
	if err := s.Fetch(ctx, from, []string{key.Key}, false, entries); err != nil {
		return false, err
	}
	return string(entries[0].Scope) != key.Scope, nil
}

// unused returns a check for the plan of a change: [InUse], with the list, where
// stored templates mean this secret and force is not set. It looks at the scopes
// below now, and once more at the secret's own scope as part of the change, so
// that no template stored there meanwhile loses its secret.
func (s *Store) unused(ctx context.Context, scope resolver.Scope, alias string, force bool) func(*change) error {
	if force {
		return func(*change) error { return nil }
	}
	used, err := s.Usage(ctx, scope, alias)
	if err == nil {
		err = inUse(used)
	}
	return func(c *change) error {
		if err != nil {
			return err
		}
		used, err := c.templatesOf(alias)
		if err != nil {
			return err
		}
		return inUse(used)
	}
}

// inUse returns [InUse] where there are templates that use a secret.
func inUse(used []TemplateRef) error {
	if len(used) == 0 {
		return nil
	}
	refused := refusal(InUse, "%d stored templates use the secret: change them first, or force it", len(used))
	refused.Templates = used
	return refused
}

// templatesOf returns the templates of the changed scope that mention alias.
func (c *change) templatesOf(alias string) ([]TemplateRef, error) {
	alias, _ = macros.Canonical(alias)
	var used []TemplateRef
	err := c.each(TableTemplates, func(row *Row) error {
		t, err := decodeTemplate(row)
		if slices.Contains(t.Aliases, alias) {
			used = append(used, TemplateRef{ID: t.ID, Scope: t.Scope})
		}
		return err
	})
	return used, err
}
