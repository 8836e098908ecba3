package liquid

import (
	"context"
	"errors"
	"io/fs"
	"strconv"

	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/macros"
)

// partialKey names one compilation of a partial.
type partialKey struct {
	name     string
	isolated bool
	// capturing says that the call stands in a capture.
	capturing bool
	// branch says that the call may never be reached, so that what is missing
	// behind it is a mistake only where it is.
	branch bool
	// escaped has the escapers of its values; nil where the context alone tells.
	escaped *escaped
}

// source is a partial's source, parsed once.
type parsedPartial struct {
	source *request.Source
	tree   *macros.Template
	// problem or err says why there is no tree.
	problem string
	err     error
	// missing says that there is none, rather than one that cannot be had.
	missing bool
	// guarded are the references that need to exist because of where they stand
	// in the partial, and do not as long as it is called in branches alone.
	guarded []*macros.Reference
	// entered says that its secrets, or its mistakes, are noted.
	entered bool
}

// partial compiles a partial for one kind of place. A partial that calls itself
// from the same place is compiled once.
func (c *compiler) partial(key partialKey, from *request.Source, pos macros.Pos) *compiled {
	done := &compiled{name: key.name}
	s := c.parsePartial(key.name)
	switch {
	case c.stopped != nil:
		return done
	case s.missing && key.branch:
		done.missing = s.problem
		return done
	case s.problem != "": // each call of it is to be mended
		c.problems = append(c.problems, from.Problem(pos, request.TemplateSyntax, s.problem))
		return done
	case s.err != nil:
		if !s.entered {
			s.entered = true
			c.problems = append(c.problems, fromSyntax(s.err, c.shown(key.name)).Problems...)
		}
		return done
	}
	if known, ok := c.partials[key]; ok {
		return known
	}
	c.partials[key] = done
	outer := *c
	c.source = s.source
	if !s.entered {
		s.entered = true
		c.enter(s.tree)
		if key.branch {
			s.guard()
		}
	}
	if !key.branch {
		s.unguard()
	}
	c.sets, c.isolated, c.capturing, c.escaped = nil, key.isolated, key.capturing, key.escaped
	c.read += len(s.tree.Source)
	if c.size() > maxCompiledBytes {
		c.stopped = exceeded("compiled_bytes", maxCompiledBytes, "bytes")
	}
	done.ops = c.body(s.tree.Nodes)
	c.source, c.sets, c.isolated, c.capturing, c.escaped = outer.source, outer.sets, outer.isolated, outer.capturing, outer.escaped
	return done
}

// guard lets the secrets of a partial be missing until its call is reached.
func (s *parsedPartial) guard() {
	for _, ref := range s.tree.References {
		if !ref.Guarded {
			ref.Guarded = true
			s.guarded = append(s.guarded, ref)
		}
	}
}

// unguard takes that back for a partial that is called outside of branches too.
func (s *parsedPartial) unguard() {
	for _, ref := range s.guarded {
		ref.Guarded = false
	}
	s.guarded = nil
}

// shown returns the name of a partial as errors may show it.
func (c *compiler) shown(name string) string {
	if c.dynamic {
		return request.ChosenPartial
	}
	return name
}

// parsePartial returns a partial's source, which is read and parsed once.
func (c *compiler) parsePartial(name string) *parsedPartial {
	if s, ok := c.parsed[name]; ok {
		return s
	}
	s := &parsedPartial{}
	if c.over() {
		return s
	}
	if c.parsed == nil {
		c.parsed = make(map[string]*parsedPartial)
	}
	c.parsed[name] = s
	var text string
	if text, s.problem, s.missing = c.load(name); s.problem != "" {
		return s
	}
	if s.tree, s.err = macros.Parse(macros.WithoutMark(text), macros.Liquid); s.err != nil {
		s.tree = nil
		return s
	}
	s.source = sourceOf(s.tree, c.shown(name))
	return s
}

// over reports whether no more partials are to be read, each of which may be a
// round trip.
func (c *compiler) over() bool {
	switch most := c.t.options.Limits.Partials; {
	case c.stopped != nil:
	case c.ctx.Err() != nil:
		c.stopped = gaveUp(c.ctx)
	case len(c.parsed) == most:
		c.stopped = exceeded("partials", most, "names")
	}
	return c.stopped != nil
}

// maxCompiledBytes bounds what one template takes with its partials, which are
// compiled for each kind of place anew.
const maxCompiledBytes = 64 << 20

// size is about how many bytes what was compiled takes.
func (c *compiler) size() int { return c.read + markupBytes*max(0, c.read-c.text) }

// Load returns the source of a partial that the source names, or what is wrong
// with it.
func (o Options) Load(ctx context.Context, name string) (source, problem string) {
	source, problem, _ = o.load(ctx, name, false)
	return source, problem
}

// load is Load. Where data chose the name, no problem shows it.
func (o Options) load(ctx context.Context, name string, chosen bool) (source, problem string, missing bool) {
	shown := " that the data names"
	if !chosen {
		shown = " " + shortened(name)
	}
	if o.Partials == nil {
		return "", "there are no partials here: `render` and `include` cannot call the partial" + shown, true
	}
	source, err := o.Read(ctx, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", "there is no partial" + shown + ": create it or correct the name", true
	case err != nil:
		return "", "the partial" + shown + " cannot be read now", false
	case len(source) > o.Limits.TemplateBytes:
		return "", "the partial" + shown + " is larger than the limit template_bytes allows", false
	}
	return source, "", false
}

// shortened returns the name of a partial, or the beginning of a long one, in
// quotes.
func shortened(name string) string {
	const most = 80
	if len(name) > most {
		return strconv.Quote(name[:most] + "...")
	}
	return strconv.Quote(name)
}

// Read asks for a partial.
func (o Options) Read(ctx context.Context, name string) (string, error) {
	if p, ok := o.Partials.(ContextPartials); ok {
		return p.PartialContext(ctx, name)
	}
	return o.Partials.Partial(name)
}
