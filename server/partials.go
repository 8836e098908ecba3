package server

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"strings"
	"sync"
	"time"

	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
)

// partials are the stored templates that a template calls, as seen from one
// scope. They remember what was called, so that an edit of a partial is seen
// by the templates that are compiled already. They implement engine.Partials.
type partials struct {
	store *store.Store
	scope resolver.Scope

	mu sync.Mutex
	// called :: name -> the version that was compiled
	called map[string]stamp
}

// stamp tells two versions of a stored template apart, also where one was
// deleted and made anew. The zero stamp is that of one that does not exist.
type stamp struct {
	scope   resolver.Scope
	version int64
	updated int64
}

func stampOf(t store.Template) stamp { return stamp{t.Scope, t.Version, t.UpdatedAt.UnixNano()} }

// partialTime bounds the search for one partial.
const partialTime = 5 * time.Second

func newPartials(from *store.Store, scope resolver.Scope) *partials {
	return &partials{store: from, scope: scope, called: make(map[string]stamp)}
}

// mayCallPartials reports whether source could name a partial. A word in the
// text may look like it: then it is only compiled once per scope.
func mayCallPartials(source string) bool {
	return strings.Contains(source, "{%") && (strings.Contains(source, "render") || strings.Contains(source, "include"))
}

// Partial returns the source of the stored template called name. One that has
// parts is none.
func (p *partials) Partial(name string) (string, error) {
	t, seen, err := p.find(name)
	if err != nil {
		return "", err
	}
	p.mu.Lock()
	p.called[name] = seen
	p.mu.Unlock()
	if seen == (stamp{}) {
		return "", fs.ErrNotExist
	}
	var d definition
	if err := json.Unmarshal(t.Definition, &d); err != nil {
		return "", err
	}
	if d.Template == nil {
		return "", fs.ErrNotExist
	}
	return *d.Template, nil
}

func (p *partials) find(name string) (store.Template, stamp, error) {
	ctx, cancel := context.WithTimeout(context.Background(), partialTime)
	defer cancel()
	t, err := findTemplate(ctx, p.store, p.scope, name)
	if errors.Is(err, errNoTemplate) || store.CodeOf(err) == store.InvalidRequest {
		return t, stamp{}, nil
	}
	return t, stampOf(t), err
}

// current reports whether every partial that was called is still the same.
func (p *partials) current() bool {
	if p == nil {
		return true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for name, was := range p.called {
		if _, is, err := p.find(name); err != nil || is != was {
			return false
		}
	}
	return true
}
