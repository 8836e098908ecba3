package vault

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/vault/api"

	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/internal/lookup"
)

// Defaults of [Options].
const (
	DefaultMount    = "secret"
	DefaultPath     = "{scope}/{alias}"
	DefaultTimeout  = 5 * time.Second
	DefaultParallel = 8
)

// Options say where the secrets are. Address and Auth have to be given.
type Options struct {
	// Address is the server's, as in https://vault.internal:8200.
	Address string
	// Mount is where the KV engine is mounted; "" means DefaultMount.
	Mount string
	// Path is the template of an entry's path in the engine; "" means DefaultPath.
	Path string
	// Version of the engine is 1 or 2; 0 asks the server.
	Version int
	// Namespace is that of Vault Enterprise and OpenBao; "" is the root.
	Namespace string
	// Auth is how a token is had.
	Auth Auth
	// CA is a file of certificates to trust instead of the system's. Certificate and
	// Key are files of a client certificate.
	CA, Certificate, Key string
	// Timeout is how long one call may take; 0 means DefaultTimeout.
	Timeout time.Duration
	// Parallel is how many entries are read at once; 0 means DefaultParallel.
	Parallel int
}

// Provider is a [resolver.Provider]. Make one with [New].
type Provider struct {
	options Options
	client  *api.Client
	// turns has an element for each entry that is being read.
	turns chan struct{}
	// each and scoped say which placeholders the path has.
	each, scoped bool
	session      session

	// mu guards version, which is 0 until the server was asked.
	mu      sync.Mutex
	version int
}

var (
	_ resolver.Provider = (*Provider)(nil)
	_ resolver.Keeper   = (*Provider)(nil)
	_ resolver.Checker  = (*Provider)(nil)
)

// Placeholders of the path.
const (
	aliasPlace = "{alias}"
	scopePlace = "{scope}"
)

// New returns a provider. Nothing is connected yet: a server that is not there is a
// provider that is down.
func New(o Options) (*Provider, error) {
	address, err := url.Parse(o.Address)
	if err != nil || address.Host == "" || address.Scheme != "https" && address.Scheme != "http" || address.User != nil || strings.Trim(address.Path, "/") != "" {
		return nil, errors.New("provider vault: write the address of a server, as in https://vault.internal:8200, without a name or a password")
	}
	if o.Version < 0 || o.Version > 2 || o.Timeout < 0 || o.Parallel < 0 {
		return nil, errors.New("provider vault: the version is 1 or 2, and no time or count is negative")
	}
	if err := o.Auth.check(); err != nil {
		return nil, err
	}
	o.Mount = strings.Trim(or(o.Mount, DefaultMount), "/")
	o.Path = strings.Trim(or(o.Path, DefaultPath), "/")
	if strings.ContainsAny(o.Mount+o.Path, "?#%\\") || strings.Contains("/"+o.Mount+"/"+o.Path+"/", "/../") {
		return nil, errors.New("provider vault: mount and path are names separated by `/`")
	}
	o.Timeout = or(o.Timeout, DefaultTimeout)
	o.Parallel = or(o.Parallel, DefaultParallel)
	client, err := newClient(o)
	if err != nil {
		return nil, err
	}
	return &Provider{
		options: o, client: client, turns: make(chan struct{}, o.Parallel), version: o.Version,
		session: session{turn: make(chan struct{}, 1)},
		each:    strings.Contains(o.Path, aliasPlace), scoped: strings.Contains(o.Path, scopePlace),
	}, nil
}

func or[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}

// newClient returns a client that takes nothing from the environment: VAULT_SKIP_VERIFY
// there must not turn checking off here.
func newClient(o Options) (*api.Client, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	config := &api.Config{Address: o.Address, HttpClient: &http.Client{Transport: transport}, MaxRetries: 0}
	if o.CA != "" || o.Certificate != "" {
		if err := config.ConfigureTLS(&api.TLSConfig{CACert: o.CA, ClientCert: o.Certificate, ClientKey: o.Key}); err != nil {
			return nil, errors.New("provider vault: the certificates of ca=, cert= and key= cannot be read")
		}
	}
	config.HttpClient.Transport = bounded{transport}
	// It follows a redirect itself, to the active node and never from https to http.
	config.HttpClient.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	client, err := api.NewClient(config)
	if err != nil {
		return nil, errors.New("provider vault: the client cannot be made: look for malformed VAULT_ variables")
	}
	client.ClearToken()
	client.ClearNamespace()
	if o.Namespace != "" {
		client.SetNamespace(o.Namespace)
	}
	return client, nil
}

// Name returns "vault:" and the address.
func (p *Provider) Name() string { return "vault:" + p.options.Address }

// Keeps implements [resolver.Keeper]: without `{scope}` in its path, secrets are the
// same for every scope.
func (p *Provider) Keeps(context.Context, resolver.Scope) (bool, error) { return p.scoped, nil }

// Ready implements [resolver.Checker]: the server is unsealed and there is a token,
// which is renewed if its time has come.
func (p *Provider) Ready(ctx context.Context) error {
	if err := p.authorise(ctx); err != nil {
		return err
	}
	status, _, err := p.get(ctx, "sys/health")
	switch {
	case err != nil:
		return err
	// Standby nodes answer, or pass on what they are asked.
	case status == http.StatusOK, status == http.StatusTooManyRequests, status == 472, status == 473:
		return nil
	}
	return statusError(status)
}

// Fetch implements [resolver.Provider]. The engine cannot tell that an entry exists
// without sending it: without values what was sent is dropped unread.
func (p *Provider) Fetch(ctx context.Context, scope resolver.Scope, aliases []string, values bool, entries []resolver.Entry) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return lookup.Upwards(scope, p.scoped, aliases, entries, func(scope resolver.Scope, left []string) ([]resolver.Entry, error) {
		return p.ask(ctx, scope, left, values)
	})
}

// ask reads the entries of one scope.
func (p *Provider) ask(ctx context.Context, scope resolver.Scope, aliases []string, values bool) ([]resolver.Entry, error) {
	if !p.each {
		e, err := p.read(ctx, p.path(scope, ""))
		if err != nil {
			return nil, err
		}
		return e.each(aliases, values)
	}
	return lookup.Each(ctx, aliases, func(ctx context.Context, alias string) (resolver.Entry, error) {
		e, err := p.read(ctx, p.path(scope, alias))
		if err != nil {
			return resolver.Entry{}, err
		}
		return e.whole(values)
	})
}

// path is that of an entry.
func (p *Provider) path(scope resolver.Scope, alias string) string {
	return strings.NewReplacer(aliasPlace, alias, scopePlace, string(scope)).Replace(p.options.Path)
}
