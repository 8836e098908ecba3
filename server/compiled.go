package server

import (
	"encoding/json"
	"strings"
	"sync/atomic"

	"github.com/maypok86/otter/v2"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
)

// compiled keeps what was compiled, by content, so that a template which comes
// with each request is parsed once. What fails to compile is not kept.
type compiled struct {
	templates   *otter.Cache[templateKey, *compiledTemplate]
	expressions *otter.Cache[string, *engine.Expression]
	stored      *otter.Cache[storedKey, *definition]
	store       *store.Store
}

// templateKey is all that the meaning of a template depends on, besides the
// partials that it calls.
type templateKey struct {
	source  string
	syntax  macros.Syntax
	context engine.Context
	// scope is where partials are looked for; "" for a template that calls
	// none, which means the same in every scope.
	scope resolver.Scope
}

type compiledTemplate struct {
	*engine.Template
	// aliases are those that it mentions, sorted.
	aliases []string
	// partials are those that it called so far; nil for none.
	partials *partials
}

// entryBytes is what an entry costs besides its source text.
const entryBytes = 256

// newCompiled returns a cache that keeps about half of this much source text
// of each kind. Partials come from the store, which may be nil.
func newCompiled(sourceBytes int, from *store.Store) *compiled {
	return &compiled{
		store: from,
		templates: newCache(sourceBytes/2, func(k templateKey, _ *compiledTemplate) uint32 {
			return uint32(len(k.source) + entryBytes) // a body is far below 4 GiB
		}),
		expressions: newCache(sourceBytes/2, func(k string, _ *engine.Expression) uint32 {
			return uint32(len(k) + entryBytes)
		}),
		stored: newCache(sourceBytes/2, func(_ storedKey, d *definition) uint32 {
			return uint32(d.size() + entryBytes)
		}),
	}
}

// storedKey is one version of a stored template.
type storedKey struct {
	id string
	stamp
}

// definition returns what a stored template holds. Nobody changes it.
func (c *compiled) definition(t store.Template) (*definition, error) {
	key := storedKey{t.ID, stampOf(t)}
	if d, ok := c.stored.GetIfPresent(key); ok {
		return d, nil
	}
	d := &definition{compiled: new(atomic.Pointer[compiledTemplate])}
	if err := json.Unmarshal(t.Definition, d); err != nil {
		return nil, err
	}
	c.stored.Set(key, d)
	return d, nil
}

func newCache[K comparable, V any](weight int, weigh func(K, V) uint32) *otter.Cache[K, V] {
	return otter.Must(&otter.Options[K, V]{
		MaximumWeight: uint64(weight),
		Weigher:       weigh,
		// Upkeep runs in the caller, so that no goroutine is left behind.
		Executor: func(upkeep func()) { upkeep() },
		Logger:   &otter.NoopLogger{},
	})
}

// template returns p, compiled, as seen from scope.
func (c *compiled) template(scope resolver.Scope, p *part) (*compiledTemplate, error) {
	if p.compiled == nil {
		return c.find(scope, p)
	}
	if t := p.compiled.Load(); t != nil {
		return t, nil
	}
	t, err := c.find(scope, p)
	if err == nil && t.partials == nil {
		p.compiled.Store(t)
	}
	return t, err
}

// find returns p from the cache, or compiles it.
func (c *compiled) find(scope resolver.Scope, p *part) (*compiledTemplate, error) {
	options, err := p.options()
	if err != nil {
		return nil, err
	}
	key := templateKey{source: p.template.value, syntax: options.Syntax, context: options.Context}
	calls := c.store != nil && mayCallPartials(key.source)
	if calls {
		key.scope = scope
	}
	if t, ok := c.templates.GetIfPresent(key); ok && t.partials.current() {
		return t, nil
	}
	var called *partials
	if calls {
		called = newPartials(c.store, scope)
		options.Partials = called
	}
	// The source is a piece of a request's body, which must not live on.
	key.source = strings.Clone(key.source)
	t, err := engine.Compile(key.source, options)
	if err != nil {
		return nil, err
	}
	compiled := &compiledTemplate{t, t.Aliases(), called}
	c.templates.Set(key, compiled)
	return compiled, nil
}

// message returns parts, compiled into one message. The mistakes of all parts
// come in one error.
func (c *compiled) message(scope resolver.Scope, parts map[string]*part) (*engine.Message, error) {
	templates := make(map[string]*engine.Template, len(parts))
	var wrong partErrors
	for _, name := range sortedKeys(parts) {
		t, err := c.template(scope, parts[name])
		if err != nil {
			if err := wrong.add(name, err); err != nil {
				return nil, err
			}
			continue
		}
		templates[name] = t.Template
	}
	if err := wrong.err(); err != nil {
		return nil, err
	}
	return engine.NewMessage(templates), nil
}

// expression returns source, compiled.
func (c *compiled) expression(source string) (*engine.Expression, error) {
	if e, ok := c.expressions.GetIfPresent(source); ok {
		return e, nil
	}
	source = strings.Clone(source)
	e, err := engine.CompileExpression(source, engine.ExpressionOptions{})
	if err != nil {
		return nil, err
	}
	c.expressions.Set(source, e)
	return e, nil
}

// flow returns expressions, compiled into one flow.
func (c *compiled) flow(sources map[string]string) (*engine.Flow, error) {
	expressions := make(map[string]*engine.Expression, len(sources))
	var wrong partErrors
	for _, name := range sortedKeys(sources) {
		e, err := c.expression(sources[name])
		if err != nil {
			if err := wrong.add(name, err); err != nil {
				return nil, err
			}
			continue
		}
		expressions[name] = e
	}
	if err := wrong.err(); err != nil {
		return nil, err
	}
	return engine.NewFlow(expressions), nil
}
