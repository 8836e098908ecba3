package cel

import (
	"errors"
	"regexp"
	"regexp/syntax"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/interpreter"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// isRegex reports whether a function takes a pattern as its second argument.
func isRegex(function string) bool {
	switch function {
	case "matches", "regex.extract", "regex.extractAll", "regex.replace":
		return true
	}
	return false
}

// tooLargeRegex are the errors by which the parser of patterns refuses one for
// its size.
var tooLargeRegex = map[syntax.ErrorCode]bool{
	syntax.ErrLarge: true, syntax.ErrNestingDepth: true, syntax.ErrInvalidRepeatSize: true,
}

// regexSize returns how many instructions a pattern compiles to. (cel-go has a
// function for it that panics at a repetition.)
func regexSize(pattern string) (int, error) {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return 0, err
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return 0, err
	}
	return len(program.Inst), nil
}

// What parsing and compiling a pattern allocates, as measured: so much for any,
// and so much for each instruction. A computed pattern pays it at every call.
const (
	patternBytes     = 1 << 10
	instructionBytes = 320
)

// chargeRegex returns the price of a call with a pattern: matching is linear in
// the text and in the size of the compiled pattern, which has a limit.
func chargeRegex(function string, limit int) price {
	// Each byte may be a match of its own.
	made := int64(1)
	if function == "regex.extractAll" {
		made = 96
	}
	return func(frame *interpreter.ExecutionFrame, first, second, third ref.Val) error {
		text, ok1 := first.(types.String)
		pattern, ok2 := second.(types.String)
		if !ok1 || !ok2 {
			return nil
		}
		if len(pattern) > limit*4 {
			return eval.ErrRegexSize
		}
		size, err := regexSize(string(pattern))
		var invalid *syntax.Error
		switch {
		case errors.As(err, &invalid) && tooLargeRegex[invalid.Code]:
			return eval.ErrRegexSize
		case err != nil:
			return eval.ErrRegex
		case size > limit:
			return eval.ErrRegexSize
		}
		n := int64(len(text)) + int64(len(pattern)) + int64(len(text))*flatSize(third)
		return charge(frame, n*int64(size)+int64(size)*bytesPerCost, made*n+patternBytes+int64(size)*instructionBytes)
	}
}

// matcher is `matches` with a pattern that is a literal: compiled once.
type matcher struct {
	id      int64
	text    interpreter.InterpretableV2
	pattern *regexp.Regexp
	size    int64
}

// newMatcher returns a node for call, or nil where its pattern is no literal,
// is not valid or is too large: then the call says so when it is reached.
func newMatcher(c interpreter.InterpretableCall, limit int) *matcher {
	if c.Function() != "matches" || len(c.Args()) != 2 {
		return nil
	}
	constant, ok := c.Args()[1].(interpreter.InterpretableConst)
	if !ok {
		return nil
	}
	text, ok := constant.Value().(types.String)
	if !ok || len(text) > limit*4 {
		return nil
	}
	size, err := regexSize(string(text))
	if err != nil || size > limit {
		return nil
	}
	pattern, err := regexp.Compile(string(text))
	if err != nil {
		return nil
	}
	return &matcher{c.ID(), c.Args()[0], pattern, int64(size)}
}

// ID implements interpreter.Interpretable.
func (m *matcher) ID() int64 { return m.id }

// Eval implements interpreter.Interpretable.
func (m *matcher) Eval(a interpreter.Activation) ref.Val { return execute(a, m.Exec) }

// Exec implements interpreter.InterpretableV2.
func (m *matcher) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	v := m.text.Exec(frame)
	if types.IsUnknownOrError(v) {
		return v
	}
	text, ok := v.(types.String)
	if !ok {
		return types.NewErrWithNodeID(m.id, "no such overload")
	}
	if work := int64(len(text)) * m.size; work > smallChange {
		if err := charge(frame, work, 0); err != nil {
			return types.LabelErrNode(m.id, types.WrapErr(err))
		}
	}
	return types.Bool(m.pattern.MatchString(string(text)))
}
