package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"

	"filippo.io/age"

	"github.com/sotto-render/sotto/resolver"
)

// archiveFormat is the first line of an archive, inside the encryption.
const archiveFormat = "sotto-export-1"

// archiveLine is one JSON line of an archive: the format, or one record.
type archiveLine struct {
	Format   string            `json:"format,omitempty"`
	Secret   *archivedSecret   `json:"secret,omitempty"`
	Template *archivedDocument `json:"template,omitempty"`
	Flow     *archivedDocument `json:"flow,omitempty"`
	Token    *archivedToken    `json:"token,omitempty"`
}

type archivedSecret struct {
	Metadata
	// Value is the value as the API takes it.
	Value json.RawMessage `json:"value"`
	// Unmasked are the fields that were chosen; nil is the default.
	Unmasked *[]string `json:"unmasked,omitempty"`
}

type archivedDocument struct {
	Document
	Definition json.RawMessage `json:"definition"`
}

type archivedToken struct {
	AccessToken
	Hash []byte `json:"hash"`
}

// Export writes the secrets (with their values), templates, flows and tokens of scope
// and those below, encrypted for the recipients; "" is the whole store. See
// age.NewScryptRecipient for a passphrase. The audit trail, the counted uses and
// earlier versions stay where they are. Whoever can open the archive can read every value.
func (s *Store) Export(ctx context.Context, by Actor, scope resolver.Scope, w io.Writer, progress Progress, to ...age.Recipient) error {
	if err := s.Record(ctx, by.event("export", scope, "", 0)); err != nil {
		return err
	}
	keys, err := s.exported(ctx, scope)
	if err != nil {
		return err
	}
	sealed, err := age.Encrypt(w, to...)
	if err != nil {
		return refusal(InvalidRequest, "the archive cannot be encrypted for these recipients: %v", err)
	}
	out := json.NewEncoder(sealed)
	out.SetEscapeHTML(false)
	if err := out.Encode(archiveLine{Format: archiveFormat}); err != nil {
		return errWrite
	}
	for i, key := range keys {
		progress.tell(i, len(keys))
		rows, err := s.find(ctx, []Key{key}, true)
		if err != nil {
			return err
		}
		if rows[0] == nil { // deleted since
			continue
		}
		line, err := s.archiveLine(rows[0])
		if err != nil {
			return err
		}
		if err := out.Encode(line); err != nil {
			return errWrite
		}
	}
	progress.tell(len(keys), len(keys))
	if err := sealed.Close(); err != nil {
		return errWrite
	}
	return nil
}

// errWrite does not wrap what the encoder or the writer says: it may quote what
// was being written.
var errWrite = refusal(Internal, "the archive cannot be written: there is no room, or its reader went away")

// exported returns the rows that scope and those below hold.
func (s *Store) exported(ctx context.Context, scope resolver.Scope) ([]Key, error) {
	var keys []Key
	scopes, err := s.below(ctx, scope)
	if err != nil {
		return nil, err
	}
	for _, at := range scopes {
		for _, table := range []Table{TableSecrets, TableTemplates, TableFlows} {
			err := s.each(ctx, table, at, func(row *Row) error {
				keys = append(keys, row.Key)
				return nil
			})
			if err != nil {
				return nil, err
			}
		}
	}
	err = s.each(ctx, TableTokens, storeScope, func(row *Row) error {
		r, err := decodeToken(row)
		if scope.Covers(r.Scope) {
			keys = append(keys, row.Key)
		}
		return err
	})
	return keys, err
}

func (s *Store) archiveLine(row *Row) (archiveLine, error) {
	switch row.Table {
	case TableSecrets:
		r, err := decodeSecret(row)
		if err != nil {
			return archiveLine{}, err
		}
		plain, err := s.openPlain(row, r)
		if err != nil {
			return archiveLine{}, err
		}
		value, err := r.kind.external(plain)
		if err != nil {
			return archiveLine{}, damage(row.Key)
		}
		archived := &archivedSecret{Metadata: r.metadata(row.Scope), Value: value}
		if r.unmasked != nil {
			archived.Unmasked = &r.unmasked
		}
		return archiveLine{Secret: archived}, nil
	case TableTemplates:
		d, err := s.openDocument(row)
		return archiveLine{Template: &archivedDocument{d, d.Definition}}, err
	case TableFlows:
		d, err := s.openDocument(row)
		return archiveLine{Flow: &archivedDocument{d, d.Definition}}, err
	}
	r, err := decodeToken(row)
	return archiveLine{Token: &archivedToken{r.AccessToken, r.hash[:]}}, err
}

// external returns the plain form of a value as the API takes it.
func (t Type) external(plain []byte) (json.RawMessage, error) {
	switch t {
	case JSON:
		return plain, nil
	case Credentials:
		c, err := credentialsOf(plain)
		if err != nil {
			return nil, err
		}
		return json.Marshal(c)
	}
	return Text(string(plain)).Reveal(), nil
}

// Imported says what an import did.
type Imported struct {
	Secrets   int `json:"secrets"`
	Templates int `json:"templates"`
	Flows     int `json:"flows"`
	Tokens    int `json:"tokens"`
	// Skipped counts what was there already and was left as it is.
	Skipped int `json:"skipped"`
}

func (i Imported) total() int { return i.Secrets + i.Templates + i.Flows + i.Tokens + i.Skipped }

// Import restores what [Store.Export] wrote, with versions and times, into the
// scopes it came from. What exists is left as it is, so that an import which
// was stopped can be run again. Tokens that were revoked since the export work
// again: revoke them again. Progress is told a total of 0, for nobody knows
// it. Errors: [InvalidRequest] where no identity opens the archive, or it is
// none or damaged; what came before the damage is restored.
func (s *Store) Import(ctx context.Context, by Actor, r io.Reader, progress Progress, with ...age.Identity) (Imported, error) {
	var done Imported
	opened, err := age.Decrypt(r, with...)
	var wrong *age.NoIdentityMatchError
	switch {
	case errors.As(err, &wrong):
		return done, refusal(InvalidRequest, "the archive does not open with this passphrase or identity")
	case err != nil:
		return done, refusal(InvalidRequest, "this is no archive of an export: it must be a file that age encrypted")
	}
	in := json.NewDecoder(opened)
	var line archiveLine
	if in.Decode(&line) != nil || line.Format != archiveFormat {
		return done, refusal(InvalidRequest, "this is no archive that this version of sotto can read")
	}
	for in.More() {
		line = archiveLine{}
		// The decoder's words may quote a value.
		if in.Decode(&line) != nil {
			return done, damagedArchive(done)
		}
		if err := s.importLine(ctx, by, line, &done); err != nil {
			return done, err
		}
		progress.tell(done.total(), 0)
	}
	// The last read proves that the archive was not cut off.
	if _, err := opened.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		return done, damagedArchive(done)
	}
	return done, nil
}

func damagedArchive(done Imported) *Error {
	return refusal(InvalidRequest, "the archive is damaged or cut off behind its record %d; the records before it were restored", done.total())
}

func (s *Store) importLine(ctx context.Context, by Actor, line archiveLine, done *Imported) error {
	var inserted bool
	var err error
	count := &done.Secrets
	switch {
	case line.Secret != nil:
		inserted, err = s.importSecret(ctx, by, *line.Secret)
	case line.Template != nil:
		count = &done.Templates
		inserted, err = s.importDocument(ctx, by, TemplateKind, *line.Template)
	case line.Flow != nil:
		count = &done.Flows
		inserted, err = s.importDocument(ctx, by, FlowKind, *line.Flow)
	case line.Token != nil:
		count = &done.Tokens
		inserted, err = s.importToken(ctx, by, *line.Token)
	default:
		return damagedArchive(*done)
	}
	if err != nil {
		return err
	}
	if !inserted {
		count = &done.Skipped
	}
	*count++
	return nil
}

func (s *Store) importSecret(ctx context.Context, by Actor, a archivedSecret) (bool, error) {
	m := a.Metadata
	value := Raw(a.Value)
	alias, err := checkDraft(m.Scope, Draft{Alias: m.Alias, Type: m.Type, Description: m.Description})
	if err != nil {
		return false, err
	}
	checked, err := value.check(m.Type, nil)
	if err != nil {
		return false, err
	}
	record := secretRecord{
		display: m.Alias, kind: m.Type, description: m.Description, version: max(m.Version, 1), fields: checked.fields,
		created: m.CreatedAt, updated: m.UpdatedAt, archived: m.Archived,
	}
	_, _ = rand.Read(record.id[:]) // never fails: see crypto/rand
	if a.Unmasked != nil {
		if err := record.setUnmasked(*a.Unmasked, checked.plain); err != nil {
			return false, err
		}
	}
	_, err = s.insert(ctx, by, "secret.import", m.Scope, alias, record, checked.plain)
	if CodeOf(err) == AliasTaken {
		return false, nil
	}
	return err == nil, err
}

func (s *Store) importToken(ctx context.Context, by Actor, a archivedToken) (bool, error) {
	r := tokenRecord{AccessToken: a.AccessToken}
	r.Limits = r.Limits.orNil()
	if len(a.Hash) != len(r.hash) || !validTokenID(r.ID) {
		return false, refusal(InvalidRequest, "a token of the archive is not one that sotto made")
	}
	copy(r.hash[:], a.Hash)
	if err := (TokenDraft{Role: r.Role, Scope: r.Scope, Description: r.Description, Limits: r.Limits}).check(); err != nil {
		return false, err
	}
	return s.insertToken(ctx, by, "token.import", &r)
}

func (s *Store) importDocument(ctx context.Context, by Actor, kind Kind, a archivedDocument) (inserted bool, err error) {
	d := a.Document
	d.Kind = kind
	var definition bytes.Buffer
	if json.Compact(&definition, a.Definition) != nil {
		return false, refusal(InvalidRequest, "a %s of the archive is not JSON", kind)
	}
	draft := DocumentDraft{Definition: definition.Bytes(), Description: d.Description, Note: d.Note, Aliases: d.Aliases}
	if err := draft.check(kind, d.Scope, d.ID); err != nil {
		return false, err
	}
	err = s.changeScope(ctx, string(d.Scope), func(c *change) error {
		row, err := c.find(kind.table(), d.ID, false)
		if err != nil {
			return err
		}
		if inserted = row == nil; !inserted {
			return nil
		}
		if err := c.put(nil, kind.table(), d.ID, d.encode(), definition.Bytes(), d.binding()); err != nil {
			return err
		}
		return c.audit(by.event(string(kind)+".import", d.Scope, d.ID, d.Version))
	})
	s.documents.drop(d.key())
	return inserted && err == nil, err
}
