package liquid

import (
	"errors"
	"io/fs"

	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/macros"
)

// partialKey names one compilation of a partial.
type partialKey struct {
	name     string
	isolated bool
	// capturing says that the call stands in a capture.
	capturing bool
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
	// entered says that its secrets, or its mistakes, are noted.
	entered bool
}

// partial compiles a partial for one kind of place. A partial that calls itself
// from the same place is compiled once.
func (c *compiler) partial(key partialKey, from *request.Source, pos macros.Pos) *compiled {
	done := &compiled{name: key.name}
	s := c.parsePartial(key.name)
	switch {
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
	}
	c.sets, c.isolated, c.capturing, c.escaped = nil, key.isolated, key.capturing, key.escaped
	c.read += len(s.tree.Source)
	done.ops = c.body(s.tree.Nodes)
	c.source, c.sets, c.isolated, c.capturing, c.escaped = outer.source, outer.sets, outer.isolated, outer.capturing, outer.escaped
	return done
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
	if c.parsed == nil {
		c.parsed = make(map[string]*parsedPartial)
	}
	s := &parsedPartial{}
	c.parsed[name] = s
	var text string
	if text, s.problem = c.t.options.Load(name); s.problem != "" {
		return s
	}
	if s.tree, s.err = macros.Parse(text, macros.Liquid); s.err != nil {
		s.tree = nil
		return s
	}
	s.source = sourceOf(s.tree, c.shown(name))
	return s
}

// Load returns a partial's source, or what is wrong with it.
func (o Options) Load(name string) (source, problem string) {
	if o.Partials == nil {
		return "", "there are no partials here: `render` and `include` have nothing to call"
	}
	source, err := o.Partials.Partial(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", "there is no such partial: create it or correct the name"
	case err != nil:
		return "", "the partial cannot be read now"
	case len(source) > o.Limits.TemplateBytes:
		return "", "the partial is larger than the limit template_bytes allows"
	}
	return source, ""
}
