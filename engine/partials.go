package engine

import (
	"context"
	"io/fs"
)

// Partials are the templates that `render` and `include` may name. It is safe
// for concurrent use. Those that a source names are read when it is compiled;
// one whose name is data is read once by each render that names it.
type Partials interface {
	// Partial returns the source of name. The error MUST satisfy
	// errors.Is(err, fs.ErrNotExist) where there is no such partial, and
	// its text is never shown.
	Partial(name string) (source string, err error)
}

// ContextPartials are [Partials] that may take long to find one, as over a network.
type ContextPartials interface {
	Partials
	// PartialContext is Partial for a caller who waits until ctx ends: that of
	// [CompileContext], of [Lint] or of a render.
	PartialContext(ctx context.Context, name string) (source string, err error)
}

// PartialMap are partials by name.
type PartialMap map[string]string

// Partial implements [Partials].
func (m PartialMap) Partial(name string) (string, error) {
	source, ok := m[name]
	if !ok {
		return "", fs.ErrNotExist
	}
	return source, nil
}

// PartialFS reads partials from a file system: the partial `a/b` is the file
// `a/b` plus Suffix, such as ".liquid".
type PartialFS struct {
	FS     fs.FS
	Suffix string
}

// Partial implements [Partials].
func (p PartialFS) Partial(name string) (string, error) {
	path := name + p.Suffix
	if !fs.ValidPath(path) {
		return "", fs.ErrNotExist
	}
	source, err := fs.ReadFile(p.FS, path)
	return string(source), err
}
