package eval

import "time"

// Limits bound what compiling and evaluating one expression may take. A field
// that is 0 means its default.
type Limits struct {
	// Source is the length of the source in bytes.
	Source int
	// Tokens is the number of tokens.
	Tokens int
	// Nodes is the size of the syntax tree with all macros expanded.
	Nodes int
	// Nesting is how deep brackets and template literals go.
	Nesting int
	// Depth is how deep the syntax tree goes: operators nest too.
	Depth int
	// Cost is the number of steps, where a step is an iteration of a loop or
	// about 64 bytes looked at or made.
	Cost int64
	// Memory is the number of bytes that functions and operators may make.
	Memory int64
	// Output is the length of the result in bytes, as JSON.
	Output int
	// Regex is the size of a compiled pattern in instructions.
	Regex int
	// Time is the wall time of one evaluation.
	Time time.Duration
}

// DefaultLimits hold for an expression that fills one field of a message. They
// keep the worst expression under 250 ms and 64 MiB.
var DefaultLimits = Limits{
	Source:  64 << 10,
	Tokens:  8 << 10,
	Nodes:   20_000,
	Nesting: 64,
	Depth:   500,
	Cost:    500_000,
	Memory:  16 << 20,
	Output:  1 << 20,
	Regex:   2_000,
	Time:    100 * time.Millisecond,
}

func or[T int | int64 | time.Duration](value, fallback T) T {
	if value <= 0 {
		return fallback
	}
	return value
}

// WithDefaults returns l with the default of each field that is 0.
func (l Limits) WithDefaults() Limits {
	d := DefaultLimits
	return Limits{
		Source: or(l.Source, d.Source), Tokens: or(l.Tokens, d.Tokens), Nodes: or(l.Nodes, d.Nodes),
		Nesting: or(l.Nesting, d.Nesting), Depth: or(l.Depth, d.Depth),
		Cost: or(l.Cost, d.Cost), Memory: or(l.Memory, d.Memory),
		Output: or(l.Output, d.Output), Regex: or(l.Regex, d.Regex), Time: or(l.Time, d.Time),
	}
}
