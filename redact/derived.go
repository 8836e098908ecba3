package redact

import "github.com/sotto-render/sotto/redact/internal/index"

// derivedQueue holds the derived values of a registry, oldest first, so that what
// their forms take stays bounded. Values that went by themselves stay in it until it
// is their turn.
type derivedQueue struct {
	most, bytes int
	order       []derivedEntry
}

type derivedEntry struct {
	id   identity
	cost int
}

// boundDerived notes a derived value, and forgets the oldest ones while all of them
// take too much. It is called with the lock held.
func (g *registry) boundDerived(id identity, patterns []index.Pattern) {
	q := &g.derived
	q.order = append(q.order, derivedEntry{id, formsCost(patterns)})
	q.bytes += q.order[len(q.order)-1].cost
	for q.bytes > q.most && len(q.order) > 1 {
		oldest := q.order[0]
		q.order[0] = derivedEntry{} // what is gone must not live on
		q.order = q.order[1:]
		q.bytes -= oldest.cost
		if t, ok := g.secrets[oldest.id]; ok {
			delete(g.secrets, oldest.id)
			g.matcher.Remove(t.patterns, true)
		}
	}
}
