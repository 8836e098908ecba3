package liquid

import (
	"slices"
	"strconv"

	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/macros"
)

// secretOperand is a reference whose value Prepare has pinned.
type secretOperand struct {
	source *request.Source
	ref    *macros.Reference
	at     int
}

func (x *secretOperand) eval(st *state) value {
	p := &st.pinned[x.at]
	if p.code != "" && !x.ref.Covered {
		st.failRef(x.source, x.ref, p.code, p.message)
	}
	return p.value
}

// failRef ends the render with an error about a reference.
func (st *state) failRef(u *request.Source, ref *macros.Reference, code, message string) {
	if st.err == nil {
		st.err = &request.Error{Problems: []request.Problem{u.Reference(ref, code, message)}}
	}
}

// dynamicSecret is a reference whose alias or path only rendering tells, or that
// stands in a partial which only rendering chose. It finds what the request
// has resolved: what templates mention and what required_secrets lists.
type dynamicSecret struct {
	source *request.Source
	ref    *macros.Reference
	alias  operand // nil: written out
	path   []step
}

func (x *dynamicSecret) eval(st *state) value {
	ref, by := x.resolved(st)
	if st.err != nil {
		return value{}
	}
	_, ok := st.secrets.Index(ref.Alias)
	declared := x.alias == nil || st.secrets.Declares(ref.Alias)
	switch {
	case (!ok || !declared) && x.alias != nil:
		st.failRef(x.source, x.ref, request.SecretNotDeclared, "the computed alias is not listed in required_secrets")
		return value{}
	case !ok:
		st.failRef(x.source, ref, request.SecretNotDeclared, "secret "+strconv.Quote(ref.Alias)+
			" stands in a partial that only rendering chooses: list it in required_secrets")
		return value{}
	}
	found := pin(st.secrets, ref, st.taintOf(ref))
	if found.code != "" {
		if !x.ref.Covered {
			// What was computed is data and stays out of the error.
			message := found.message
			if x.computed() {
				ref, message = x.ref, "the computed reference leads to no value that exists"
			}
			st.failRef(x.source, ref, found.code, message)
		}
		return value{}
	}
	return found.value.with(by)
}

// computed reports whether the alias or the path is made of data.
func (x *dynamicSecret) computed() bool {
	return x.alias != nil || slices.ContainsFunc(x.path, func(s step) bool { return s.index != nil })
}

// resolved returns the reference with all that is computed written out, and
// what the computed parts are made of.
func (x *dynamicSecret) resolved(st *state) (*macros.Reference, *taint) {
	ref := *x.ref
	var by *taint
	if x.alias != nil {
		v := x.alias.eval(st)
		alias, ok := macros.Canonical(v.text)
		if v.kind != kindString || !ok {
			st.failRef(x.source, x.ref, request.SecretNotDeclared, "the computed alias is "+v.describe()+", which is no alias")
			return &ref, nil
		}
		ref.Alias, ref.Computed, by = alias, nil, v.taint
	}
	ref.Path = make([]macros.Segment, len(x.path))
	for i, s := range x.path {
		ref.Path[i] = macros.Segment{Pos: x.ref.Path[i].Pos, Key: s.key}
		if s.index == nil {
			continue
		}
		switch v := s.index.eval(st); v.kind {
		case kindInt:
			ref.Path[i].Index = &macros.Literal{Value: v.num}
			by = joinTaint(by, v.taint)
		case kindString:
			ref.Path[i].Key = v.text
			by = joinTaint(by, v.taint)
		default:
			if x.ref.Asked {
				// No field is called so, and a missing one is false.
				ref.Path[i].Index = &macros.Literal{}
				continue
			}
			st.failRef(x.source, x.ref, request.FieldMissing, "the computed field is "+v.describe()+", not a name or a number")
		}
	}
	return &ref, by
}

// secret compiles a reference.
func (c *compiler) secret(ref *macros.Reference) operand {
	if at, ok := c.references[ref]; ok && static(ref) {
		return &secretOperand{source: c.source, ref: ref, at: at}
	}
	late := &dynamicSecret{source: c.source, ref: ref, path: c.steps(ref.Path)}
	for i, s := range late.path {
		if l, ok := s.index.(constant); ok && l.kind == kindString {
			late.path[i].key, late.path[i].index = l.text, nil
		}
	}
	if ref.Computed != nil {
		late.alias = c.operand(ref.Computed)
	}
	return late
}
