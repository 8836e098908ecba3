package answer

import (
	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/redact"
)

// AddTrace appends the trace of result, which is that of part. The source of a step is
// the author's text, as the engine shows it. A value that came in as a variable may be
// that of a secret too: known is the caller's own redactor, and a step whose value holds
// a part of a secret is masked whole. In a preview known is nil: it looks no value up, and masking a
// guess would tell who may not know.
func AddTrace(t *api.Trace, part string, result engine.Result, known *redact.Redactor) {
	for _, from := range result.Trace {
		s := api.Step{Part: part, Line: from.Line, Column: from.Column, Source: from.Source, Value: from.Value}
		if known != nil {
			if text := from.Value.String(); known.String(text) != text {
				s.Value = redact.Mask
			}
		}
		t.Steps = append(t.Steps, s)
	}
	t.Truncated = t.Truncated || result.TraceTruncated
}
