package engine

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// ExpressionOptions says how an expression is compiled. The zero value works.
type ExpressionOptions struct {
	// Language is CEL or JavaScript; CEL where it is zero.
	Language Language
	// Functions are those of the Go program; nil for none.
	Functions *Functions
	// Limits bound compiling and evaluating.
	Limits ExpressionLimits
}

// ExpressionLimits bound what one expression may take. A field that is 0 means
// its default, under which the worst expression ends within 250 ms and 64 MiB.
// What exceeds a limit fails with [LimitExceeded].
type ExpressionLimits struct {
	// Source is the length of the source in bytes; 64 KiB.
	Source int
	// Nesting is how deep brackets and template literals go; 64.
	Nesting int
	// Cost is the number of steps; 500,000. An iteration of a loop is a step,
	// and so are about 64 bytes that are looked at or made.
	Cost int64
	// Output is the length of the result in bytes, as JSON; 1 MiB.
	Output int
	// Time is the wall time of one evaluation; 100 ms.
	Time time.Duration
}

// program is a compiled source, whatever its language. It is immutable and safe
// for concurrent use. Previews and traces are evaluations whose [eval.Given] asks
// for them.
type program interface {
	// References returns every secret that the program may touch, in the order
	// in which they stand in the source.
	References() []*macros.Reference
	// Variables returns the places where the program names a variable, and
	// PosOf the offset of one in the source.
	Variables() []eval.Variable
	PosOf(v eval.Variable) int
	// TextReferences returns where texts look like references that count elsewhere,
	// and what to say of them.
	TextReferences() ([]macros.Pos, string)
	// Prepare makes in, which is new or was forgotten, ready for any number of
	// evaluations of this program.
	Prepare(in *eval.Prepared, given eval.Given)
	// Evaluate evaluates with vars. The error is an *eval.Error; the outcome is
	// then nothing but the trace.
	Evaluate(in *eval.Prepared, vars map[string]any) (eval.Outcome, error)
	// Append is Evaluate that appends the result as a template literal would.
	// On an error dst comes back as it was.
	Append(dst []byte, in *eval.Prepared, vars map[string]any) ([]byte, error)
}

// within returns the limits as the language knows them.
func (l ExpressionLimits) within() eval.Limits {
	return eval.Limits{Source: l.Source, Nesting: l.Nesting, Cost: l.Cost, Output: l.Output, Time: l.Time}
}

// Expression is a compiled flow expression: JavaScript, or CEL with template
// literals and `<<...>>` macros, each with references to secrets. It is immutable
// and safe for concurrent use.
type Expression struct {
	source  string
	program program
	aliases []string
	// units is the expression as the one source of a request, and lookup the
	// aliases that it writes out.
	units  []request.Source
	lookup request.Aliases
}

// CompileExpression compiles source. The error is an [*Error] with the code
// [ExpressionSyntax] or [LimitExceeded].
func CompileExpression(source string, o ExpressionOptions) (*Expression, error) {
	source = macros.WithoutMark(source)
	if bad := notUTF8(source); bad != nil {
		return nil, expressionError(&request.Source{Text: source}, bad)
	}
	program, wrong := checkProgram(source, o)
	if len(wrong) > 0 {
		return nil, expressionError(&request.Source{Text: source}, wrong[0])
	}
	e := &Expression{source: source, program: program, aliases: request.Written(program.References())}
	e.units = []request.Source{e.part("")}
	e.lookup = request.AliasesOf(e.units)
	return e, nil
}

// notUTF8 returns the mistake of an expression that is not UTF-8, or nil.
func notUTF8(source string) *eval.Error {
	at, advice := macros.InvalidUTF8(source)
	if at < 0 {
		return nil
	}
	return eval.SyntaxError(int(at), advice)
}

// References returns every secret that the expression may touch.
func (e *Expression) References() []macros.Reference {
	refs := make([]macros.Reference, len(e.program.References()))
	for i, ref := range e.program.References() {
		refs[i] = *ref
	}
	return refs
}

// Aliases returns the canonical aliases that the expression writes out, sorted.
func (e *Expression) Aliases() []string { return slices.Clone(e.aliases) }

// Uses returns the canonical aliases that an evaluation of req may use, sorted:
// those of Aliases and, if the expression computes one, all that req declares.
func (e *Expression) Uses(req *Request) []string {
	return request.Uses(e.Aliases(), request.Computes(e.units), req.Required)
}

// What a compiled expression takes at least, and for each byte of its source: that
// of short operands between operators.
const (
	programBytes       = 4 << 10
	programBytesOfByte = 256
)

// Size returns about how many bytes of memory the expression takes.
func (e *Expression) Size() int { return programBytes + programBytesOfByte*len(e.source) }

// part returns the expression as the source of a request that calls it so.
func (e *Expression) part(name string) request.Source {
	return request.Source{Part: name, Text: e.source, References: e.program.References()}
}

// Result is what an expression evaluates to.
type Result struct {
	// Value is nil, bool, int64, uint64, float64, string, []any or
	// map[string]any, whatever the variables were made of, or an [*Object] where
	// the request asks for that by Ordered. It belongs to the caller.
	Value redact.Sensitive[any]
	// Sensitive says that Value depends on a secret.
	Sensitive bool
	// Trace has a step for each part that was evaluated, if the request asked
	// for it, or the first 1,000 of them.
	Trace []Step
	// TraceTruncated says that there were more steps than Trace has.
	TraceTruncated bool
}

// Evaluate evaluates the expression: all its references are looked up in one
// call, and nothing is evaluated if a check before that fails. With an error the
// Result has nothing but the trace as far as the evaluation came, if the request
// asked for it.
func (e *Expression) Evaluate(ctx context.Context, req *Request) (Result, error) {
	r := runs.Get().(*run)
	defer r.release()
	if err := resolveInto(ctx, &r.secrets, req, e.units, e.lookup); err != nil {
		return Result{}, err
	}
	return r.evaluate(ctx, req, &r.secrets, e, &e.units[0])
}

// run is one evaluation whose parts are used again by the next.
type run struct {
	secrets  request.Secrets
	prepared eval.Prepared
}

var runs = sync.Pool{New: func() any { return new(run) }}

// release forgets what was resolved.
func (r *run) release() {
	r.secrets.Forget()
	r.prepared.Forget()
	runs.Put(r)
}

// evaluate evaluates e, as the source u, with the secrets s.
func (r *run) evaluate(ctx context.Context, req *Request, s *request.Secrets, e *Expression, u *request.Source) (Result, error) {
	e.program.Prepare(&r.prepared, given(ctx, req, s))
	out, err := e.program.Evaluate(&r.prepared, req.Vars)
	return e.outcome(ctx, u, out, err)
}

func given(ctx context.Context, req *Request, s *request.Secrets) eval.Given {
	g := eval.Given{Secrets: s, Preview: req.Preview, Trace: req.Trace, Order: req.Order, Now: req.Now, Yield: req.Yield, Budget: req.Budget.shared(), Context: ctx}
	if req.Ordered {
		g.NewObject = newResult
	}
	return g
}

func (e *Expression) outcome(ctx context.Context, u *request.Source, out eval.Outcome, err error) (Result, error) {
	var result Result
	if out.Steps != nil {
		result.Trace, result.TraceTruncated = e.steps(out.Trace), out.Truncated
	}
	if err != nil {
		return result, evaluationError(ctx, u, err)
	}
	result.Value, result.Sensitive = redact.NewSensitive(out.Value), out.Sensitive
	return result, nil
}

// expressionCodes :: code of the expression language -> code of the API
var expressionCodes = map[eval.Code]string{
	eval.Syntax: request.ExpressionSyntax, eval.Failed: request.ExpressionFailed, eval.Rejected: request.ValueRejected, eval.Limit: request.LimitExceeded,
	eval.Missing: request.SecretMissing, eval.Archived: request.SecretArchived, eval.Undeclared: request.SecretNotDeclared,
	eval.FieldRequired: request.FieldRequired, eval.FieldMissing: request.FieldMissing,
	eval.Canceled: request.LimitExceeded, eval.Internal: request.Internal,
}

// evaluationError is expressionError for an evaluation, which may have failed
// because ctx ended.
func evaluationError(ctx context.Context, u *request.Source, err error) *Error {
	failed := expressionError(u, err)
	if ctx.Err() != nil {
		failed.cause = context.Cause(ctx)
	}
	return failed
}

func expressionError(u *request.Source, err error) *Error {
	return errorOf(&request.Error{Problems: []request.Problem{expressionProblem(u, err)}})
}

// expressionProblem returns what err, of an expression language, says of u.
func expressionProblem(u *request.Source, err error) request.Problem {
	e, ok := err.(*eval.Error)
	if !ok {
		return request.Problem{Code: request.Internal, Message: "the expression cannot be evaluated", Part: u.Part}
	}
	p := u.Problem(macros.Pos(e.Pos), expressionCodes[e.Code], e.Message)
	p.Alias, p.Field = e.Alias, e.Field
	return p
}
