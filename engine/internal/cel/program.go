package cel

import (
	"sync"
	"sync/atomic"

	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/interpreter"
	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/engine/internal/extension"
	"github.com/sotto-render/sotto/macros"
)

// Program is a compiled expression. It is immutable and safe for concurrent
// use.
type Program struct {
	env    *environment
	source string
	tokens []token
	limits eval.Limits
	own    *extension.Set
	tree
	// fast is the fast path; nil where there is none.
	fast fastNode
	// planned and previewed are made at their first use.
	planned   atomic.Pointer[interpreter.InterpretableV2]
	previewed atomic.Pointer[previewPlan]
	// sensitive :: marked branches that were taken -> whether the result is
	// tainted
	sensitive sync.Map
}

// tree is a source that was parsed, bound and checked.
type tree struct {
	rewritten *rewritten
	ast       *ast.AST
	info      *ast.SourceInfo
	refs      []*macros.Reference
	ends      []int
	nodes     map[int64]int
	// last is the greatest number of a node.
	last  int64
	reads []eval.Variable
	flow  flow
	shape shape
}

// previewPlan is a program in which placeholders stand for the references.
type previewPlan struct {
	tree
	plan interpreter.InterpretableV2
}

// Compile returns the program of source, which may call the functions of own. Zero
// limits are defaults. The error is an *eval.Error with the code Syntax or Limit.
func Compile(source string, limits eval.Limits, own *extension.Set) (*Program, error) {
	program, wrong := Check(source, limits, own)
	if len(wrong) > 0 {
		return nil, wrong[0]
	}
	return program, nil
}

// Check is Compile that goes on behind a mistake where it can: it returns the
// program, or all that it found to be wrong, at most eval.MaxMistakes. The first of
// them is the error of Compile.
func Check(source string, limits eval.Limits, own *extension.Set) (program *Program, wrong []*eval.Error) {
	defer func() {
		if recover() != nil {
			program, wrong = nil, []*eval.Error{{Code: eval.Internal, Message: "the expression cannot be compiled"}}
		}
	}()
	limits = limits.WithDefaults()
	if len(source) > limits.Source {
		return nil, []*eval.Error{eval.TooLarge(limits.Source, "the expression is too long")}
	}
	env, err := shared()
	if err != nil {
		return nil, []*eval.Error{{Code: eval.Internal, Message: "the expression language cannot start"}}
	}
	p := &Program{env: env, source: source, limits: limits, own: own}
	var bad *eval.Error
	if p.tokens, bad = scan(source, limits); bad != nil {
		return nil, []*eval.Error{bad}
	}
	if len(p.tokens) == 0 {
		return nil, []*eval.Error{eval.SyntaxError(0, "the expression is empty")}
	}
	text, bad := rewrite(source, p.tokens)
	if bad != nil {
		return nil, []*eval.Error{bad}
	}
	if p.tree, wrong = env.parse(text, limits, own, false); len(wrong) > 0 {
		for _, bad := range wrong {
			bad.Pos = functionName(source, p.tokens, bad.Pos)
		}
		return nil, onePerPlace(wrong)
	}
	if p.fast = fastPathOf(p.tree); p.fast != nil {
		return p, nil
	}
	if _, err := p.plan(); err != nil {
		return nil, []*eval.Error{err.(*eval.Error)}
	}
	return p, nil
}

// References returns every secret that the program may touch, in the order in
// which they stand in the source.
func (p *Program) References() []*macros.Reference { return p.refs }

func (e *environment) parse(text *rewritten, limits eval.Limits, own *extension.Set, preview bool) (tree, []*eval.Error) {
	parsed, issues := e.env.Parse(text.text)
	if len(issues.Errors()) > 0 { // issues.Err would write them all out
		if foreign := javaScript(text.source, text.tokens); len(foreign) > 0 {
			return tree{}, foreign
		}
		return tree{}, text.mistakes(issues)
	}
	native := parsed.NativeRep()
	if ast.NodeCount(native) > limits.Nodes {
		return tree{}, []*eval.Error{eval.TooLarge(0, "the expression is too large with its macros spelled out")}
	}
	b := &binder{
		env: e, source: text, info: native.SourceInfo(), factory: ast.NewExprFactory(),
		nextID: ast.MaxID(native), maxDepth: limits.Depth, nodes: map[int64]int{}, preview: preview, functions: own,
	}
	b.walk(native.Expr(), place{})
	if len(b.wrong) > 0 {
		return tree{}, b.wrong
	}
	checked, issues := e.check(parsed, text.text)
	for round := 0; round < freeingRounds && len(issues.Errors()) > 0 && b.freeBranches(native.Expr(), issues); round++ {
		checked, issues = e.check(parsed, text.text)
	}
	if len(issues.Errors()) > 0 {
		return tree{}, text.mistakes(issues)
	}
	if wrong := b.mixed(checked); len(wrong) > 0 {
		return tree{}, wrong
	}
	t := tree{
		rewritten: text, ast: checked, info: b.info, reads: b.reads,
		refs: b.refs, ends: b.ends, nodes: b.nodes, last: b.nextID,
	}
	t.flow = t.analyse(nil, false)
	t.shape = shapeOf(t.ast, t.last)
	return t, nil
}

// plan returns what cel-go runs.
func (p *Program) plan() (interpreter.InterpretableV2, error) {
	if known := p.planned.Load(); known != nil {
		return *known, nil
	}
	plan, err := p.newPlan(p.tree, nil)
	if err != nil {
		return nil, eval.SyntaxError(0, "the expression cannot be evaluated: a function is used in a way that it does not allow")
	}
	p.planned.Store(&plan)
	return plan, nil
}

func (p *Program) newPlan(t tree, preview []*macros.Reference, more ...interpreter.PlannerOption) (interpreter.InterpretableV2, error) {
	d := decoration{limits: p.limits, flow: t.flow, shape: t.shape, preview: preview, refs: t.refs, own: p.own}
	return p.env.interp.NewInterpretable(t.ast, append(p.env.decorate(d), more...)...)
}

func (p *Program) preview() (*previewPlan, error) {
	if known := p.previewed.Load(); known != nil {
		return known, nil
	}
	text, bad := rewrite(p.source, p.tokens)
	if bad != nil {
		return nil, bad
	}
	t, wrong := p.env.parse(text, p.limits, p.own, true)
	if len(wrong) > 0 {
		return nil, wrong[0]
	}
	plan, err := p.newPlan(t, t.refs)
	if err != nil {
		return nil, eval.SyntaxError(0, "the expression cannot be previewed")
	}
	preview := &previewPlan{tree: t, plan: plan}
	p.previewed.Store(preview)
	return preview, nil
}

// isSensitive reports whether the result depends on a secret, given which
// branches were taken.
func (p *Program) isSensitive(r *evaluation, t tree) bool {
	if t.flow.result == 0 || len(t.flow.marks) == 0 {
		return t.flow.result != 0
	}
	if known, ok := p.sensitive.Load(r.taken); ok {
		return known.(bool)
	}
	// A copy: the analysis keeps the pointer, and the run goes back to its pool.
	taken := r.taken
	sensitive := t.analyse(&taken, false).result != 0
	if !r.Preview {
		p.sensitive.Store(r.taken, sensitive)
	}
	return sensitive
}
