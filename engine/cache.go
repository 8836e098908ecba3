package engine

import (
	"strings"
	"sync"

	"github.com/sotto-render/sotto/internal/sourcecache"
	"github.com/sotto-render/sotto/macros"
)

// Cache keeps compiled templates by their content, so that a template that
// comes with every request is compiled once. It is bounded and safe for
// concurrent use. The zero Cache is ready, with the defaults of its fields.
type Cache struct {
	// Bytes is about how much memory is taken, that of partials included; 32 MiB.
	Bytes int
	// Limits are those of every template of the cache.
	Limits Limits

	once sync.Once
	kept *sourcecache.Cache[cacheOptions, *Template]
}

const defaultCacheBytes = 32 << 20

// cacheOptions are what a template depends on besides its source.
type cacheOptions struct {
	syntax  macros.Syntax
	context Context
	// partials is the version of those that it was compiled with; "" for a
	// template that names none.
	partials string
	filters  *Functions
}

// Versioned are [Partials] that say when they change. A template that names
// partials is kept in a [Cache] for partials of the same version, and not at all
// where they have none.
type Versioned interface {
	Partials
	Version() string
}

// Compile returns the template that [Compile] makes, from the cache where it
// can. o.Limits are those of the cache.
func (c *Cache) Compile(source string, o TemplateOptions) (*Template, error) {
	c.once.Do(func() { c.kept = sourcecache.New[cacheOptions, *Template](orDefault(c.Bytes, defaultCacheBytes)) })
	key := cacheOptions{syntax: o.Syntax, context: o.Context, filters: o.Filters}
	if t, ok := c.kept.Get(source, key); ok {
		return t, nil // it calls no partials, or it would have a version
	}
	version := versionOf(o.Partials)
	if version != "" {
		key.partials = version
		if t, ok := c.kept.Get(source, key); ok {
			c.weigh(source, key, t)
			return t, nil
		}
	}
	o.Limits = c.Limits
	// The source may be a piece of something that must not live on.
	source = strings.Clone(source)
	t, err := Compile(source, o)
	if err != nil {
		return nil, err
	}
	switch {
	case !t.compiled.CallsPartials():
		key.partials = ""
	case version == "":
		return t, nil
	}
	c.kept.Set(source, key, t, t.Size())
	return t, nil
}

// weigh counts what t has kept since it was kept itself.
func (c *Cache) weigh(source string, key cacheOptions, t *Template) {
	if !t.Chooses() {
		return
	}
	if size := t.Size(); t.weighed.Swap(int64(size)) != int64(size) {
		c.kept.Set(strings.Clone(source), key, t, size)
	}
}

func orDefault(n, otherwise int) int {
	if n <= 0 {
		return otherwise
	}
	return n
}

func versionOf(partials Partials) string {
	if v, ok := partials.(Versioned); ok {
		return v.Version()
	}
	return ""
}
