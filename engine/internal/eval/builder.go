package eval

// Builder is an object of a result that keeps its keys in order. Add is called once for
// each of them.
type Builder interface {
	Keys() []string
	Get(key string) (any, bool)
	Add(key string, value any)
}

// members is a Builder that is written out at once, so that no key is looked for but in
// order.
type members struct {
	keys   []string
	values []any
	// at is the place behind the key that was found last.
	at int
}

// NewMembers returns an empty Builder whose keys are read in order, for AppendJSON.
func NewMembers(size int) Builder {
	return &members{keys: make([]string, 0, size), values: make([]any, 0, size)}
}

func (m *members) Keys() []string { return m.keys }

func (m *members) Get(key string) (any, bool) {
	for range m.keys {
		if m.at == len(m.keys) {
			m.at = 0
		}
		if m.at++; m.keys[m.at-1] == key {
			return m.values[m.at-1], true
		}
	}
	return nil, false
}

func (m *members) Add(key string, value any) {
	m.keys, m.values = append(m.keys, key), append(m.values, value)
}
