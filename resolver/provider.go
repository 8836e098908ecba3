package resolver

import (
	"context"
	"time"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// Entry is what a provider answers about one alias. The zero Entry says that
// the provider lacks it.
type Entry struct {
	// Status is Missing, Known or Archived. Archived is an answer: no
	// later provider is asked.
	Status macros.Status
	// Secret is the value of a Known entry, where values were asked for.
	Secret redact.Secret
	// Version counts the edits of the secret; 0 where the provider keeps
	// no versions.
	Version int64
	// Scope is where the secret was found: the scope that was asked or
	// one above it. It is the root where the provider keeps no scopes.
	Scope Scope
}

// Provider knows secrets. It is safe for concurrent use.
type Provider interface {
	// Name says which provider this is in logs and metrics, for example
	// "env:INTEGRATION_". It MUST NOT hold a credential.
	Name() string
	// Fetch looks all aliases up at once and sets entries[i] for
	// aliases[i]. Aliases are canonical and distinct; entries are zero.
	// Where the provider keeps scopes it walks from scope up to its
	// parents, and the nearest that has the alias answers. Unless values
	// is set it MUST NOT open a value. It MUST return an error where it
	// cannot tell whether a secret exists or cannot read one that does,
	// and soon after ctx ends. The error's text MUST hold no value. It
	// keeps none of the slices.
	Fetch(ctx context.Context, scope Scope, aliases []string, values bool, entries []Entry) error
}

// Lister is a [Provider] that can tell all its aliases.
type Lister interface {
	// List returns the canonical aliases that are seen from scope and not
	// archived, in any order.
	List(ctx context.Context, scope Scope) ([]string, error)
}

// Keeper is a [Provider] that can tell which scopes have secrets of their own.
// Scopes for which all providers say that they have none share what their parent
// has, and cost next to nothing. Without it each scope is taken to have some.
type Keeper interface {
	// Keeps reports whether anything is kept in exactly this scope, archived
	// secrets too. Below a scope that keeps nothing and above it may be any.
	Keeps(ctx context.Context, scope Scope) (bool, error)
}

// Checker is a [Provider] that can tell whether it works without being asked
// for a secret.
type Checker interface {
	// Ready returns why the provider cannot answer now, or answers from
	// what may be out of date; nil when all is well.
	Ready(ctx context.Context) error
}

// Notifier is a [Provider] that tells when its secrets change.
type Notifier interface {
	// Notify calls heard for each change until stop is called, and not
	// after stop has returned. A change made on this node is told before
	// the call that makes it returns. heard is quick and never calls back.
	Notify(heard func(Change)) (stop func())
}

// Hearer is a [Notifier] whose changes come over a network that may fail.
type Hearer interface {
	// Hearing reports whether changes that others make are heard now. It
	// returns at once.
	Hearing() bool
}

// Change says that a secret was created, edited, archived, restored or
// deleted. An empty Alias means that any secret of the scope and those below
// it may have changed unheard; with the root as Scope, any secret at all.
type Change struct {
	Scope Scope
	Alias string
	// Purged says that the secret was deleted and that what it held is to be
	// forgotten at once.
	Purged bool
}

// Discloser is a [Provider] that tells a redactor at once all that is to be masked.
// Without it what can be listed is fetched.
type Discloser interface {
	// Disclose calls tell for each value that is seen from scope, and for each
	// that is to be masked although nobody can resolve it any more. With aliases,
	// which are canonical, it tells of those alone; nil means all. What cannot be
	// read is told as well and ends nothing: an error means that the provider
	// cannot answer at all. Disclose keeps neither slice nor function.
	Disclose(ctx context.Context, scope Scope, aliases []string, tell func(Disclosure)) error
}

// OwnDiscloser is a [Discloser] whose scopes have secrets of their own, and that tells of
// values that were replaced for as long as they are to be masked.
type OwnDiscloser interface {
	Scoper
	// DiscloseOwn is Disclose of what scope itself has, without what it sees of the
	// scopes above.
	DiscloseOwn(ctx context.Context, scope Scope, aliases []string, tell func(Disclosure)) error
}

// Disclosure is one value for a redactor, or one that cannot be read.
type Disclosure struct {
	// Alias is canonical, or "" where what cannot be read is no secret's alone.
	Alias  string
	Secret redact.Secret
	// Until is when a value is to be forgotten that nobody can resolve; zero for
	// one that can be.
	Until time.Time
	// Err is why a secret cannot be read. It names the place and holds no value.
	Err error
	// Covered says of a secret with Err that what it holds is told all the same.
	Covered bool
}

// Scoper is a [Provider] that can tell which scopes hold secrets.
type Scoper interface {
	// Scopes returns scope and those below it that may hold secrets of their own.
	Scopes(ctx context.Context, scope Scope) ([]Scope, error)
}

// Binding is a provider and the scope that it serves, together with those
// below it. Bound to the root it serves all.
type Binding struct {
	Scope    Scope
	Provider Provider
}
