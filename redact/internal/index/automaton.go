package index

import "slices"

// automaton finds all occurrences of many patterns, reading each byte once
// (Aho-Corasick). It serves the hard patterns of a [tier]; everything else is
// cheaper there. It is immutable.
//
// Node 0 is the root. A node's first child is the node after it, so that the
// long chains of which such patterns are made need no table.
type automaton struct {
	patterns []*Pattern
	// lower is set for patterns with folded digits. All letters are then the
	// same in either case: such an automaton may mask a text that differs
	// from an escaped form in the case of letters.
	lower bool
	// broken is that of all its patterns.
	broken bool
	label  []byte  // of the edge that leads to a node
	next   []bool  // whether the node after this one is its child
	fail   []int32 // the longest proper suffix that is a node too
	out    []int32 // the length of the longest pattern that ends here, or 0
	// tagged :: node -> patterns that end here and have a tag; they are not in out.
	tagged map[int32][]*Pattern
	// link :: node -> the longest proper suffix that is in tagged, or 0
	link map[int32]int32
	// edges :: 28 bits parent, 8 bits label, 28 bits child; open addressing,
	// 0 is free. First children are not in it.
	edges []uint64
}

const maxNodes = 1 << 28

func newAutomaton(patterns []*Pattern) *automaton {
	a := &automaton{patterns: patterns, lower: patterns[0].fold != foldNone, broken: patterns[0].broken}
	total := 1
	for _, p := range patterns {
		total += len(p.text)
	}
	if total > maxNodes {
		panic("index: too many bytes of values that look alike")
	}
	// Sorted, values that share a beginning follow each other.
	sorted := slices.Clone(patterns)
	slices.SortFunc(sorted, func(x, y *Pattern) int { return slices.Compare(x.text[x.lead:], y.text[y.lead:]) })
	slots := 16
	for slots < 4*len(patterns) {
		slots *= 2
	}
	a.edges = make([]uint64, slots)
	a.node(0)
	var depth []int32 // of a node
	depth = append(depth, 0)
	var parent []int32
	parent = append(parent, 0)
	for _, p := range sorted {
		node := int32(0)
		for i, c := range p.text[p.lead:] {
			c = a.fold(c)
			child, ok := a.child(node, c)
			if !ok {
				child = int32(len(a.label))
				a.node(c)
				depth, parent = append(depth, int32(i+1)), append(parent, node)
				if child == node+1 {
					a.next[node] = true
				} else {
					a.edge(node, c, child)
				}
			}
			node = child
			if p.tag == nil && i+1 >= p.size() {
				a.out[node] = int32(i + 1)
			}
			if p.tag != nil && i+1 == p.size() {
				a.addTagged(node, p)
			}
		}
	}
	a.connect(depth, parent)
	return a
}

func (a *automaton) node(label byte) {
	a.label = append(a.label, label)
	a.next = append(a.next, false)
	a.fail = append(a.fail, 0)
	a.out = append(a.out, 0)
}

// connect sets the fail links, and the out of nodes whose suffixes match.
func (a *automaton) connect(depth, parent []int32) {
	// In order of depth: a link leads to a node that is less deep.
	starts := make([]int32, int(slices.Max(depth))+2)
	for _, d := range depth {
		starts[d+1]++
	}
	for d := range len(starts) - 1 {
		starts[d+1] += starts[d]
	}
	order := make([]int32, len(depth))
	for node, d := range depth {
		order[starts[d]] = int32(node)
		starts[d]++
	}
	for _, node := range order[1:] {
		if depth[node] > 1 {
			a.fail[node] = a.step(a.fail[parent[node]], a.label[node])
		}
		a.out[node] = max(a.out[node], a.out[a.fail[node]])
		if a.tagged != nil {
			a.linkTagged(node)
		}
	}
}

// addTagged notes that a pattern with a tag ends at node. What may follow it is not
// looked for.
func (a *automaton) addTagged(node int32, p *Pattern) {
	if a.tagged == nil {
		a.tagged, a.link = make(map[int32][]*Pattern), make(map[int32]int32)
	}
	a.tagged[node] = append(a.tagged[node], p)
}

// linkTagged sets the link of a node whose suffixes have theirs.
func (a *automaton) linkTagged(node int32) {
	suffix := a.fail[node]
	if _, ok := a.tagged[suffix]; !ok {
		suffix = a.link[suffix]
	}
	if suffix != 0 {
		a.link[node] = suffix
	}
}

// foundTagged adds the patterns with a tag that end at node, which is before end.
func (a *automaton) foundTagged(s *Scan, node int32, end int) *Scan {
	if _, ok := a.tagged[node]; !ok {
		node = a.link[node]
	}
	for ; node != 0; node = a.link[node] {
		for _, p := range a.tagged[node] {
			s = s.foundPattern(p, end-p.size(), end)
		}
	}
	return s
}

func (a *automaton) fold(c byte) byte {
	if a.lower && 'A' <= c && c <= 'Z' {
		return c | 0x20
	}
	return c
}

const edgeKey = 1<<36 - 1

func (a *automaton) slot(key uint64) int {
	h := key * multiplier2
	return int((h ^ h>>32) & uint64(len(a.edges)-1))
}

func (a *automaton) edge(node int32, c byte, child int32) {
	key := uint64(node)<<8 | uint64(c)
	k := a.slot(key)
	for a.edges[k] != 0 {
		k = (k + 1) & (len(a.edges) - 1)
	}
	a.edges[k] = uint64(child)<<36 | key
}

func (a *automaton) child(node int32, c byte) (int32, bool) {
	if a.next[node] && a.label[node+1] == c {
		return node + 1, true
	}
	key := uint64(node)<<8 | uint64(c)
	for k := a.slot(key); a.edges[k] != 0; k = (k + 1) & (len(a.edges) - 1) {
		if a.edges[k]&edgeKey == key {
			return int32(a.edges[k] >> 36), true
		}
	}
	return 0, false
}

// step returns the node behind node when c is read.
func (a *automaton) step(node int32, c byte) int32 {
	for {
		if child, ok := a.child(node, c); ok {
			return child
		}
		if node == 0 {
			return 0
		}
		node = a.fail[node]
	}
}

// reader is how far an automaton has read in one scan.
type reader struct {
	automaton *automaton
	node      int32
	end       int
}

// run lets the tier's automata read text from from to to, each from where it
// stopped if that is further on.
func (s *Scan) run(t *tier, text []byte, from, to int) *Scan {
	s = s.started()
	readers := s.readers[t.number]
	if len(readers) == 0 {
		for _, a := range *t.automata.Load() {
			readers = append(readers, reader{automaton: a})
		}
		s.readers[t.number] = readers
	}
	to = min(to, len(text))
	for i := range readers {
		p := &readers[i]
		a := p.automaton
		if s.broken && !a.broken {
			continue
		}
		// What is skipped begins no pattern: its gram would have brought a run
		// from there. Where runs overlap, the later one goes on, so that no byte
		// is read twice however many grams ask for it.
		if from > p.end {
			p.node, p.end = 0, from
		}
		for ; p.end < to; p.end++ {
			p.node = a.step(p.node, a.fold(text[p.end]))
			if n := int(a.out[p.node]); n > 0 {
				s = s.found(p.end+1-n, p.end+1)
			}
			if a.tagged != nil {
				s = a.foundTagged(s, p.node, p.end+1)
			}
		}
	}
	return s
}

// addToAutomata gives hard patterns to the tier's automata. Each is more than four
// times as big as the next of its kind, so a pattern is built into few automata over
// time, and few of them run.
func (t *tier) addToAutomata(hard []*Pattern) {
	list := slices.Clone(*t.automata.Load())
	for _, kind := range [...]struct{ lower, broken bool }{{}, {lower: true}, {broken: true}, {true, true}} {
		var patterns []*Pattern
		for _, p := range hard {
			if (p.fold != foldNone) == kind.lower && p.broken == kind.broken {
				patterns = append(patterns, p)
			}
		}
		if len(patterns) == 0 {
			continue
		}
		// From the smallest on: what one brings makes the next one too small.
		for i := len(list) - 1; i >= 0; i-- {
			if a := list[i]; a.lower == kind.lower && a.broken == kind.broken && len(a.patterns) <= 4*len(patterns) {
				patterns = append(patterns, a.patterns...)
				list = slices.Delete(list, i, i+1)
			}
		}
		list = append(list, newAutomaton(patterns))
	}
	t.automata.Store(&list)
}
