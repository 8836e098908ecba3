package liquid

import (
	"context"
	"time"

	"github.com/sotto-render/sotto/engine/internal/budget"
	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/macros"
)

// Given is what the renders of one request have in common.
type Given struct {
	// Secrets have been resolved for all of the template's references.
	Secrets *request.Secrets
	// Preview says that Secrets holds no value, so that a filter which refuses
	// a placeholder is not to be taken at its word.
	Preview bool
	// Strict makes a missing variable an error.
	Strict bool
	// Translations are texts by key, for the filter t.
	Translations map[string]any
	// Now is the clock; nil means [time.Now].
	Now func() time.Time
	// Yield is called by long renders; it may block, and returns for how long
	// it did. Nil never waits.
	Yield func() time.Duration
	// Budget is what the whole request may use; nil for no bound.
	Budget *budget.Budget
	// Context ends renders.
	Context context.Context
}

// Prepared is what all renders of one template for one request share. It is safe
// for concurrent use. Its values are in clear: whoever keeps it must hide it from
// printers.
type Prepared struct {
	template *Template
	secrets  *request.Secrets
	// pinned :: place in Template.refs -> what the reference yields
	pinned []pinned
	// taints has a place for each secret.
	taints       []taint
	preview      bool
	strict       bool
	translations map[string]any
	now          func() time.Time
	yield        func() time.Duration
	budget       *budget.Budget
	done         context.Context
}

// pinned is what a reference yields.
type pinned struct {
	value value
	// code says why it yields nothing; "" where it does.
	code    string
	message string
}

// Prepare makes p, which is new or was forgotten, ready for any number of renders
// of t.
func (t *Template) Prepare(p *Prepared, given Given) {
	p.template, p.secrets, p.preview, p.strict, p.done, p.yield, p.budget = t, given.Secrets, given.Preview, given.Strict, given.Context, given.Yield, given.Budget
	p.translations = given.Translations
	if p.now = given.Now; p.now == nil {
		p.now = time.Now
	}
	p.pinned = request.Resize(p.pinned, len(t.refs))
	values := given.Secrets.Values()
	p.taints = request.Resize(p.taints, len(values))
	for i := range p.taints {
		p.taints[i].secrets = values[i : i+1 : i+1]
	}
	for i, ref := range t.refs {
		if ref.Computed == nil {
			p.pinned[i] = pin(given.Secrets, ref, p.taintOf(ref))
		}
	}
}

// Share makes p, a copy of one that others use, wait and count for itself. What
// the copies have in common does not change any more.
func (p *Prepared) Share(yield func() time.Duration, budget *budget.Budget) {
	p.yield, p.budget = yield, budget
}

// Forget drops all that p holds and keeps its room for the next request.
func (p *Prepared) Forget() {
	if cap(p.pinned) > request.MaxPooled {
		*p = Prepared{}
		return
	}
	clear(p.pinned)
	clear(p.taints)
	*p = Prepared{pinned: p.pinned[:0], taints: p.taints[:0]}
}

// taintOf returns the taint of what ref yields; an empty one in a preview.
func (p *Prepared) taintOf(ref *macros.Reference) *taint {
	if at, ok := p.secrets.Index(ref.Alias); ok && at < len(p.taints) {
		return &p.taints[at]
	}
	return new(taint)
}

// pin returns what ref yields, made of the secret of t.
func pin(s *request.Secrets, ref *macros.Reference, t *taint) pinned {
	found := s.Pin(ref)
	if found.Code != "" {
		return pinned{code: found.Code, message: found.Message}
	}
	v := valueOf(found.Value)
	v.taint = t
	if len(ref.Path) == 0 && (v.kind == kindHash || v.kind == kindList) {
		// A JSON secret prints as its author wrote it.
		v.text = found.Secret.Reveal()
	}
	return pinned{value: v}
}

// Append renders with vars and appends the output to dst. On an error dst comes
// back at its old length.
func (p *Prepared) Append(dst []byte, vars map[string]any) ([]byte, *request.Error) {
	start := len(dst)
	if p.template.flat && !p.strict {
		if out, ok := p.appendFlat(dst, vars); ok {
			return out, nil
		}
	}
	st := newState(p, vars, dst[:start])
	st.renderAll()
	st.close()
	out, err := st.dst, st.result()
	st.release()
	if err != nil {
		return out[:start], err
	}
	return out, nil
}

// renderAll renders the template. A panic, such as one of a method of the
// variables' own types, ends it without its text.
func (st *state) renderAll() {
	defer func() {
		if recover() != nil {
			st.stop(request.NewError(request.Internal, "the render failed inside: look at what the methods of the variables' types do"))
		}
	}()
	st.run(st.template.ops)
	if st.template.check && st.err == nil && !st.scanner.Complete(st.dst) {
		st.refuse("the output is no valid JSON: look at the commas and brackets between the values")
		if doubts := st.template.doubts; len(doubts) > 0 {
			// The likely cause has a place, which the output as a whole has not.
			likely := doubts[0]
			likely.Code = request.ValueRejected
			st.err.Problems[0] = likely
		}
	}
	if st.scheme && st.err == nil {
		if problem := st.scanner.Finish(st.dst); problem != "" {
			st.refuse(problem)
		}
	}
}

// result returns what is wrong with the render. Missing variables come first,
// because they may be the cause of the rest.
func (st *state) result() *request.Error {
	if len(st.missing) > 0 {
		return request.Failure(st.missing)
	}
	return st.err
}
