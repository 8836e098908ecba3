package redact

import (
	"slices"

	"github.com/sotto-render/sotto/redact/internal/index"
)

// maxRetiredForms is how many bytes the forms of one retired value may take.
const maxRetiredForms = 1 << 20

// retiredQueue holds the values of a registry that are known for a while only, oldest
// first, so that what their forms take stays bounded: past it the oldest are known as
// they are and in no other form. Values that were added again
// stay in it until it is their turn.
type retiredQueue struct {
	most, bytes int
	order       []retiredEntry
}

type retiredEntry struct {
	payload *payload
	cost    int
}

// Keep makes secrets known that nobody can resolve any more, until [Redactor.Forget] or
// [Redactor.Retire]. What is derived from them is not known. What their forms take is
// bounded as that of retired ones, see [Options.RetiredBytes]. A value that was added
// stays as it is.
func (r *Redactor) Keep(secrets ...Secret) {
	g := r.registry()
	for _, s := range secrets {
		if s.payload != nil {
			g.keep(s.payload.asRoot())
		}
	}
}

func (g *registry) keep(p *payload) {
	g.mu.Lock()
	defer g.mu.Unlock()
	t, ok := g.secrets[p.identity()]
	if !ok {
		t = g.enter(p)
	} else if !t.retired {
		return
	}
	t.until = never
	g.boundRetired(p, t)
}

// boundRetired notes that a value is known for a while only, and drops the forms of the
// oldest ones while those of all take too much. It is called with the lock held.
func (g *registry) boundRetired(p *payload, t *knownValue) {
	if t.retired {
		return // it is in the queue, or known as it is
	}
	t.retired = true
	q := &g.retired
	cost := formsCost(t.patterns)
	if cost > maxRetiredForms {
		g.dropForms(p, t)
		return
	}
	q.order = append(q.order, retiredEntry{p, cost})
	for q.bytes += cost; q.bytes > q.most; {
		oldest := q.order[0]
		q.order[0] = retiredEntry{} // what is gone must not live on
		q.order = q.order[1:]
		q.bytes -= oldest.cost
		if t, ok := g.secrets[oldest.payload.identity()]; ok && t.retired {
			g.dropForms(oldest.payload, t)
		}
	}
}

// forgetGone takes what is no longer known out of the queue. It is called with the lock
// held.
func (g *registry) forgetGone() {
	q := &g.retired
	q.order = slices.DeleteFunc(q.order, func(e retiredEntry) bool {
		_, ok := g.secrets[e.payload.identity()]
		if !ok {
			q.bytes -= e.cost
		}
		return !ok
	})
	if len(q.order) == 0 {
		q.order = nil // what is gone must not live on
	}
}

// dropForms makes a value known as it is alone. It is called with the lock held.
func (g *registry) dropForms(p *payload, t *knownValue) {
	if !t.bare {
		g.replaceForms(t, p.bareForms())
		t.bare = true
		p.dropForms()
	}
}

// restore makes a value that was retired a current one. It is called with the lock held.
func (g *registry) restore(p *payload, t *knownValue) {
	t.until, t.retired = never, false
	if t.bare {
		g.replaceForms(t, p.forms())
		t.bare = false
	}
}

// replaceForms makes a value known by other patterns. It is unknown at no time.
func (g *registry) replaceForms(t *knownValue, patterns []index.Pattern) {
	g.matcher.Replace(t.patterns, patterns)
	t.patterns = patterns
}
