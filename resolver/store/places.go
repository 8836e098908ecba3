package store

import (
	"slices"
	"sort"
)

// places are the keys of one table in order, so that a page of a list looks at
// its own range alone.
type places struct {
	sorted []string
	// added came since sorted was made, in any order; what was dropped since is
	// still in both.
	added []string
}

// note adds key to the places of its table, where they are known. The caller has
// mu.
func (st *scopeState) note(key Key) {
	if p := st.places[key.Table]; p != nil {
		p.added = append(p.added, key.Key)
	}
}

// between returns the known keys of a table behind one key and up to another, and
// perhaps some that were dropped. The caller has mu, to write.
func (st *scopeState) between(table Table, after string, last string, toEnd bool) []string {
	p := st.places[table]
	switch {
	case p == nil:
		p = &places{}
		for key := range st.rows {
			if key.Table == table {
				p.sorted = append(p.sorted, key.Key)
			}
		}
		slices.Sort(p.sorted)
		if st.places == nil {
			st.places = make(map[Table]*places)
		}
		st.places[table] = p
	case len(p.added) > 0:
		all := append(p.sorted, p.added...)
		slices.Sort(all)
		p.sorted, p.added = slices.DeleteFunc(slices.Compact(all), func(key string) bool {
			_, known := st.rows[Key{Table: table, Scope: st.scope, Key: key}]
			return !known
		}), nil
	}
	first := sort.Search(len(p.sorted), func(i int) bool { return p.sorted[i] > after })
	end := len(p.sorted)
	if !toEnd {
		end = sort.SearchStrings(p.sorted, last)
	}
	return p.sorted[first:max(first, end)]
}
