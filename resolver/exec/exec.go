package exec

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/sotto-render/sotto/internal/program"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/internal/lookup"
)

// Defaults of [Options].
const (
	DefaultTimeout  = 5 * time.Second
	DefaultParallel = 4
	DefaultMaxBytes = 4 << 20
)

// Options say how a program is run. The zero Options are the defaults.
type Options struct {
	// Environment names the variables that the program is given besides those
	// that programs need to find their way (HOME, PATH, LANG, TZ and the like);
	// a `*` at the end stands for any ending. Variables of sotto itself,
	// SOTTO_..., are never given.
	Environment []string
	// Timeout is how long one run may take; then its process group is killed.
	// 0 means DefaultTimeout.
	Timeout time.Duration
	// Parallel is how many runs there are at once; others wait. 0 means
	// DefaultParallel.
	Parallel int
	// MaxBytes is how much one run may print; 0 means DefaultMaxBytes.
	MaxBytes int
}

// Provider is a [resolver.Provider] over a program. Make one with [New].
type Provider struct {
	argv    []string
	options Options
	// turns has an element for each run.
	turns chan struct{}
	// each and scoped say which placeholders the arguments have.
	each, scoped bool
}

var (
	_ resolver.Provider = (*Provider)(nil)
	_ resolver.Keeper   = (*Provider)(nil)
	_ resolver.Checker  = (*Provider)(nil)
)

// Placeholders of the arguments.
const (
	aliasPlace = "{alias}"
	scopePlace = "{scope}"
)

// New returns a provider that runs argv. Its first element is a path, or a name
// that is looked for in PATH at each run; in the others `{alias}` and `{scope}`
// stand for the canonical alias and the scope that are asked for.
func New(argv []string, o Options) (*Provider, error) {
	if len(argv) == 0 || argv[0] == "" {
		return nil, errors.New("provider exec: write a program and its arguments behind `exec:`")
	}
	for _, word := range argv {
		if strings.IndexByte(word, 0) >= 0 {
			return nil, errors.New("provider exec: an argument holds a zero byte")
		}
	}
	if strings.Contains(argv[0], aliasPlace) || strings.Contains(argv[0], scopePlace) {
		return nil, errors.New("provider exec: the program itself takes no placeholder")
	}
	if o.Timeout < 0 || o.Parallel < 0 || o.MaxBytes < 0 {
		return nil, errors.New("provider exec: a time or a count is negative")
	}
	for _, name := range o.Environment {
		if !variable(name) {
			return nil, errors.New("provider exec: env= takes names of variables, separated by commas, with `*` for any ending")
		}
	}
	p := &Provider{argv: slices.Clone(argv), options: o}
	if p.options.Timeout == 0 {
		p.options.Timeout = DefaultTimeout
	}
	if p.options.Parallel == 0 {
		p.options.Parallel = DefaultParallel
	}
	if p.options.MaxBytes == 0 {
		p.options.MaxBytes = DefaultMaxBytes
	}
	p.turns = make(chan struct{}, p.options.Parallel)
	for _, word := range argv[1:] {
		p.each = p.each || strings.Contains(word, aliasPlace)
		p.scoped = p.scoped || strings.Contains(word, scopePlace)
	}
	return p, nil
}

// Name returns "exec:" and the program. The arguments may hold a credential.
func (p *Provider) Name() string { return "exec:" + p.argv[0] }

// Ready implements [resolver.Checker]: the program is there.
func (p *Provider) Ready(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return program.Find(p.argv[0])
}

// Keeps implements [resolver.Keeper]: what a program that is not told the scope
// says is the same for every scope.
func (p *Provider) Keeps(context.Context, resolver.Scope) (bool, error) { return p.scoped, nil }

// Fetch implements [resolver.Provider].
func (p *Provider) Fetch(ctx context.Context, scope resolver.Scope, aliases []string, values bool, entries []resolver.Entry) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return lookup.Upwards(scope, p.scoped, aliases, entries, func(scope resolver.Scope, left []string) ([]resolver.Entry, error) {
		return p.ask(ctx, scope, left, values)
	})
}

// ask asks for the aliases of one scope.
func (p *Provider) ask(ctx context.Context, scope resolver.Scope, aliases []string, values bool) ([]resolver.Entry, error) {
	if !p.each {
		request, err := json.Marshal(map[string]any{"aliases": aliases, "values": values})
		if err != nil {
			return nil, err
		}
		output, err := p.run(ctx, p.arguments(scope, ""), request)
		if err != nil {
			return nil, err
		}
		return answers(output, aliases, values)
	}
	return lookup.Each(ctx, aliases, func(ctx context.Context, alias string) (resolver.Entry, error) {
		output, err := p.run(ctx, p.arguments(scope, alias), nil)
		if err != nil {
			return resolver.Entry{}, err
		}
		return answer(output, values)
	})
}

// arguments are those of the program for one run.
func (p *Provider) arguments(scope resolver.Scope, alias string) []string {
	places := strings.NewReplacer(aliasPlace, alias, scopePlace, string(scope))
	all := make([]string, len(p.argv)-1)
	for i, word := range p.argv[1:] {
		all[i] = places.Replace(word)
	}
	return all
}

// run runs the program once and returns what it printed.
func (p *Provider) run(ctx context.Context, arguments []string, input []byte) ([]byte, error) {
	select {
	case p.turns <- struct{}{}:
		defer func() { <-p.turns }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return program.Run(ctx, program.Call{
		Argv: append([]string{p.argv[0]}, arguments...), Environment: p.environment(), Input: input,
		Timeout: p.options.Timeout, MaxBytes: p.options.MaxBytes,
	})
}
