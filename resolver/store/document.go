package store

import (
	"encoding/json"
	"time"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/resolver"
)

// MaxDocumentBytes is the size of the largest definition of a document.
const MaxDocumentBytes = 1 << 20

// maxDocumentAliases keeps a row's meta within what a backend promises.
const maxDocumentAliases = 400

// Kind is one of the kinds of documents that authors store.
type Kind string

// The kinds of documents. Their texts are part of what is stored and never change.
const (
	TemplateKind Kind = "template"
	FlowKind     Kind = "flow"
)

var kinds = []Kind{TemplateKind, FlowKind}

func (k Kind) table() Table {
	if k == FlowKind {
		return TableFlows
	}
	return TableTemplates
}

// DocumentDraft is a document to be stored. The store does not compile it: the
// caller refuses what is broken.
type DocumentDraft struct {
	// Definition is the JSON that the caller wants back; at most 1 MiB. It
	// is stored encrypted.
	Definition  json.RawMessage
	Description string
	// Note says what this version changes; at most as long as a description.
	Note string
	// Aliases are the canonical aliases that the document mentions or
	// declares; at most 400.
	Aliases []string
	// If is what has to be true of what is stored now.
	If Condition
	// Created, if not nil, is set to whether there was none before.
	Created *bool
}

// Document is a stored template or flow in one of its versions.
type Document struct {
	Kind    Kind           `json:"-"`
	ID      string         `json:"id"`
	Scope   resolver.Scope `json:"scope"`
	Version int64          `json:"version"`
	// Author is who stored this version, as in [Event]; "" for one that is from
	// before authors were kept.
	Author      string          `json:"author,omitempty"`
	Note        string          `json:"note,omitempty"`
	Description string          `json:"description"`
	Aliases     []string        `json:"secrets"`
	CreatedAt   time.Time       `json:"created_at"`
	UpdatedAt   time.Time       `json:"updated_at"`
	Definition  json.RawMessage `json:"-"` // nil in lists
}

// DocumentRef names a stored document.
type DocumentRef struct {
	Kind  Kind           `json:"kind"`
	ID    string         `json:"id"`
	Scope resolver.Scope `json:"scope"`
}

func (d *Document) ref() DocumentRef { return DocumentRef{Kind: d.Kind, ID: d.ID, Scope: d.Scope} }

func (d *Document) key() Key {
	return Key{Table: d.Kind.table(), Scope: string(d.Scope), Key: d.ID}
}

// Documents of the first format have neither author nor note.
const documentFormat = 2

// encode returns the meta of the document's row.
func (d *Document) encode() []byte {
	var e encoder
	e.int(documentFormat)
	e.int(d.Version)
	e.string(d.Description)
	e.strings(d.Aliases)
	e.time(d.CreatedAt)
	e.time(d.UpdatedAt)
	e.string(d.Author)
	e.string(d.Note)
	return e.buf
}

// decodeDocument reads the row of a document, or of an earlier version of one.
func decodeDocument(row *Row) (Document, error) {
	kind, id := documentOf(row.Key)
	in := decoder{buf: row.Meta}
	format := in.format(documentFormat)
	d := Document{
		Kind: kind, ID: id, Scope: resolver.Scope(row.Scope), Version: in.int(), Description: in.string(),
		Aliases: in.strings(), CreatedAt: in.time(), UpdatedAt: in.time(),
	}
	if format == documentFormat {
		d.Author, d.Note = in.string(), in.string()
	}
	if in.end() != nil {
		return d, damage(row.Key)
	}
	return d, nil
}

// binding is what ties a definition's ciphertext to this version.
func (d *Document) binding() []byte {
	var e encoder
	e.int(d.Version)
	e.time(d.CreatedAt)
	return e.buf
}

// openDocument decodes row, which find returned with its value.
func (s *Store) openDocument(row *Row) (Document, error) {
	d, err := decodeDocument(row)
	if err != nil {
		return d, err
	}
	keys := s.keys()
	d.Definition, err = keys.open(row.Value, keys.valueBinding(row.Key, d.binding()))
	if err != nil {
		return Document{}, damage(row.Key)
	}
	return d, nil
}

func (d *DocumentDraft) check(kind Kind, scope resolver.Scope, id string) error {
	if err := checkScope(scope); err != nil {
		return err
	}
	if err := checkDocumentID(kind, id); err != nil {
		return err
	}
	if len(d.Definition) > MaxDocumentBytes {
		return refusal(InvalidRequest, "the %s is larger than %d bytes: split it", kind, MaxDocumentBytes)
	}
	if len(d.Aliases) > maxDocumentAliases {
		return refusal(InvalidRequest, "the %s uses more than %d secrets: split it", kind, maxDocumentAliases)
	}
	for _, alias := range d.Aliases {
		if canonical, ok := macros.Canonical(alias); !ok || canonical != alias {
			return refusal(InvalidRequest, "the %s uses something that is not a canonical alias", kind)
		}
	}
	if len(d.Note) > MaxDescriptionBytes {
		return refusal(InvalidRequest, "the note is longer than %d bytes: shorten it", MaxDescriptionBytes).field("note")
	}
	return checkDescription(d.Description)
}

func checkDocumentID(kind Kind, id string) error {
	if _, ok := macros.Canonical(id); !ok {
		return refusal(InvalidRequest, "the %s's id must have 1 to %d letters, digits, _ or -, and not start with -", kind, macros.MaxAliasBytes).field("id")
	}
	return nil
}

// same reports whether an author wrote the same in two versions. Their aliases may differ:
// those of partials belong to them.
func (d *Document) same(other *Document) bool {
	return string(d.Definition) == string(other.Definition) && d.Description == other.Description
}
