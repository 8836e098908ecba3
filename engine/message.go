package engine

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/macros"
)

// Message is several templates, such as title, body and URL, that are rendered
// together: with one look-up of all their secrets, all of them or none.
type Message struct {
	names []string // sorted
	parts map[string]*Template
}

// NewMessage returns a message of parts by name.
func NewMessage(parts map[string]*Template) *Message {
	return &Message{names: slices.Sorted(maps.Keys(parts)), parts: maps.Clone(parts)}
}

// Aliases returns the canonical aliases that the parts mention, sorted.
func (m *Message) Aliases() []string {
	var refs []*macros.Reference
	for _, part := range m.parts {
		refs = append(refs, part.compiled.References()...)
	}
	return request.Written(refs)
}

// Uses returns the canonical aliases that a render of req may use, sorted: those
// of Aliases and, if a part chooses while it is rendered, all that req declares.
func (m *Message) Uses(req *Request) []string {
	chooses := false
	for _, part := range m.parts {
		chooses = chooses || part.compiled.Chooses()
	}
	return request.Uses(m.Aliases(), chooses, req.Required)
}

// Render renders all parts. Its error holds the mistakes of all parts.
func (m *Message) Render(ctx context.Context, req *Request) (map[string]Output, error) {
	p, err := m.Prepare(ctx, req)
	if err != nil {
		return nil, err
	}
	return p.Render(req.Vars)
}

// PreparedMessage is a message with its secrets resolved. It is safe for
// concurrent use.
type PreparedMessage struct {
	message *Message
	parts   []*Prepared // in the order of message.names
	done    context.Context
	budget  *Budget
}

// Prepare checks the request and resolves the secrets of all parts in one call.
func (m *Message) Prepare(ctx context.Context, req *Request) (*PreparedMessage, error) {
	var units []request.Source
	var lenient []request.Problem
	for _, name := range m.names {
		for _, u := range m.parts[name].compiled.Sources() {
			u.Part = name
			units = append(units, u)
		}
		for _, d := range m.parts[name].compiled.Lenient() {
			d.Part = name
			lenient = append(lenient, d)
		}
	}
	if req.Strict && len(lenient) > 0 {
		return nil, failure(lenient)
	}
	s, err := resolve(ctx, req, units)
	if err != nil {
		return nil, err
	}
	p := &PreparedMessage{message: m, done: ctx, budget: req.Budget}
	for _, name := range m.names {
		p.parts = append(p.parts, m.parts[name].prepare(ctx, req, s))
	}
	return p, nil
}

// Fork returns p for one more goroutine, as [Prepared.Fork] does.
func (p *PreparedMessage) Fork(yield func() time.Duration, budget *Budget) *PreparedMessage {
	forked := &PreparedMessage{message: p.message, parts: make([]*Prepared, len(p.parts)), done: p.done, budget: budget}
	for i, part := range p.parts {
		forked.parts[i] = part.Fork(yield, budget)
	}
	return forked
}

// Names returns the names of the parts, sorted, in the order of Append.
func (p *PreparedMessage) Names() []string { return p.message.names }

// Append appends part i, as [Prepared.Append] does.
func (p *PreparedMessage) Append(i int, dst []byte, vars map[string]any) ([]byte, error) {
	out, err := p.parts[i].Append(dst, vars)
	if err != nil {
		return out, inPart(err, p.message.names[i])
	}
	return out, nil
}

// Render renders all parts with vars.
func (p *PreparedMessage) Render(vars map[string]any) (map[string]Output, error) {
	outputs := make(map[string]Output, len(p.parts))
	var failed *Error
	for i, name := range p.message.names {
		out, err := p.parts[i].render(vars)
		if err != nil {
			failed = joinErrors(failed, inPart(err, name))
			if ended(p.done, p.budget) {
				break
			}
			continue
		}
		outputs[name] = out
	}
	if failed != nil {
		return nil, failed
	}
	return outputs, nil
}

// ended reports whether nothing more of a request is worth doing, because its
// caller gave up or its budget is used up.
func ended(ctx context.Context, budget *Budget) bool {
	return ctx.Err() != nil || budget.shared().Exceeded() != ""
}

// inPart names the part in every detail of err.
func inPart(err error, part string) *Error {
	var e *Error
	if !errors.As(err, &e) {
		return &Error{Code: Internal, Details: []Detail{{Code: Internal, Message: "the part cannot be rendered", Part: part}}}
	}
	named := *e
	named.Details = slices.Clone(e.Details)
	for i := range named.Details {
		named.Details[i].Part = part
	}
	return &named
}

// joinErrors adds the details of next that are of the same kind as those of
// first.
func joinErrors(first, next *Error) *Error {
	if first == nil {
		return next
	}
	for _, d := range next.Details {
		if d.Code == first.Code {
			first.Details = append(first.Details, d)
		}
	}
	return first
}
