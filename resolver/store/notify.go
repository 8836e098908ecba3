package store

import (
	"sync"

	"github.com/sotto-render/sotto/resolver"
)

// listeners are the functions that want to hear of changes.
type listeners struct {
	mu   sync.RWMutex
	next int
	// heard :: number of a listener -> its function
	heard map[int]func(resolver.Change)
}

func (l *listeners) tell(c resolver.Change) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for _, heard := range l.heard {
		heard(c)
	}
}

// Notify implements [resolver.Notifier]. heard is called after each change of a
// secret: one of this process before the call that makes it returns, and those
// of others as the backend hears of them.
func (s *Store) Notify(heard func(resolver.Change)) (stop func()) {
	l := &s.listeners
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.heard == nil {
		l.heard = make(map[int]func(resolver.Change))
	}
	id := l.next
	l.next++
	l.heard[id] = heard
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.heard, id)
	}
}

// Hearing implements [resolver.Hearer].
func (s *Store) Hearing() bool {
	w, ok := s.backend.(Watcher)
	return !ok || w.Hearing()
}

// heard takes in what was changed, or may have been.
func (s *Store) heard(key Key) {
	switch key.Table {
	case TableMeta:
		if key.Key == lossName {
			st := s.state(key.Scope)
			st.invalidate()
			s.forget(st)
		}
	case "":
		s.missed.Store(true)
		s.tokens.doubt()
		s.sessions.clear()
		s.documents.clear()
		s.listeners.tell(resolver.Change{})
	case TableTokens:
		s.tokens.drop(key.Key)
	case TableSessions:
		s.sessions.drop(key)
	case TableTemplates, TableFlows:
		s.documents.drop(key)
	case TableRemainders:
		// What is kept comes with an edit, which is told, and goes at a time that is
		// known.
		if alias, purged := aliasOf(key.Key); purged {
			s.listeners.tell(resolver.Change{Scope: resolver.Scope(key.Scope), Alias: alias, Purged: true})
		}
	case TableSecrets:
		s.listeners.tell(resolver.Change{Scope: resolver.Scope(key.Scope), Alias: key.Key})
	}
}
