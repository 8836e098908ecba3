package resolver

import (
	"context"
	"errors"
	"os"
	"strings"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// Endings of the two variables of a credentials secret.
const (
	usernameEnding = "_USERNAME"
	passwordEnding = "_PASSWORD"
)

// Env is a [Provider] over the variables of the process's environment.
type Env struct {
	prefix string
}

var (
	_ Provider  = (*Env)(nil)
	_ Lister    = (*Env)(nil)
	_ Discloser = (*Env)(nil)
)

// NewEnv returns a provider of the variables whose names start with prefix.
// The alias `github_token` is the variable PREFIX + "GITHUB_TOKEN", read when
// it is asked for. A hyphen stays a hyphen, so `weather-fx` and `weather_fx`
// are two variables. Where PREFIX + "SMTP" is absent but PREFIX +
// "SMTP_USERNAME" and PREFIX + "SMTP_PASSWORD" are both there, `smtp` is a
// secret of username and password. A variable that is empty or white space
// is absent.
//
// The prefix is one or more letters, digits and `_`. One that reaches sotto's
// own variables is refused, because the admin token is among them.
func NewEnv(prefix string) (*Env, error) {
	if prefix == "" {
		return nil, errors.New("provider env: write a prefix behind `env:`, or every variable would be a secret")
	}
	for i := range len(prefix) {
		c := prefix[i]
		if c != '_' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return nil, errors.New("provider env: a prefix is letters, digits and `_`")
		}
	}
	const own = "SOTTO_"
	if strings.HasPrefix(prefix, own) || strings.HasPrefix(own, prefix) {
		return nil, errors.New("provider env: this prefix would serve sotto's own settings, its admin token too: choose another")
	}
	return &Env{prefix: prefix}, nil
}

// Name returns "env:" and the prefix.
func (e *Env) Name() string { return "env:" + e.prefix }

// Fetch implements [Provider]. Its error is that of ctx.
func (e *Env) Fetch(ctx context.Context, _ Scope, aliases []string, values bool, entries []Entry) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for i, alias := range aliases {
		secret, ok := e.read(e.prefix + strings.ToUpper(alias))
		if !ok {
			continue
		}
		entries[i].Status = macros.Known
		if values {
			entries[i].Secret = secret
		}
	}
	return nil
}

// Keeps implements [Keeper]: the environment is the same for every scope.
func (e *Env) Keeps(context.Context, Scope) (bool, error) { return false, nil }

// List implements [Lister].
func (e *Env) List(ctx context.Context, _ Scope) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	found := make(map[string]bool)
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if !strings.HasPrefix(name, e.prefix) || name != e.prefix+strings.ToUpper(name[len(e.prefix):]) {
			continue
		}
		e.note(found, name)
		if owner, ok := strings.CutSuffix(name, usernameEnding); ok && len(owner) > len(e.prefix) {
			e.note(found, owner)
		}
	}
	aliases := make([]string, 0, len(found))
	for alias := range found {
		aliases = append(aliases, alias)
	}
	return aliases, nil
}

// Disclose implements [Discloser].
func (e *Env) Disclose(ctx context.Context, scope Scope, aliases []string, tell func(Disclosure)) error {
	if aliases == nil {
		var err error
		if aliases, err = e.List(ctx, scope); err != nil {
			return err
		}
	}
	for _, alias := range aliases {
		if secret, ok := e.read(e.prefix + strings.ToUpper(alias)); ok {
			tell(Disclosure{Alias: alias, Secret: secret})
		}
	}
	return ctx.Err()
}

// note adds the alias of the variable called name to found, if it is a secret.
func (e *Env) note(found map[string]bool, name string) {
	alias, ok := macros.Canonical(name[len(e.prefix):])
	if !ok {
		return
	}
	if _, ok := e.read(name); ok {
		found[alias] = true
	}
}

// read returns the secret that the variable called name, or its two halves,
// hold.
func (e *Env) read(name string) (redact.Secret, bool) {
	if text := os.Getenv(name); !blank(text) {
		return redact.NewSecret(text).Named(name[len(e.prefix):]), true
	}
	username, password := os.Getenv(name+usernameEnding), os.Getenv(name+passwordEnding)
	if blank(username) || blank(password) {
		return redact.Secret{}, false
	}
	return redact.NewCredentials(username, password).Named(name[len(e.prefix):]), true
}

// blank reports whether text is no value: it is empty or all white space.
func blank(text string) bool { return strings.TrimSpace(text) == "" }
