package macros

import (
	"maps"
	"slices"
)

// Variables returns the names that the template takes from outside, sorted:
// those that it uses before or without giving them a value itself.
func (t *Template) Variables() []string {
	s := newScope()
	s.nodes(t.Nodes)
	return s.names()
}

// use is one thing that a template does with what it does not hold itself.
// One field is set.
type use struct {
	// variable is a variable from outside.
	variable *Variable
	filter   *Filter
	// shown is a secret that is put into the output as it is.
	shown *Reference
	// output is a value that is printed.
	output *Output
}

// scope walks a tree and knows which names the template has given a value.
type scope struct {
	visit func(use)
	// defined :: name -> how many definitions of it are in force
	defined map[string]int
	free    map[string]bool
}

func newScope() *scope {
	return &scope{
		visit:   func(use) {},
		defined: map[string]int{"forloop": 1, "tablerowloop": 1},
		free:    make(map[string]bool),
	}
}

func (s *scope) names() []string { return slices.Sorted(maps.Keys(s.free)) }

func (s *scope) nodes(nodes []Node) {
	for _, n := range nodes {
		s.node(n)
	}
}

func (s *scope) node(n Node) {
	switch n := n.(type) {
	case *Output:
		s.exprs(n.Value)
		s.visit(use{output: n})
		if ref := shown(n.Value); ref != nil {
			s.visit(use{shown: ref})
		}
	case *Assign:
		s.exprs(n.Value)
		s.defined[n.Name]++
	case *Capture:
		s.nodes(n.Body)
		s.defined[n.Name]++
	case *Increment:
		s.defined[n.Name]++
	case *If:
		for _, b := range n.Branches {
			s.exprs(b.Cond)
			s.nodes(b.Body)
		}
		s.nodes(n.Else)
	case *Case:
		s.exprs(n.Value)
		for _, a := range n.Arms {
			s.exprs(a.Values...)
			s.nodes(a.Body)
		}
	case *For:
		s.exprs(n.In, n.Limit, n.Offset)
		s.loop(n.Name, n.Body)
		s.nodes(n.Else)
	case *TableRow:
		s.exprs(n.In, n.Cols, n.Limit, n.Offset)
		s.loop(n.Name, n.Body)
	case *Cycle:
		s.exprs(n.Group)
		s.exprs(n.Values...)
	case *Partial:
		s.exprs(n.Name, n.With)
		for _, a := range n.Args {
			s.exprs(a.Value)
		}
	case *IfChanged:
		s.nodes(n.Body)
	}
}

func (s *scope) loop(name string, body []Node) {
	s.defined[name]++
	s.nodes(body)
	s.defined[name]--
}

func (s *scope) exprs(values ...Expr) {
	for _, v := range values {
		switch v := v.(type) {
		case *Range:
			s.exprs(v.From, v.To)
		case *Variable:
			s.exprs(v.Root)
			s.path(v.Path)
			if v.Root == nil && s.defined[v.Name] == 0 {
				s.free[v.Name] = true
				s.visit(use{variable: v})
			}
			if name, ok := literalText(v.Root); ok && s.defined[name] == 0 {
				s.free[name] = true
			}
		case *Secret:
			s.exprs(v.Reference.Computed)
			s.path(v.Reference.Path)
		case *Filtered:
			s.exprs(v.Value)
			for i := range v.Filters {
				s.filter(&v.Filters[i])
			}
		case *Each:
			s.defined[v.Name]++
			s.exprs(v.Body)
			s.defined[v.Name]--
		case *Interpolated:
			s.exprs(v.Parts...)
		case *Binary:
			s.exprs(v.Left, v.Right)
		}
	}
}

func (s *scope) path(path []Segment) {
	for _, segment := range path {
		s.exprs(segment.Index)
	}
}

func (s *scope) filter(f *Filter) {
	s.visit(use{filter: f})
	s.exprs(f.Args...)
	for _, a := range f.Named {
		s.exprs(a.Value)
	}
}

// shown returns the secret that value puts into the output, or nil where a
// filter makes something of it that does not tell it.
func shown(value Expr) *Reference {
	filtered, ok := value.(*Filtered)
	if !ok {
		return referenceOf(value)
	}
	for _, f := range filtered.Filters {
		switch f.Name {
		case "md5", "sha1", "sha256", "sha512", "hmac", "hmac_sha256", "size":
			return nil
		}
	}
	return referenceOf(filtered.Value)
}
