package engine

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/sotto-render/sotto/engine/internal/escape"
	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// Output is what a send renders. It prints masked; Reveal is its way out.
type Output = redact.Sensitive[string]

// TemplateOptions say how a template is compiled. The zero value compiles
// Liquid for plain text, without partials.
type TemplateOptions struct {
	Syntax macros.Syntax
	// Context is where the output goes.
	Context Context
	// Partials are what `render` and `include` may name; nil for none.
	Partials Partials
	// Limits bound compiling and rendering.
	Limits Limits
}

// Template is a compiled template. It is safe for concurrent use.
type Template struct {
	context  Context
	partials Partials
	limits   Limits
	ops      []op
	// flat says that ops are text, variables and secrets only.
	flat bool
	// check says that only the finished output shows whether it is JSON.
	check bool
	// mayBeScheme says that a value stands where the scheme of the URL may be.
	mayBeScheme bool
	// calls says that the template names partials.
	calls bool
	// chooses says that data names a secret or a partial: then the request's
	// declaration alone tells which secrets may be used.
	chooses bool
	// units are the template and the partials that it names, refs the
	// references of all of them.
	units   []request.Source
	lookup  request.Aliases // what units write out
	refs    []*macros.Reference
	aliases []string // that refs write out, sorted
	lenient []request.Problem
	names   []string // of the variables that the template reads
	// size is the length of the last output, a guess at the next.
	size sizeGuess

	mu sync.RWMutex
	// slots :: name that the template or a partial sets -> slot
	slots map[string]int
	// loaded are the partials that only rendering named.
	loaded map[partialKey]*compiled
}

// Compile parses and compiles source. Its error is an [*Error] with all that is
// wrong with the source.
func Compile(source string, o TemplateOptions) (*Template, error) {
	limits := o.Limits.withDefaults()
	if len(source) > limits.TemplateBytes {
		return nil, ofRequest(exceeded("template_bytes", limits.TemplateBytes, "bytes"))
	}
	tree, err := macros.Parse(source, o.Syntax)
	if err != nil {
		return nil, ofRequest(fromSyntax(err, ""))
	}
	t, problems := compileTree(tree, o)
	if err := request.FirstKind(problems); err != nil {
		return nil, ofRequest(err)
	}
	return t, nil
}

// compileTree compiles a tree. Where there are problems, they are all that is
// wrong with it, and the template is not to be used.
func compileTree(tree *macros.Template, o TemplateOptions) (*Template, []request.Problem) {
	t := &Template{
		context: o.Context, partials: o.Partials, limits: o.Limits.withDefaults(),
		slots: make(map[string]int), loaded: make(map[partialKey]*compiled),
	}
	c := newCompiler(t)
	t.ops = c.template(tree)
	t.lookup, t.aliases = request.AliasesOf(t.units), aliasesOf(t.refs)
	t.chooses = t.chooses || request.Computes(t.units)
	t.flat = flat(t.ops) && !t.check
	return t, c.problems
}

// fromSyntax says what the parser found wrong with a template or a partial.
func fromSyntax(err error, partial string) *request.Error {
	var syntax *macros.Error
	if !errors.As(err, &syntax) {
		return request.NewError(request.TemplateSyntax, "the template cannot be parsed")
	}
	return &request.Error{Problems: []request.Problem{{
		Code: syntax.Code, Message: syntax.Message, Place: syntax.Place, Partial: partial,
	}}}
}

// References returns all secrets that the template and the partials it names
// mention, in their order.
func (t *Template) References() []macros.Reference {
	refs := make([]macros.Reference, len(t.refs))
	for i, ref := range t.refs {
		refs[i] = *ref
	}
	return refs
}

// Aliases returns the canonical aliases that the template mentions, sorted.
func (t *Template) Aliases() []string { return slices.Clone(t.aliases) }

// Uses returns the canonical aliases that a render of req may use, sorted: those
// of Aliases and, if the template computes an alias or the name of a partial,
// all that req declares. It must not be changed.
func (t *Template) Uses(req *Request) []string {
	return request.Uses(t.aliases, t.chooses, req.Required)
}

// Variables returns the names of the variables that the template reads and
// does not set itself, sorted.
func (t *Template) Variables() []string { return slices.Clone(t.names) }

// Context returns where the output goes.
func (t *Template) Context() Context { return t.context }

// Render checks the request, resolves all secrets in one call and returns the
// whole output, or an error and no output.
func (t *Template) Render(ctx context.Context, req *Request) (Output, error) {
	return t.inBuffer(func(dst []byte) ([]byte, error) { return t.Append(ctx, req, dst) })
}

func (t *Template) symbols() int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return len(t.slots)
}

// slotOf returns the slot of a name that the template sets.
func (t *Template) slotOf(name string) int {
	t.mu.RLock()
	slot, ok := t.slots[name]
	t.mu.RUnlock()
	if ok {
		return slot
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if slot, ok = t.slots[name]; !ok {
		slot = len(t.slots)
		t.slots[name] = slot
	}
	return slot
}

// maxLoaded bounds the partials that one template keeps compiled.
const maxLoaded = 1000

// dynamic returns a partial that only rendering named.
func (t *Template) dynamic(name string, n *partial) (*compiled, *request.Error) {
	key := partialKey{name: name, isolated: n.isolated, entry: n.entry}
	t.mu.RLock()
	body := t.loaded[key]
	t.mu.RUnlock()
	if body != nil {
		return body, nil
	}
	c := newCompiler(t)
	c.late = true
	compiling, scheme := key, false
	if escape.Context(t.context).Tracked() && !n.entry.capturing {
		p := c.escapePass(escape.Unknown())
		compiling.escaped, scheme = p.late(name)
	}
	body = c.partial(compiling, n.unit, n.pos)
	body.scheme = scheme
	if err := request.FirstKind(c.problems); err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.loaded) < maxLoaded {
		t.loaded[key] = body
	}
	return body, nil
}
