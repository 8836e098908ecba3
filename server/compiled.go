package server

import (
	"cmp"
	"context"
	"crypto/sha256"
	"strings"
	"sync/atomic"
	"time"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/internal/sourcecache"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
)

// compiled keeps what was compiled, by content, so that a template which comes
// with each request is parsed once. What fails to compile is not kept.
type compiled struct {
	templates *sourcecache.Cache[templateOptions, *compiledTemplate]
	// calls :: source and options -> what is known of the partials it calls
	calls       *sourcecache.Cache[templateOptions, calls]
	expressions engine.ExpressionCache
	// stored :: id and version of a stored template -> what it holds
	stored *sourcecache.Cache[stamp, *definition]
	store  *store.Store
	// asked counts the templates that requests asked for, made those of them that had
	// to be compiled.
	asked, made atomic.Uint64
}

// templateOptions are what the meaning of a template depends on besides its
// source and the partials that it calls.
type templateOptions struct {
	syntax  macros.Syntax
	context engine.Context
	// partials stands for the sources of those that it calls, so that scopes in
	// which they are the same share it; zero for a template that calls none.
	partials digest
	// scope is where partials are looked for whose names are data; "" for a
	// template that has none such, which means the same in every scope.
	scope resolver.Scope
}

type compiledTemplate struct {
	*engine.Template
	// aliases are those that it mentions, sorted.
	aliases []string
	// calls says that it calls partials.
	calls bool
	// weigh tells the cache what it takes by now; nil unless renders let it grow.
	weigh func()
}

// newCompiled returns a cache that takes about this much memory. Partials come
// from the store, which may be nil.
func newCompiled(bytes int, from *store.Store) *compiled {
	return &compiled{
		store:       from,
		templates:   sourcecache.New[templateOptions, *compiledTemplate](bytes/2 - bytes/16),
		calls:       sourcecache.New[templateOptions, calls](bytes / 16),
		expressions: engine.ExpressionCache{Bytes: bytes / 4},
		stored:      sourcecache.New[stamp, *definition](bytes / 4),
	}
}

// definition returns what a stored template holds. Nobody changes it.
func (c *compiled) definition(t store.Document) (*definition, error) {
	id, version := t.ID, stampOf(t)
	if d, ok := c.stored.Get(id, version); ok {
		return d, nil
	}
	d, err := decodeDefinition(t.Definition)
	if err != nil {
		return nil, err
	}
	if d.Template != nil {
		d.digest = sha256.Sum256([]byte(*d.Template))
	}
	// Once it is compiled it weighs more.
	d.compiled = &definitionTemplate{weigh: func(bytes int) { c.stored.Set(id, version, d, d.size()+bytes) }}
	c.stored.Set(id, version, d, d.size())
	return d, nil
}

// template returns p, compiled, as seen from scope.
func (c *compiled) template(x *exchange, scope resolver.Scope, p *part) (*compiledTemplate, error) {
	c.asked.Add(1)
	if p.compiled == nil {
		return c.find(x, scope, p)
	}
	if t := p.compiled.template.Load(); t != nil {
		return t, nil
	}
	t, err := c.find(x, scope, p)
	if err == nil && !t.calls && p.compiled.template.CompareAndSwap(nil, t) {
		p.compiled.weigh(t.Size())
	}
	return t, err
}

// find returns p from the cache, or compiles it. What takes long counts for the
// request.
func (c *compiled) find(x *exchange, scope resolver.Scope, p *part) (*compiledTemplate, error) {
	options, err := p.options()
	if err != nil {
		return nil, err
	}
	source := p.template.value
	plain := templateOptions{syntax: options.Syntax, context: options.Context}
	if c.store == nil || !mayCallPartials(source) {
		if t, ok := c.templates.Get(source, plain); ok {
			return t, nil
		}
		start := time.Now()
		t, err := c.compile(source, plain, options)
		return t, cmp.Or(x.spend(time.Since(start)), err)
	}
	start := time.Now()
	t, err := c.findCalling(x, source, plain, newPartials(c, scope), options)
	if over := x.spend(time.Since(start)); over != nil {
		return nil, over
	}
	if err == nil && t.weigh != nil {
		x.grown = append(x.grown, t)
	}
	return t, err
}

// compile compiles a source that calls no partials, and keeps it.
func (c *compiled) compile(source string, key templateOptions, options engine.TemplateOptions) (*compiledTemplate, error) {
	// The source is a piece of a request's body, which must not live on.
	source = strings.Clone(source)
	c.made.Add(1)
	t, err := engine.Compile(source, options)
	if err != nil {
		return nil, err
	}
	compiled := &compiledTemplate{Template: t, aliases: t.Aliases()}
	c.templates.Set(source, key, compiled, t.Size())
	return compiled, nil
}

// findCalling returns a source that may call partials from the cache, or compiles
// it and keeps it with the names that it called.
func (c *compiled) findCalling(
	x *exchange, source string, plain templateOptions, called *partials, options engine.TemplateOptions,
) (*compiledTemplate, error) {
	ctx, cancel := context.WithTimeout(x.r.Context(), x.budget.Left())
	defer cancel()
	known, _ := c.calls.Get(source, plain)
	if key, err := called.key(ctx, plain, known, nil); err == nil {
		if t, ok := c.templates.Get(source, key); ok {
			return t, nil
		}
	}
	options.Partials = called
	source = strings.Clone(source) // as above
	c.made.Add(1)
	t, err := engine.CompileContext(ctx, source, options)
	if err != nil {
		return nil, err
	}
	compiled := &compiledTemplate{Template: t, aliases: t.Aliases(), calls: true}
	sums := called.done()
	next := known.with(sortedKeys(sums), t.Chooses())
	key, err := called.key(ctx, plain, next, sums)
	if err != nil {
		return compiled, nil // it is right for now, and not known for how long
	}
	set := func() { c.templates.Set(source, key, compiled, t.Size()) }
	if next.late {
		compiled.weigh = set
	}
	c.calls.Set(source, plain, next, next.size())
	set()
	return compiled, nil
}

// message returns parts, compiled into one message. The mistakes of all parts
// come in one error.
func (c *compiled) message(x *exchange, scope resolver.Scope, parts map[string]*part) (*engine.Message, error) {
	templates := make(map[string]*engine.Template, len(parts))
	var wrong partErrors
	for _, name := range sortedKeys(parts) {
		t, err := c.template(x, scope, parts[name])
		if err != nil {
			if over := x.spend(0); over != nil {
				return nil, over
			}
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

// flow returns expressions, compiled into one flow.
func (c *compiled) flow(x *exchange, sources map[string]writtenExpression) (*engine.Flow, error) {
	expressions := make(map[string]*engine.Expression, len(sources))
	var wrong partErrors
	for _, name := range sortedKeys(sources) {
		start := time.Now()
		e, err := c.expressions.Compile(sources[name].source.value, sources[name].language)
		if over := x.spend(time.Since(start)); over != nil {
			return nil, over
		}
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
