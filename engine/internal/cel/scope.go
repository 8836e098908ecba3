package cel

import "github.com/google/cel-go/common/types/ref"

// scope is the local names of a comprehension, innermost first.
type scope struct {
	parent *scope
	name   string
	// constant is the value of a name that `cel.bind` ties to a constant;
	// nil for any other.
	constant ref.Val
}

func (s *scope) with(name string, constant ref.Val) *scope {
	if name == "" {
		return s
	}
	return &scope{parent: s, name: name, constant: constant}
}

func (s *scope) find(name string) *scope {
	for ; s != nil; s = s.parent {
		if s.name == name {
			return s
		}
	}
	return nil
}
