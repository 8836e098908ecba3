package engine

import (
	"context"
	"slices"
	"sync/atomic"

	"github.com/sotto-render/sotto/engine/internal/escape"
	"github.com/sotto-render/sotto/engine/internal/liquid"
	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/macros"
)

// TemplateOptions say how a template is compiled. The zero value compiles
// Liquid for plain text, without partials.
type TemplateOptions struct {
	Syntax macros.Syntax
	// Context is where the output goes.
	Context Context
	// Partials are what `render` and `include` may name; nil for none.
	Partials Partials
	// Filters are those of the Go program; nil for none.
	Filters *Functions
	// Limits bound compiling and rendering.
	Limits Limits
}

// within returns the options as the language knows them.
func (o TemplateOptions) within() liquid.Options {
	return liquid.Options{
		Syntax: o.Syntax, Context: escape.Context(o.Context), Partials: o.Partials, Functions: o.Filters.extensions(),
		Limits: liquid.Limits(o.Limits).WithDefaults(), Members: membersOf,
	}
}

// Template is a compiled template. It is safe for concurrent use.
type Template struct {
	compiled *liquid.Template
	lookup   request.Aliases // what the template and its partials write out
	aliases  []string        // the same, sorted
	// size is the length of the last output, a guess at the next.
	size sizeGuess
	// weighed is the Size that a [Cache] counted last.
	weighed atomic.Int64
}

// Compile parses and compiles source. Its error is an [*Error] with all that is
// wrong with the source.
func Compile(source string, o TemplateOptions) (*Template, error) {
	return CompileContext(context.Background(), source, o)
}

// CompileContext is [Compile] for a caller who waits until ctx ends. The error is
// one with the code [LimitExceeded] then.
func CompileContext(ctx context.Context, source string, o TemplateOptions) (*Template, error) {
	compiled, err := liquid.Compile(ctx, source, o.within())
	if err != nil {
		return nil, errorOf(err)
	}
	return &Template{
		compiled: compiled,
		lookup:   request.AliasesOf(compiled.Sources()),
		aliases:  request.Written(compiled.References()),
	}, nil
}

// References returns all secrets that the template and the partials it names
// mention, in their order.
func (t *Template) References() []macros.Reference {
	refs := make([]macros.Reference, len(t.compiled.References()))
	for i, ref := range t.compiled.References() {
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
	return request.Uses(t.aliases, t.compiled.Chooses(), req.Required)
}

// Chooses reports whether data names a secret or a partial of the template, so
// that what it uses shows only when it is rendered.
func (t *Template) Chooses() bool { return t.compiled.Chooses() }

// Variables returns the names of the variables that the template reads and
// does not set itself, sorted.
func (t *Template) Variables() []string { return slices.Clone(t.compiled.Variables()) }

// Size returns about how many bytes of memory the template takes now, with its
// partials: it grows while renders name more of them.
func (t *Template) Size() int { return t.compiled.Size() }

// Context returns where the output goes.
func (t *Template) Context() Context { return Context(t.compiled.Context()) }

// Filters returns the names of all filters that templates may call, sorted.
func Filters() []string { return slices.Clone(liquid.Filters()) }
