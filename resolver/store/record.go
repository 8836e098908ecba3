package store

import (
	"time"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
)

// secretRecord is the meta of a row of secrets.
type secretRecord struct {
	// id is random, so that a secret which is created again under the alias
	// of a deleted one is another one.
	id          [8]byte
	display     string
	kind        Type
	description string
	version     int64
	fields      []string
	created     time.Time
	updated     time.Time
	archived    bool
	// unmasked are the fields that free text shows; nil for the default ones.
	unmasked []string
}

// The formats of a record: the second has a choice of unmasked fields behind the first.
const (
	secretFormat         = 1
	secretFormatUnmasked = 2
)

func (r *secretRecord) encode() []byte {
	e := encoder{buf: make([]byte, 0, 96+len(r.description))}
	format := int64(secretFormat)
	if r.unmasked != nil {
		format = secretFormatUnmasked
	}
	e.int(format)
	e.bytes(r.id[:])
	e.string(r.display)
	e.string(string(r.kind))
	e.string(r.description)
	e.int(r.version)
	e.strings(r.fields)
	e.time(r.created)
	e.time(r.updated)
	e.bool(r.archived)
	if r.unmasked != nil {
		e.strings(r.unmasked)
	}
	return e.buf
}

func decodeSecret(row *Row) (secretRecord, error) {
	var r secretRecord
	d := decoder{buf: row.Meta}
	format := d.format(secretFormatUnmasked)
	copy(r.id[:], d.bytes())
	r.display = d.string()
	r.kind = typeOf(d.bytes())
	r.description = d.string()
	r.version = d.int()
	r.fields = d.strings()
	r.created, r.updated = d.time(), d.time()
	r.archived = d.bool()
	if format == secretFormatUnmasked {
		r.unmasked = d.strings()
	}
	if d.end() != nil {
		return r, damage(row.Key)
	}
	return r, nil
}

// typeOf returns the type called name, without a copy for those there are.
func typeOf(name []byte) Type {
	switch string(name) {
	case string(Token):
		return Token
	case string(Credentials):
		return Credentials
	case string(JSON):
		return JSON
	}
	return Type(name)
}

// binding is what ties a ciphertext to this version of the secret.
func (r *secretRecord) binding() []byte {
	e := encoder{buf: make([]byte, 0, 40)}
	e.bytes(r.id[:])
	e.int(r.version)
	e.string(string(r.kind))
	return e.buf
}

// metadata shows no field that is not a name: records that were written before keys
// counted as values may hold some.
func (r *secretRecord) metadata(scope string) Metadata {
	return Metadata{
		Alias: r.display, Type: r.kind, Description: r.description,
		Scope: resolver.Scope(scope), Version: r.version, Fields: r.names(),
		CreatedAt: r.created, UpdatedAt: r.updated, Archived: r.archived,
	}
}

// openPlain decrypts the value of row, which find returned with its value.
func (s *Store) openPlain(row *Row, r secretRecord) ([]byte, error) {
	keys := s.keys()
	plain, err := keys.open(row.Value, keys.valueBinding(row.Key, r.binding()))
	if err != nil {
		return nil, damage(row.Key)
	}
	return plain, nil
}

// secret returns the value of the record as an opaque one, from its plain form.
func (r *secretRecord) secret(plain []byte) (redact.Secret, error) {
	secret, err := r.kind.secret(plain)
	if err != nil || r.unmasked == nil {
		return secret, err
	}
	return secret.Unmask(r.unmasked...), nil
}

func (s *Store) openSecret(row *Row, r secretRecord) (redact.Secret, error) {
	plain, err := s.openPlain(row, r)
	if err != nil {
		return redact.Secret{}, err
	}
	secret, err := r.secret(plain)
	if err != nil {
		return redact.Secret{}, damage(row.Key)
	}
	return secret, nil
}
