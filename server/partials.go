package server

import (
	"context"
	"crypto/sha256"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"
	"unsafe"

	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
)

// partials are the stored templates that a template calls, as seen from one
// scope. Until the template is compiled they remember what was called, which is
// what it depends on; a partial that its data names is read by each render anew.
// They implement engine.ContextPartials.
type partials struct {
	compiled *compiled
	scope    resolver.Scope

	mu sync.Mutex
	// called :: name -> the source that was compiled; nil once all is
	called map[string]digest
}

// digest tells sources apart. The zero digest is that of none.
type digest [sha256.Size]byte

// stamp tells two versions of a stored template apart, also where one was
// deleted and made anew. The zero stamp is that of one that does not exist.
type stamp struct {
	scope   resolver.Scope
	version int64
	updated int64
}

func stampOf(t store.Document) stamp { return stamp{t.Scope, t.Version, t.UpdatedAt.UnixNano()} }

// partialTime bounds the search for one partial.
const partialTime = 5 * time.Second

func newPartials(from *compiled, scope resolver.Scope) *partials {
	return &partials{compiled: from, scope: scope, called: make(map[string]digest)}
}

// mayCallPartials reports whether source could name a partial. A word in the
// text may look like it.
func mayCallPartials(source string) bool {
	return strings.Contains(source, "{%") && (strings.Contains(source, "render") || strings.Contains(source, "include"))
}

// Partial implements [engine.Partials].
func (p *partials) Partial(name string) (string, error) {
	return p.PartialContext(context.Background(), name)
}

// PartialContext returns the source of the stored template called name. One that
// has parts is none.
func (p *partials) PartialContext(ctx context.Context, name string) (string, error) {
	source, sum, err := pinnedBy(ctx).find(ctx, p, name)
	if err != nil {
		return "", err
	}
	p.mu.Lock()
	if p.called != nil { // one that is missing may stand in a branch
		p.called[name] = sum
	}
	p.mu.Unlock()
	if source == nil {
		return "", fs.ErrNotExist
	}
	return *source, nil
}

// pins are the partials that the recipients of a batch have named, as they were when the
// first one did: all see the same versions, however long the batch takes. Of names beyond
// maxCalls each is read anew.
type pins struct {
	mu    sync.Mutex
	found map[partialName]foundPartial
}

type partialName struct {
	scope resolver.Scope
	name  string
}

// foundPartial is a partial as it was found; its source is nil where there is none.
type foundPartial struct {
	source *string
	sum    digest
}

type pinsKey struct{}

// withPins returns ctx for work in which a partial stays what it was at first.
func withPins(ctx context.Context) context.Context {
	return context.WithValue(ctx, pinsKey{}, &pins{found: make(map[partialName]foundPartial)})
}

// pinnedBy returns the pins of ctx; nil for none, which find everything anew.
func pinnedBy(ctx context.Context) *pins {
	held, _ := ctx.Value(pinsKey{}).(*pins)
	return held
}

// find is [partials.find], once for each name.
func (h *pins) find(ctx context.Context, p *partials, name string) (*string, digest, error) {
	if h == nil {
		return p.find(ctx, name)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	key := partialName{p.scope, name}
	if was, ok := h.found[key]; ok {
		return was.source, was.sum, nil
	}
	source, sum, err := p.find(ctx, name)
	if err == nil && len(h.found) < maxCalls {
		key.name = strings.Clone(name) // a piece of a line of the batch, which must not live on
		h.found[key] = foundPartial{source, sum}
	}
	return source, sum, err
}

// find returns the source of a partial and its digest; nil where there is none.
func (p *partials) find(ctx context.Context, name string) (*string, digest, error) {
	ctx, cancel := context.WithTimeout(ctx, partialTime)
	defer cancel()
	t, err := findDocument(ctx, p.compiled.store, store.TemplateKind, p.scope, name)
	if code := store.CodeOf(err); code == store.NotFound || code == store.InvalidRequest {
		return nil, digest{}, nil
	}
	if err != nil {
		return nil, digest{}, err
	}
	d, err := p.compiled.definition(t)
	if err != nil {
		return nil, digest{}, err
	}
	return d.Template, d.digest, nil
}

// done ends the compilation and returns what was called.
func (p *partials) done() map[string]digest {
	p.mu.Lock()
	defer p.mu.Unlock()
	called := p.called
	p.called = nil
	return called
}

// key returns what a template is kept under that was compiled with called: that
// stands there as it was compiled, the other names of known as they are now.
func (p *partials) key(ctx context.Context, plain templateOptions, known calls, called map[string]digest) (templateOptions, error) {
	if known.late {
		plain.scope = p.scope
	}
	if len(known.names) == 0 {
		return plain, nil
	}
	all := make([]byte, 0, len(known.names)*sha256.Size)
	for _, name := range known.names {
		sum, ok := called[name]
		if !ok {
			var err error
			if _, sum, err = p.find(ctx, name); err != nil {
				return plain, err
			}
		}
		all = append(all, sum[:]...)
	}
	names := sha256.Sum256([]byte(strings.Join(known.names, "\x00")))
	plain.partials = sha256.Sum256(append(all, names[:]...))
	return plain, nil
}

// calls are what is known of the partials that a source calls, in whatever scope.
type calls struct {
	// names are those called by the source, or by one of the partials that it has
	// in some scope, sorted. A template that is kept depends on no others, so
	// scopes that have the same sources under all of them share it.
	names []string
	// late says that names of partials are data too, which are looked for in the
	// scope that the template was compiled for.
	late bool
}

// maxCalls is how many names are remembered of all scopes together.
const maxCalls = 1000

// with returns the calls with those of one more compilation.
func (c calls) with(names []string, late bool) calls {
	all := slices.Concat(c.names, names)
	slices.Sort(all)
	all = slices.Compact(all)
	if len(all) > maxCalls {
		all = names
	}
	return calls{names: all, late: c.late || late}
}

// size is about how many bytes c takes.
func (c calls) size() int {
	n := 0
	for _, name := range c.names {
		n += len(name) + int(unsafe.Sizeof(name))
	}
	return n
}
