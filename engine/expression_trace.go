package engine

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// Step is one part of an expression that was evaluated.
type Step struct {
	// Line and Column are where the part starts, from 1, in code points.
	Line   int `json:"line"`
	Column int `json:"column"`
	// Source is the part as the author wrote it. Literals that an operator or function
	// sees together with a secret are [redact.Mask], whatever the secret is.
	Source string `json:"source"`
	// Value is what the part yielded.
	Value StepValue `json:"value"`
}

// StepValue is the value of a [Step]. It may be shown to anyone: one that
// depends on a secret is not in it, and prints as [redact.Mask] by every verb
// and encoder. Any other prints as compact JSON.
type StepValue struct {
	value  any
	masked bool
}

// Masked reports whether the value depends on a secret.
func (v StepValue) Masked() bool { return v.masked }

// String returns the value as compact JSON, or [redact.Mask].
func (v StepValue) String() string {
	if v.masked {
		return redact.Mask
	}
	text, err := json.Marshal(v.value)
	if err != nil {
		return redact.Mask
	}
	return string(text)
}

// Format writes String for every verb and flag.
func (v StepValue) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, v.String()) }

// MarshalJSON returns the value, or [redact.Mask] as a string.
func (v StepValue) MarshalJSON() ([]byte, error) {
	if v.masked {
		return json.Marshal(redact.Mask)
	}
	return json.Marshal(v.value)
}

func (e *Expression) steps(trace eval.Trace) []Step {
	from := trace.Steps
	steps := make([]Step, len(from))
	places := macros.NewPlaces(e.source)
	for i, s := range from {
		place := places.At(macros.Pos(s.Pos))
		steps[i] = Step{
			Line: place.Line, Column: place.Column, Source: shownSource(e.source, s, trace.Hidden),
			Value: StepValue{value: s.Value, masked: s.Tainted},
		}
	}
	return steps
}

// shownSource returns the source of a step, with a mask for each part of it that is hidden.
func shownSource(source string, s eval.Step, hidden []eval.Hidden) string {
	var b strings.Builder
	at := s.Pos
	for _, h := range hidden {
		if h.Pos < at || h.End > s.End {
			continue
		}
		b.WriteString(source[at:h.Pos])
		b.WriteString(redact.Mask)
		at = h.End
	}
	if at == s.Pos {
		return source[s.Pos:s.End]
	}
	b.WriteString(source[at:s.End])
	return b.String()
}
