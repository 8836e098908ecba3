package liquid

import (
	"context"
	"errors"
	"sync"

	"github.com/sotto-render/sotto/engine/internal/escape"
	"github.com/sotto-render/sotto/engine/internal/extension"
	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/macros"
)

// Options say how a template is compiled.
type Options struct {
	Syntax macros.Syntax
	// Context is where the output goes.
	Context escape.Context
	// Partials are what `render` and `include` may name; nil for none.
	Partials Partials
	// Functions are the filters that the Go program adds.
	Functions *extension.Set
	// Limits bound compiling and rendering. All of them are set.
	Limits Limits
	// Members returns what an ordered object of the engine's own holds, and nil
	// for anything else.
	Members func(x any) map[string]any
}

// Partials have the sources of partials; the engine's type of this name says
// what they must do.
type Partials interface {
	Partial(name string) (source string, err error)
}

// ContextPartials are [Partials] whose look-ups end with their caller; the
// engine's type of this name says what they must do.
type ContextPartials interface {
	Partials
	PartialContext(ctx context.Context, name string) (source string, err error)
}

// Template is a compiled template. It is safe for concurrent use.
type Template struct {
	options Options
	ops     []op
	// flat says that ops are text, variables and secrets only.
	flat bool
	// check says that only the finished output shows whether it is JSON.
	check bool
	// mayBeScheme says that a value stands where the scheme of the URL may be.
	mayBeScheme bool
	// calls says that the template names partials.
	calls bool
	// chooses says that data names a secret or a partial.
	chooses bool
	// sources are the template and the partials that it names, refs the
	// references of all of them.
	sources []request.Source
	refs    []*macros.Reference
	lenient []request.Problem
	doubts  []request.Problem
	names   []string // of the variables that the template reads
	size    int      // about how many bytes all of this takes

	mu sync.RWMutex
	// slots :: name that the template or a partial sets -> slot
	slots map[string]int
	// chosen are the partials that rendering named, and chosenBytes what they take.
	chosen      map[partialKey]*chosenPartial
	chosenBytes int
}

// Compile parses and compiles source. The error has all that is wrong with it,
// of the first kind that is. It ends with ctx.
func Compile(ctx context.Context, source string, o Options) (*Template, *request.Error) {
	if err := o.CheckLength(source); err != nil {
		return nil, err
	}
	tree, err := macros.Parse(macros.WithoutMark(source), o.Syntax)
	if err != nil {
		return nil, fromSyntax(err, "")
	}
	t, problems := CompileTree(ctx, tree, o)
	if err := request.FirstKind(problems); err != nil {
		if err.Code() == request.LimitExceeded {
			err.Cause = ctx.Err()
		}
		return nil, err
	}
	return t, nil
}

// What a compiled template takes at least, and for each byte of its source that
// stands in an object or a tag; text takes its own length.
const (
	templateBytes = 1 << 10
	markupBytes   = 20
)

// slotBytes is what a name takes that the template or a partial sets.
const slotBytes = 64

// Size returns about how many bytes of memory the template takes now, with its
// partials: it grows while renders name more of them.
func (t *Template) Size() int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.size + t.chosenBytes + slotBytes*len(t.slots)
}

// CheckLength refuses a source that is longer than a template may be.
func (o Options) CheckLength(source string) *request.Error {
	if len(source) > o.Limits.TemplateBytes {
		return exceeded("template_bytes", o.Limits.TemplateBytes, "bytes")
	}
	return nil
}

// CompileTree compiles a tree. Where there are problems, they are all that is
// wrong with it, and the template is not to be rendered. It ends with ctx.
func CompileTree(ctx context.Context, tree *macros.Template, o Options) (*Template, []request.Problem) {
	t := &Template{options: o, slots: make(map[string]int)}
	c := newCompiler(t, ctx)
	c.load = func(name string) (string, string, bool) { return o.load(ctx, name, false) }
	t.ops = c.template(tree)
	t.chooses = t.chooses || request.Computes(t.sources)
	t.flat = flat(t.ops) && !t.check
	t.size = templateBytes + c.size()
	if c.stopped != nil {
		return t, c.stopped.Problems
	}
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

// Context returns where the output goes.
func (t *Template) Context() escape.Context { return t.options.Context }

// Sources returns the template and, behind it, the partials that it names. It
// must not be changed, as nothing that a Template returns.
func (t *Template) Sources() []request.Source { return t.sources }

// References returns the secrets that the sources mention, in their order.
func (t *Template) References() []*macros.Reference { return t.refs }

// Variables returns the names of the variables that the template reads and
// does not set itself, sorted.
func (t *Template) Variables() []string { return t.names }

// Lenient returns what the parser let pass and a strict request does not.
func (t *Template) Lenient() []request.Problem { return t.lenient }

// CallsPartials reports whether the template calls partials, so that it is
// outdated when they change.
func (t *Template) CallsPartials() bool { return t.calls }

// Chooses reports whether data names a secret or a partial: then the request's
// declaration alone tells which secrets may be used.
func (t *Template) Chooses() bool { return t.chooses }

func (t *Template) slotCount() int {
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
