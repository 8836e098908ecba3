package batch

import (
	"time"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/internal/jsontext"
)

// Worker answers recipients, in one goroutine.
type Worker interface {
	// Append appends the fields of the answer, without brackets. On an error dst
	// may come back with more, of which nothing may be used.
	Append(dst []byte, to *Record) ([]byte, error)
}

// orderedWorker is a [Worker] for which the order of the variables counts.
type orderedWorker interface{ ordered() }

// ErrNotText is the error of a recipient whose output JSON cannot carry.
var ErrNotText = notText{}

type notText struct{}

func (notText) Error() string {
	return "the output is not valid UTF-8, which JSON cannot carry: encode binary values, as with the filter base64_encode"
}

// NewTemplate returns what renders a template for each recipient.
func NewTemplate(p *engine.Prepared) func(func() time.Duration, *engine.Budget) Worker {
	return func(yield func() time.Duration, budget *engine.Budget) Worker {
		return &template{prepared: p.Fork(yield, budget)}
	}
}

type template struct {
	prepared *engine.Prepared
	output   []byte
}

// Append implements [Worker].
func (t *template) Append(dst []byte, to *Record) (_ []byte, err error) {
	if t.output, err = t.prepared.Append(t.output[:0], to.Vars); err != nil {
		return dst, err
	}
	dst, ok := jsontext.AppendValid(append(dst, `"output":`...), t.output)
	if cap(t.output) > maxUnwritten {
		t.output = nil
	}
	if !ok {
		return dst, ErrNotText
	}
	return dst, nil
}

func (t *template) bind(paths [][]string) pasting {
	b := t.prepared.Bind(paths)
	if b == nil {
		return nil
	}
	return func(dst []byte, cells []engine.Cell) ([]byte, bool) {
		out, ok := b.AppendJSON(append(dst, `"output":"`...), cells)
		if !ok {
			return dst, false
		}
		return append(out, '"'), true
	}
}

// NewMessage returns what renders all parts of a message for each recipient, or
// none.
func NewMessage(p *engine.PreparedMessage) func(func() time.Duration, *engine.Budget) Worker {
	names := quoted(p.Names())
	return func(yield func() time.Duration, budget *engine.Budget) Worker {
		return &message{names: names, prepared: p.Fork(yield, budget)}
	}
}

// quoted returns `"name":` for each of names.
func quoted(names []string) []string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = string(jsontext.AppendString(nil, name)) + ":"
	}
	return all
}

type message struct {
	names    []string
	prepared *engine.PreparedMessage
}

// Append implements [Worker].
func (m *message) Append(dst []byte, to *Record) ([]byte, error) {
	outputs, err := m.prepared.Render(to.Vars)
	if err != nil {
		return dst, err
	}
	dst = append(dst, `"outputs":{`...)
	for i, name := range m.prepared.Names() {
		if i > 0 {
			dst = append(dst, ',')
		}
		var ok bool
		if dst, ok = jsontext.AppendValid(append(dst, m.names[i]...), outputs[name].Reveal()); !ok {
			return dst, ErrNotText
		}
	}
	return append(dst, '}'), nil
}

func (m *message) bind(paths [][]string) pasting {
	b := m.prepared.Bind(paths)
	if b == nil {
		return nil
	}
	return func(dst []byte, cells []engine.Cell) ([]byte, bool) {
		out := append(dst, `"outputs":{`...)
		for i, name := range m.names {
			if i > 0 {
				out = append(out, ',')
			}
			var ok bool
			if out, ok = b.AppendJSON(i, append(append(out, name...), '"'), cells); !ok || len(out)-len(dst) > b.Room() {
				return dst, false
			}
			out = append(out, '"')
		}
		return append(out, '}'), true
	}
}
