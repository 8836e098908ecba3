package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/sotto-render/sotto/resolver"
)

// Code says what kind of refusal an [Error] is. The codes are those of the
// HTTP API and never change.
type Code string

// The codes that this package returns.
const (
	InvalidRequest Code = "invalid_request"
	InvalidAlias   Code = "invalid_alias"
	InvalidValue   Code = "invalid_value"
	NotFound       Code = "not_found"
	AliasTaken     Code = "alias_taken"
	InUse          Code = "in_use"
	NoChanges      Code = "no_changes"
	// VersionConflict: what is stored is not what a [Condition] requires.
	VersionConflict Code = "version_conflict"
	LockedField     Code = "locked_field"
	// KeyReused: the key of a [Request] was used for another one.
	KeyReused Code = "idempotency_key_reused"
	// RateLimited: a token has more requests known than [MaxRepeats].
	RateLimited  Code = "rate_limited"
	Unauthorized Code = "unauthorized"
	// Unavailable: the backend cannot be reached or cannot write.
	Unavailable Code = "resolver_unavailable"
	// Internal: a record fails its integrity check, or the data needs a key
	// that is not there.
	Internal Code = "internal"
)

// ErrAbsent says that there is no store where one must be.
var ErrAbsent = errors.New("store: there is none")

// Error is why the store refused or could not do something. Its text is built
// from names, kinds and sizes, never from a value, and says what to do.
type Error struct {
	Code    Code
	Message string
	// Scope and Alias are what the call was about, as far as known.
	Scope resolver.Scope
	Alias string
	// Field is the input field that is wrong: "alias", "type", "value",
	// "value.password", "description", ...
	Field string
	// Documents are those that keep a secret from being archived or deleted.
	// Set for [InUse] only.
	Documents []DocumentRef
	cause     error
	// at is the row that fails its check, or nil.
	at *Key
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// Unwrap returns what the backend reported, or nil.
func (e *Error) Unwrap() error { return e.cause }

// CodeOf returns the code of err, [Internal] for a foreign error, and "" for
// nil.
func CodeOf(err error) Code {
	var e *Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.Code
	}
	return Internal
}

func refusal(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

func (e *Error) field(name string) *Error {
	e.Field = name
	return e
}

// sealFailure says which record does not open.
func sealFailure(err error, key Key) error {
	if errors.Is(err, errSeal) || errors.Is(err, errUnknownKey) {
		return damage(key)
	}
	return unavailable(err)
}

// damage is the error about a row that is not what this store wrote there last.
func damage(key Key) *Error {
	e := refusal(Internal, "%s %q of scope %q fails its integrity check: it was changed, moved or put back from outside the store; restore it from a backup, or repair the scope",
		key.Table.noun(), key.Key, key.Scope)
	e.Alias, e.at = key.Key, &key
	return e
}

// unavailable is the error about a backend that does not do its work. An Error
// stays as it is.
func unavailable(err error) error {
	var e *Error
	if errors.As(err, &e) {
		return err
	}
	if errors.Is(err, ErrUnknown) {
		return &Error{Code: Unavailable, Message: "it is unknown whether the change was made, because the store did not answer (" + err.Error() + "): look before you make it again", cause: err}
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return &Error{Code: Unavailable, Message: "the store did not answer in time", cause: err}
	}
	return &Error{Code: Unavailable, Message: "the store cannot do its work now: " + err.Error(), cause: err}
}
