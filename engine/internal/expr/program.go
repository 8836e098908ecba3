package expr

import (
	"errors"
	"sync"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/interpreter"
	"github.com/sotto-render/sotto/macros"
)

// Program is a compiled expression. It is immutable and safe for concurrent
// use.
type Program struct {
	env    *environment
	source string
	tokens []token
	limits Limits
	tree
	plan interpreter.InterpretableV2
	// sensitive :: marked branches that were taken -> whether the result is
	// tainted
	sensitive sync.Map
	preview   func() (*previewPlan, error)
}

// tree is a source that was parsed, bound and checked.
type tree struct {
	rewritten *rewritten
	ast       *ast.AST
	info      *ast.SourceInfo
	refs      []*macros.Reference
	ends      []int
	nodes     map[int64]int
	flow      flow
	loops     map[int64]bool
}

// previewPlan is a program in which placeholders stand for the references.
type previewPlan struct {
	tree
	plan interpreter.InterpretableV2
}

// Compile returns the program of source. Zero limits are defaults. The error is
// an *Error with the code Syntax or Limit.
func Compile(source string, limits Limits) (*Program, error) {
	limits = limits.withDefaults()
	if len(source) > limits.Source {
		return nil, tooLarge(limits.Source, "the expression is too long")
	}
	env, err := shared()
	if err != nil {
		return nil, &Error{Code: Internal, Message: "the expression language cannot start"}
	}
	p := &Program{env: env, source: source, limits: limits}
	var bad *Error
	if p.tokens, bad = scan(source, limits); bad != nil {
		return nil, bad
	}
	if len(p.tokens) == 0 {
		return nil, syntaxError(0, "the expression is empty")
	}
	text, bad := rewrite(source, p.tokens)
	if bad != nil {
		return nil, bad
	}
	if p.tree, bad = env.parse(text, limits, false); bad != nil {
		return nil, bad
	}
	if p.plan, err = p.planned(p.tree, nil); err != nil {
		return nil, syntaxError(0, "the expression cannot be evaluated: a function is used in a way that it does not allow")
	}
	p.preview = sync.OnceValues(p.newPreview)
	return p, nil
}

// References returns every secret that the program may touch, in the order in
// which they stand in the source.
func (p *Program) References() []*macros.Reference { return p.refs }

func (e *environment) parse(text *rewritten, limits Limits, preview bool) (tree, *Error) {
	parsed, issues := e.env.Parse(text.text)
	if issues.Err() != nil {
		return tree{}, text.issue(issues)
	}
	native := parsed.NativeRep()
	if ast.NodeCount(native) > limits.Nodes {
		return tree{}, tooLarge(0, "the expression is too large with its macros spelled out")
	}
	b := &binder{
		env: e, source: text, info: native.SourceInfo(), factory: ast.NewExprFactory(),
		nextID: ast.MaxID(native), maxDepth: limits.Depth, nodes: map[int64]int{}, preview: preview,
	}
	b.walk(native.Expr(), place{})
	if b.err != nil {
		return tree{}, b.err
	}
	checked, issues := e.env.Check(parsed)
	if issues.Err() != nil {
		return tree{}, text.issue(issues)
	}
	t := tree{
		rewritten: text, ast: checked.NativeRep(), info: b.info,
		refs: b.refs, ends: b.ends, nodes: b.nodes, loops: map[int64]bool{},
	}
	t.flow = analyse(t.ast.Expr(), t.nodes, nil, nil)
	ast.PreOrderVisit(t.ast.Expr(), ast.NewExprVisitor(func(n ast.Expr) {
		if n.Kind() == ast.ComprehensionKind {
			t.loops[n.AsComprehension().LoopCondition().ID()] = true
		}
	}))
	return t, nil
}

func (p *Program) planned(t tree, rescue []string, more ...interpreter.PlannerOption) (interpreter.InterpretableV2, error) {
	d := decoration{limits: p.limits, flow: t.flow, loops: t.loops, rescue: rescue}
	return p.env.interp.NewInterpretable(t.ast, append(p.env.decorate(d), more...)...)
}

func (p *Program) newPreview() (*previewPlan, error) {
	text, bad := rewrite(p.source, p.tokens)
	if bad != nil {
		return nil, bad
	}
	t, bad := p.env.parse(text, p.limits, true)
	if bad != nil {
		return nil, bad
	}
	rescue := make([]string, len(t.refs))
	for i, reference := range t.refs {
		rescue[i] = placeholderText(reference)
	}
	plan, err := p.planned(t, rescue)
	if err != nil {
		return nil, syntaxError(0, "the expression cannot be previewed")
	}
	return &previewPlan{tree: t, plan: plan}, nil
}

// Outcome is what an evaluation yields.
type Outcome struct {
	// Value is nil, bool, int64, uint64, float64, string, []any or
	// map[string]any.
	Value any
	// Sensitive says that Value depends on a secret.
	Sensitive bool
	// Steps are in the order of evaluation; nil unless Run.Trace was set.
	Steps []Step
}

// Eval evaluates the program once. The error is an *Error.
func (p *Program) Eval(r *Run) (Outcome, error) {
	r.program, r.limits, r.adapter = p, p.limits, p.env.adapter
	r.reset()
	t, plan := p.tree, p.plan
	if r.Preview {
		preview, err := p.preview()
		if err != nil {
			return Outcome{}, err
		}
		t, plan = preview.tree, preview.plan
	}
	value := r.exec(plan)
	if r.exceeded {
		value = types.WrapErr(errExceeded)
		if r.canceled {
			value = types.WrapErr(errCanceled)
		}
	}
	if err, failed := value.(*types.Err); failed {
		return Outcome{}, p.failure(r, t, err)
	}
	c := converter{left: p.limits.Output}
	native, err := c.value(value)
	if err != nil {
		return Outcome{}, p.failure(r, t, types.WrapErr(err).(*types.Err))
	}
	return Outcome{Value: native, Sensitive: p.isSensitive(r, t)}, nil
}

// isSensitive reports whether the result depends on a secret, given which
// branches were taken.
func (p *Program) isSensitive(r *Run, t tree) bool {
	if t.flow.result == 0 || len(t.flow.marks) == 0 {
		return t.flow.result != 0
	}
	if known, ok := p.sensitive.Load(r.taken); ok {
		return known.(bool)
	}
	taken := r.taken
	sensitive := analyse(t.ast.Expr(), t.nodes, t.flow.marks, &taken).result != 0
	if !r.Preview {
		p.sensitive.Store(r.taken, sensitive)
	}
	return sensitive
}

// failure makes an error of our own of one that cel-go raised. Nothing of its
// text gets into it but its kind.
func (p *Program) failure(r *Run, t tree, err *types.Err) *Error {
	node := nodeOf(err)
	e := &Error{Code: codeOf(err), Message: kindOf(err), Pos: p.start(t, node)}
	var own *failure
	if errors.As(err, &own) && own.code == Limit || e.Code == Canceled || e.Code == Undeclared {
		return e
	}
	for i, reference := range t.refs {
		if reference.Computed != nil || reference.Covered || t.flow.nodes[node]&taintOf(i) == 0 {
			continue
		}
		if status := r.status(reference.Alias); status != macros.Known {
			why := absent(status)
			return &Error{Code: why.code, Message: why.kind, Pos: int(reference.Pos), Alias: reference.Alias, Field: fieldText(reference.Path)}
		}
		if index, ok := t.nodes[node]; ok && index == i {
			e.Alias, e.Field, e.Pos = reference.Alias, fieldText(reference.Path), int(reference.Pos)
			if e.Code == Failed {
				e.Code, e.Message = FieldMissing, "the secret has no such field"
			}
			return e
		}
	}
	return e
}

func fieldText(path []macros.Segment) string {
	text := pathText(path)
	if text != "" && text[0] == '.' {
		return text[1:]
	}
	return text
}

// start returns where the source of a node starts.
func (p *Program) start(t tree, node int64) int {
	offset, ok := t.info.GetOffsetRange(node)
	if !ok {
		return 0
	}
	return t.rewritten.offset(int(offset.Start))
}

// issue makes an error of our own of the first of cel-go's.
func (r *rewritten) issue(issues *cel.Issues) *Error {
	first := issues.Errors()[0]
	offset := codePointOf(r.text, first.Location.Line(), first.Location.Column())
	e := syntaxError(r.offset(offset), issueText(first.Message))
	if isTooLarge(first.Message) {
		e.Code = Limit
	}
	return e
}

var _ ref.Val
