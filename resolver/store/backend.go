package store

import (
	"context"
	"errors"
	"time"
)

// Table is a kind of row. Its text is part of what is stored and never changes.
type Table string

// The tables. Rows of the first seven are sealed: see [Row].
const (
	TableSecrets   Table = "secrets"
	TableTokens    Table = "tokens"
	TableSessions  Table = "sessions"
	TableTemplates Table = "templates"
	TableFlows     Table = "flows"
	// TableVersions holds what templates and flows were before.
	TableVersions Table = "versions"
	// TableRemainders holds values that were replaced or deleted, for the redactor
	// alone, until their grace time ends.
	TableRemainders Table = "remainders"
	// TableAudit rows have keys that grow with time.
	TableAudit Table = "audit"
	// TableUsed holds the time at which a secret was last used.
	TableUsed Table = "used"
	// TableUses holds counters: uses of a secret by alias, minute and token.
	TableUses Table = "uses"
	// TableHours and TableDays hold counters too: uses of a secret by alias, hour
	// or day, and token.
	TableHours Table = "hours"
	TableDays  Table = "days"
	// TableRepeats holds the answers to requests that may come again, and counters of
	// them by token and hour.
	TableRepeats Table = "repeats"
	// TableMeta holds the keyring.
	TableMeta Table = "meta"
)

// SealedTables returns the tables whose rows are covered by the scope's head.
func SealedTables() []Table {
	return []Table{TableSecrets, TableTokens, TableSessions, TableTemplates, TableFlows, TableVersions, TableRemainders}
}

// valueTables are those of the sealed tables whose rows have values.
var valueTables = []Table{TableSecrets, TableTemplates, TableFlows, TableVersions, TableRemainders}

// noun is what one row is called in messages.
func (t Table) noun() string {
	switch t {
	case TableSecrets:
		return "secret"
	case TableTokens:
		return "token"
	case TableSessions:
		return "session"
	case TableTemplates:
		return "template"
	case TableRemainders:
		return "replaced value"
	case TableFlows:
		return "flow"
	case TableVersions:
		return "version"
	}
	return string(t) + " row"
}

// Key addresses a row. Scope is opaque to a backend: all rows of one scope are
// kept together (in Redis, in one hash slot), and every [Batch] stays in one.
type Key struct {
	Table Table
	Scope string
	Key   string
}

// Row is what a backend keeps, byte for byte. It holds nothing in clear that
// is secret: Value and Seal are ciphertexts.
type Row struct {
	Key
	// Revision is the epoch of the scope at which the row was written.
	Revision int64
	// Meta is what may be read without a key. At most 64 KiB.
	Meta []byte
	// Seal authenticates Key, Revision and Meta; empty in unsealed tables.
	Seal []byte
	// Value is the encrypted content; empty where a row has none.
	Value []byte
}

// Head is the state of a scope: how many batches changed it, and an encrypted
// digest over all of its sealed rows. The zero Head is a scope never written.
type Head struct {
	Epoch int64
	Data  []byte
}

// Batch is a change of rows of one scope that happens whole or not at all.
type Batch struct {
	Scope string
	// Head, if not nil, becomes the scope's head, provided that the present one
	// is Prior, in its epoch and in its data; otherwise nothing changes and
	// Commit returns [ErrConflict].
	Head  *Head
	Prior Head
	// Put inserts rows or replaces them whole.
	Put []Row
	// Delete removes rows; one that does not exist is no error.
	Delete []Key
	// Count adds to counters, which start at 0.
	Count []Count
}

// Count adds N to the counter at Key.
type Count struct {
	Key
	N int64
}

// Counter is a counter's key and its value.
type Counter = Count

// Move adds the counter at From to the one at To, in the same scope, and removes it;
// the zero To drops it.
type Move struct{ From, To Key }

// Range selects rows of one table and scope in the order of their keys.
type Range struct {
	Table Table
	Scope string
	// After excludes all keys up to it: those <= After, or >= After where
	// Reverse is set. "" excludes none.
	After string
	// Prefix selects keys that start with it.
	Prefix string
	// Limit is the most rows returned; at least 1.
	Limit int
	// Reverse goes from the greatest key down.
	Reverse bool
}

// Errors of a backend that the store understands. Others mean that the backend
// cannot do its work at present.
var (
	// ErrConflict: another writer changed the scope first.
	ErrConflict = errors.New("store: the scope was changed by another writer")
	// ErrFull: there is no room to write; reading still works.
	ErrFull = errors.New("the disk is full")
	// ErrUnreachable: no answer came, or one that the data cannot be read now. A
	// server that refuses is reached.
	ErrUnreachable = errors.New("store: the backend cannot be reached")
	// ErrUnknown: it cannot be told whether a commit was applied.
	ErrUnknown = errors.New("store: it is unknown whether the change was made")
)

// Backend keeps rows. It knows nothing of secrets, types or keys: [Store] does
// all of that once, over any backend. Its methods are safe for concurrent use.
// An error's text MUST name no more than the place and kind of the failure.
// A backend MUST answer with copies that the caller may keep.
type Backend interface {
	// Name returns what the backend is, for logs: no path, no credential.
	Name() string
	// Find returns the row at each key, or nil where there is none. Without
	// values it need not load [Row.Value].
	Find(ctx context.Context, keys []Key, values bool) ([]*Row, error)
	// Scan returns rows in order of their keys, without their values.
	Scan(ctx context.Context, r Range) ([]Row, error)
	// Counters returns counters in order of their keys.
	Counters(ctx context.Context, r Range) ([]Counter, error)
	// Snapshot calls row for every row of these tables in the scope, without
	// values, and returns the head; head and sealed rows as of one moment, rows
	// of other tables as of one close to it. An error of row ends it and is
	// returned.
	Snapshot(ctx context.Context, scope string, tables []Table, row func(Row) error) (Head, error)
	// Head returns the head of a scope.
	Head(ctx context.Context, scope string) (Head, error)
	// Scopes returns all scopes that have a head, sorted.
	Scopes(ctx context.Context) ([]string, error)
	// Commit applies b. When it returns nil, b survives a crash; when it
	// returns an error that is not [ErrUnknown], nothing changed.
	Commit(ctx context.Context, b Batch) error
	// Fold moves counters of one scope. What stands at From at that moment is
	// moved whole or not at all, and where nothing does, nothing happens, so
	// that it can be repeated. It works where there is no room for Commit,
	// if it can.
	Fold(ctx context.Context, scope string, moves []Move) error
	// Ready returns why the backend cannot be trusted to answer with what is
	// newest, or nil.
	Ready(ctx context.Context) error
	// Close releases the backend.
	Close() error
}

// Tracker is a [Backend] that knows what was changed last.
type Tracker interface {
	// Changed returns the head of a scope and, for every sealed row that was put
	// or deleted after the epoch since, what stands there now, without its
	// value, or nil; all as of one moment. Where that is not known, the map is
	// nil.
	Changed(ctx context.Context, scope string, since int64) (Head, map[Key]*Row, error)
}

// Mender is a [Backend] whose rows and lists of rows are kept apart, so that what
// came from outside, or from a write that stopped half way, can be in one alone.
type Mender interface {
	// Mend makes the lists of these tables of a scope agree with their rows.
	Mend(ctx context.Context, scope string, tables []Table) error
}

// Leaser is a [Backend] of several processes that tells them which one does a work
// that is to be done by one at a time.
type Leaser interface {
	// Lease reports whether this process has the work of this name, from now on
	// and for this long. Who has it keeps it by asking again in time. Where
	// clocks differ, two may have it: the work MUST bear that.
	Lease(ctx context.Context, name string, now time.Time, length time.Duration) (bool, error)
}

// Watcher is a [Backend] that other processes write to as well.
type Watcher interface {
	// Watch calls changed with the key of every sealed row that this or
	// another process put or deleted, and with the zero Key when changes may
	// have been missed. It returns within a second; stop waits for a running
	// call.
	Watch(changed func(Key)) (stop func())
	// Hearing reports whether what other processes write is heard now.
	Hearing() bool
}
