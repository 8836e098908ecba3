package engine

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"github.com/sotto-render/sotto/engine/internal/escape"
	"github.com/sotto-render/sotto/engine/internal/liquid"
	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/macros"
)

// partialLinter looks at the partials that a template names, each once.
type partialLinter struct {
	*linter
	ctx     context.Context
	part    string
	options liquid.Options
	seen    map[mistakeKey]bool
	done    map[string]bool
	// missing is how many calls of partials that cannot be had were noted.
	missing int
}

// calls looks at the partials that the template t, whose text is u, calls.
func (p *partialLinter) calls(u *request.Source, t *macros.Template) {
	for _, call := range t.PartialCalls() {
		source, problem := p.options.Load(p.ctx, call.Name)
		if problem != "" {
			wrong := u.Problem(call.Pos, request.TemplateSyntax, problem)
			p.seen[keyOf(wrong)] = true
			if p.missing++; p.missing <= macros.MaxDiagnostics {
				p.mistake(p.part, wrong)
			}
			continue
		}
		if !p.done[call.Name] {
			p.done[call.Name] = true
			p.source(call.Name, macros.WithoutMark(source))
		}
	}
}

// source looks at one partial. What it takes from outside is not known, and a
// bare reference is judged in the template alone.
func (p *partialLinter) source(name, source string) {
	found := macros.Lint(source, macros.LintOptions{
		Aliases: []string{}, Partial: true, Filters: p.options.Functions.Filters(), Shown: p.options.Context == escape.InHTML,
	})
	for _, d := range found.Diagnostics {
		p.seen[mistakeKey{d.Code, macros.Place{Line: d.Line, Column: d.Column}, name}] = true
		d.Message = inPartial(name, d.Message)
		p.wrong = append(p.wrong, Diagnostic{Diagnostic: d, Part: p.part})
	}
	p.calls(&request.Source{Text: source, Partial: name, Places: macros.NewPlaces(source)}, found.Template)
}

// inPartials notes the references of partials, each alias once: a place in a
// partial is none in the template. An alias in strict, which the template itself
// mentions, has a finding already. That is only a warning where all those
// mentions have a default, and a render fails of one that has none.
func (l *linter) inPartials(part string, partials []request.Source, strict map[string]bool) {
	noted := make(map[string]*finding)
	for _, u := range partials {
		for _, ref := range u.References {
			if ref.Alias == "" && ref.Computed == nil {
				continue
			}
			own, mentioned := strict[ref.Alias]
			if mentioned && (own || ref.Covered || ref.Computed != nil) {
				continue
			}
			if f := noted[ref.Alias]; f != nil {
				if f.covered && !ref.Covered {
					f.covered, f.partial = false, u.Partial
				}
				continue
			}
			noted[ref.Alias] = &finding{
				Mention:  Mention{Part: part, Mention: macros.Mention{Alias: ref.Alias}},
				computed: ref.Computed != nil, covered: ref.Covered, partial: u.Partial,
			}
		}
	}
	for _, alias := range slices.Sorted(maps.Keys(noted)) {
		l.found = append(l.found, *noted[alias])
	}
}

var errPartials = errors.New("more partials are named than one template may name")

// readOnce remembers partials, also those that are missing, so that all who look
// at one see the same. It reads as many as one template may name.
type readOnce struct {
	from liquid.Options

	mu sync.Mutex
	// read :: name -> what was read
	read map[string]readPartial
}

type readPartial struct {
	source string
	err    error
}

// Partial implements [Partials].
func (r *readOnce) Partial(name string) (string, error) {
	return r.PartialContext(context.Background(), name)
}

// PartialContext implements [ContextPartials].
func (r *readOnce) PartialContext(ctx context.Context, name string) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if read, ok := r.read[name]; ok {
		return read.source, read.err
	}
	if len(r.read) >= r.from.Limits.Partials {
		return "", errPartials
	}
	source, err := r.from.Read(ctx, name)
	r.read[name] = readPartial{source, err}
	return source, err
}
