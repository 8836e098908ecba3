package engine

import "github.com/sotto-render/sotto/macros"

// Cache keeps compiled templates by their content, so that a template that
// comes with every request is compiled once. It is bounded and safe for
// concurrent use. The zero Cache is ready, with the defaults of its fields.
type Cache struct {
	// Bytes is how much source is kept; 16 MiB. A compiled template takes a
	// few times its source.
	Bytes int
	// Limits are those of every template of the cache.
	Limits Limits

	kept generations[cacheKey, cached]
}

type cacheKey struct {
	source  string
	syntax  macros.Syntax
	context Context
}

type cached struct {
	template *Template
	// version is that of the partials which the template was compiled with.
	version string
}

// Versioned are [Partials] that say when they change. A template that names
// partials is kept in a [Cache] only as long as their version is the same, and
// not at all where they have none.
type Versioned interface {
	Partials
	Version() string
}

// Compile returns the template that [Compile] makes, from the cache where it
// can. o.Limits are those of the cache.
func (c *Cache) Compile(source string, o TemplateOptions) (*Template, error) {
	key := cacheKey{source: source, syntax: o.Syntax, context: o.Context}
	if found, ok := c.kept.get(key); ok && found.fits(o.Partials) {
		return found.template, nil
	}
	o.Limits = c.Limits
	version := versionOf(o.Partials)
	t, err := Compile(source, o)
	if err != nil {
		return nil, err
	}
	if t.compiled.CallsPartials() && version == "" {
		return t, nil
	}
	c.kept.set(key, cached{template: t, version: version}, len(source), c.Bytes)
	return t, nil
}

// fits reports whether the template is what compiling with partials would
// yield now.
func (e cached) fits(partials Partials) bool {
	return !e.template.compiled.CallsPartials() || e.version == versionOf(partials)
}

func versionOf(partials Partials) string {
	if v, ok := partials.(Versioned); ok {
		return v.Version()
	}
	return ""
}
