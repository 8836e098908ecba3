package macros

// PartialCall is a call of a partial whose name the template writes out.
type PartialCall struct {
	Name string
	// Pos is the offset of the tag.
	Pos Pos
	// Guarded says that it stands in a branch or a loop: the partial needs to exist
	// only when rendering reaches it.
	Guarded bool
}

// PartialCalls returns the calls by `render` and `include` whose names are written out,
// in their order. Calls whose names are data are not among them.
func (t *Template) PartialCalls() []PartialCall { return partialCalls(nil, t.Nodes, false) }

func partialCalls(calls []PartialCall, nodes []Node, guarded bool) []PartialCall {
	for _, n := range nodes {
		switch n := n.(type) {
		case *Partial:
			if literal, ok := n.Name.(*Literal); ok {
				if name, ok := literal.Value.(string); ok {
					calls = append(calls, PartialCall{Name: name, Pos: n.Pos, Guarded: guarded})
				}
			}
		case *Capture:
			calls = partialCalls(calls, n.Body, guarded)
		case *IfChanged:
			calls = partialCalls(calls, n.Body, guarded)
		case *For:
			calls = partialCalls(partialCalls(calls, n.Body, true), n.Else, true)
		case *TableRow:
			calls = partialCalls(calls, n.Body, true)
		case *If:
			for _, b := range n.Branches {
				calls = partialCalls(calls, b.Body, true)
			}
			calls = partialCalls(calls, n.Else, true)
		case *Case:
			for _, a := range n.Arms {
				calls = partialCalls(calls, a.Body, true)
			}
		}
	}
	return calls
}
