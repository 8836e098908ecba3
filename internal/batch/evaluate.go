package batch

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/internal/answer"
	"github.com/sotto-render/sotto/internal/jsontext"
	"github.com/sotto-render/sotto/redact"
)

// TracedError is the error of an evaluation that left a trace.
type TracedError struct {
	error
	api.Trace
}

// Unwrap returns the error without its trace.
func (t *TracedError) Unwrap() error { return t.error }

// Traced returns err with the trace, if there is one.
func Traced(t api.Trace, err error) error {
	if len(t.Steps) == 0 {
		return err
	}
	return &TracedError{err, t}
}

// NewExpression returns what evaluates an expression for each recipient. known
// masks traces, as [answer.AddTrace] says.
func NewExpression(p *engine.PreparedExpression, known *redact.Redactor) func(func() time.Duration, *engine.Budget) Worker {
	return func(yield func() time.Duration, budget *engine.Budget) Worker {
		return &expression{prepared: p.Fork(yield, budget), known: known}
	}
}

type expression struct {
	prepared *engine.PreparedExpression
	known    *redact.Redactor
}

func (*expression) ordered() {}

// Append implements [Worker].
func (e *expression) Append(dst []byte, to *Record) ([]byte, error) {
	result, err := e.prepared.EvaluateObject(to.Object)
	var trace api.Trace
	answer.AddTrace(&trace, "", result, e.known)
	if err != nil {
		return dst, Traced(trace, err)
	}
	dst, err = appendValue(append(dst, `"result":`...), result.Value.Reveal())
	if err != nil {
		return dst, err
	}
	return appendSensitive(dst, result.Sensitive, trace)
}

// NewFlow returns what evaluates all expressions of a flow for each recipient.
func NewFlow(p *engine.PreparedFlow, known *redact.Redactor) func(func() time.Duration, *engine.Budget) Worker {
	names := quoted(p.Names())
	return func(yield func() time.Duration, budget *engine.Budget) Worker {
		return &flow{names: names, prepared: p.Fork(yield, budget), known: known}
	}
}

type flow struct {
	names    []string
	prepared *engine.PreparedFlow
	known    *redact.Redactor
}

func (*flow) ordered() {}

// Append implements [Worker].
func (f *flow) Append(dst []byte, to *Record) ([]byte, error) {
	results, err := f.prepared.EvaluateObject(to.Object)
	var trace api.Trace
	for _, name := range f.prepared.Names() {
		answer.AddTrace(&trace, name, results[name], f.known)
	}
	if err != nil {
		return dst, Traced(trace, err)
	}
	dst = append(dst, `"results":{`...)
	sensitive := false
	for i, name := range f.prepared.Names() {
		if i > 0 {
			dst = append(dst, ',')
		}
		sensitive = sensitive || results[name].Sensitive
		if dst, err = appendValue(append(dst, f.names[i]...), results[name].Value.Reveal()); err != nil {
			return dst, err
		}
	}
	return appendSensitive(append(dst, '}'), sensitive, trace)
}

func appendSensitive(dst []byte, sensitive bool, trace api.Trace) ([]byte, error) {
	dst = strconv.AppendBool(append(dst, `,"sensitive":`...), sensitive)
	if len(trace.Steps) == 0 {
		return dst, nil
	}
	fields, err := json.Marshal(trace)
	if err != nil {
		return dst, errNotJSON
	}
	return append(append(dst, ','), fields[1:len(fields)-1]...), nil
}

// errNotJSON stands for the encoder's own error, whose text may quote the value.
var errNotJSON = notJSON{}

type notJSON struct{}

func (notJSON) Error() string { return "the result cannot be written as JSON" }

// appendValue appends a result as JSON.
func appendValue(dst []byte, value any) ([]byte, error) {
	if text, ok := value.(string); ok {
		if dst, ok = jsontext.AppendValid(dst, text); !ok {
			return dst, ErrNotText
		}
		return dst, nil
	}
	if !jsontext.Carries(value) {
		return dst, ErrNotText
	}
	b := &buffer{dst}
	encoder := json.NewEncoder(b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return dst, errNotJSON
	}
	return slices.Delete(b.bytes, len(b.bytes)-1, len(b.bytes)), nil // the end of line
}

// buffer appends what is written to it.
type buffer struct{ bytes []byte }

func (b *buffer) Write(p []byte) (int, error) {
	b.bytes = append(b.bytes, p...)
	return len(p), nil
}
