package js

import "strings"

// binding is a name that an expression declares.
type binding struct {
	name string
	pos  int
	// word says how it was declared: const, let, var, function, parameter or
	// "function name".
	word string
	in   *functionScope
	// slot is its place in the frame of its function. Where functions inside refer to
	// it, it lives in a cell instead, which may outlive the frame.
	slot, cell int
	captured   bool
	// set says that the declaration was bound: what stands behind it in the same
	// function finds the name set. Cases of a switch share names that some may skip.
	set, skipped bool
}

// functionScope is what a function, or the whole expression, has of names.
type functionScope struct {
	parent *functionScope
	// slots and cells are how many its frame needs.
	slots, cells int
	// outer are the names of the functions around it that it refers to.
	outer []*binding
	// places :: name of a function around -> its place in outer
	places map[*binding]int
}

// blockScope is what is declared between two curly brackets, or by the head of a
// loop or a function.
type blockScope struct {
	parent   *blockScope
	in       *functionScope
	bindings []*binding
	// cases says that it is a switch.
	cases bool
	// functions are the declarations to be made when the block is entered.
	functions []*functionDeclaration
}

func (s *blockScope) find(name string) *binding {
	for _, b := range s.bindings {
		if b.name == name {
			return b
		}
	}
	return nil
}

// add declares a name.
func (s *blockScope) add(name string, pos int, word string) *binding {
	b := &binding{name: name, pos: pos, word: word, in: s.in, skipped: s.cases, slot: s.in.slots}
	s.in.slots++
	s.bindings = append(s.bindings, b)
	return b
}

// use notes that the function f refers to b.
func (f *functionScope) use(b *binding) {
	if b.in == f {
		return
	}
	if !b.captured {
		b.captured, b.cell = true, b.in.cells
		b.in.cells++
	}
	for ; f != b.in; f = f.parent {
		if _, known := f.places[b]; known {
			return
		}
		if f.places == nil {
			f.places = make(map[*binding]int)
		}
		f.places[b] = len(f.outer)
		f.outer = append(f.outer, b)
	}
}

// isSecrets reports whether a name is the root of references: it has no letter
// case.
func isSecrets(name string) bool {
	return len(name) == len("secrets") && strings.EqualFold(name, "secrets") && name[0] < 0x80 && isPlain(name)
}

// isPlain reports whether name has no letters that fold to those of ASCII.
func isPlain(name string) bool {
	for i := range len(name) {
		if name[i] >= 0x80 {
			return false
		}
	}
	return true
}
