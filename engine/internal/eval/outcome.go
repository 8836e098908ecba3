package eval

// Outcome is what an evaluation yields.
type Outcome struct {
	// Value is nil, bool, int64, uint64, float64, string, []any or
	// map[string]any, or what Given.NewObject makes in its place.
	Value any
	// Sensitive says that Value depends on a secret.
	Sensitive bool
	Trace
}

// Append appends the value as a template literal would: a text as it is, any
// other value as compact JSON.
func (o *Outcome) Append(dst []byte) ([]byte, error) {
	if text, ok := o.Value.(string); ok {
		return append(dst, text...), nil
	}
	return AppendJSON(dst, o.Value)
}

// Step is the value of one part of an expression.
type Step struct {
	// Pos and End delimit the part in the author's source.
	Pos, End int
	// Value is as in [Outcome]; nil where Tainted is set.
	Value any
	// Tainted says that the value, or whether the part was evaluated at all,
	// depends on a secret.
	Tainted bool
}

// Trace is what an evaluation did, as far as it came.
type Trace struct {
	// Steps are in the order of evaluation; nil unless Given.Trace was set.
	Steps []Step
	// Truncated says that there were more steps than a trace has.
	Truncated bool
	// Bytes is about how long the steps are, written out.
	Bytes int
	// Hidden are the parts of the source that no step shows, in order.
	Hidden []Hidden
}

// Hidden is a part of the author's source: a literal that is seen together with a secret.
type Hidden struct{ Pos, End int }

// stepBytes is what a step takes besides its source and its value.
const stepBytes = 64

const (
	// MaxSteps is how many steps a trace has at most.
	MaxSteps = 1000
	// MaxStepSize is how long the value of a step is at most, as JSON.
	MaxStepSize = 4 << 10
)

// Add adds a step. It reports false, and notes that the trace is truncated, where
// the trace is full.
func (t *Trace) Add(s Step) bool {
	if len(t.Steps) == MaxSteps {
		t.Truncated = true
		return false
	}
	t.Steps = append(t.Steps, s)
	t.Bytes += stepBytes + s.End - s.Pos
	return true
}
