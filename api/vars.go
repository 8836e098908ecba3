package api

import (
	"encoding/json"
	"maps"
	"slices"
)

// orderedVars are variables that are written in an order: first the names that
// it lists, then the others, sorted.
type orderedVars struct {
	vars  map[string]any
	order []string
}

// IsZero reports whether there is nothing to write.
func (v orderedVars) IsZero() bool { return len(v.vars) == 0 }

// MarshalJSON implements json.Marshaler.
func (v orderedVars) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	written := make(map[string]bool, len(v.vars))
	for _, name := range slices.Concat(v.order, slices.Sorted(maps.Keys(v.vars))) {
		x, there := v.vars[name]
		if !there || written[name] {
			continue
		}
		if len(written) > 0 {
			b = append(b, ',')
		}
		written[name] = true
		key, err := json.Marshal(name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(x)
		if err != nil {
			return nil, err
		}
		b = append(append(append(b, key...), ':'), value...)
	}
	return append(b, '}'), nil
}
