package cel

import (
	"strings"

	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/engine/internal/extension"
	"github.com/sotto-render/sotto/macros"
)

// binder walks a parsed tree once and ties its names to what they mean: a
// variable becomes a field of the variables, a reference a field of the
// secrets, and what the rewriter made up becomes what it stands for. It is here
// that `secrets` as a value is refused and that every secret an expression may
// touch is found.
type binder struct {
	env      *environment
	source   *rewritten
	info     *ast.SourceInfo
	factory  ast.ExprFactory
	nextID   int64
	depth    int
	maxDepth int
	refs     []*macros.Reference
	// ends :: end offset of the reference of the same index, 0 where it is the
	// end of its node
	ends []int
	// nodes :: node of a reference or of a step of its path -> its index
	nodes map[int64]int
	// preview puts placeholders where references stand.
	preview bool
	// functions are those of the Go program.
	functions *extension.Set
	// reads are the places that name a variable.
	reads []eval.Variable
	// wrong are the mistakes so far, and ended says that the walk is over.
	wrong []*eval.Error
	ended bool
}

// place says how the value of a node is used.
type place struct {
	scope *scope
	// guarded means that the node may never be reached.
	guarded bool
	// selected means that a field of the node's value is wanted.
	selected bool
	// truth means that of a reference only its presence is asked.
	truth bool
}

func (p place) inside() place     { p.selected, p.truth = false, false; return p }
func (p place) maybe() place      { p.guarded = true; return p.inside() }
func (p place) selectedBy() place { p.selected, p.truth = true, false; return p }
func (p place) asked() place      { p = p.inside(); p.truth = true; return p }

func (b *binder) fail(id int64, message string) {
	b.wrong = append(b.wrong, eval.SyntaxError(b.pos(id), message))
	b.ended = b.ended || len(b.wrong) == eval.MaxMistakes
}

// pos returns where in the author's source a node stands.
func (b *binder) pos(id int64) int {
	r, _ := b.info.GetOffsetRange(id)
	return b.source.offset(int(r.Start))
}

// newID returns a node number for a node made at the place of another.
func (b *binder) newID(like int64) int64 {
	b.nextID++
	if r, ok := b.info.GetOffsetRange(like); ok {
		b.info.SetOffsetRange(b.nextID, r)
	}
	return b.nextID
}

func (b *binder) walk(e ast.Expr, p place) {
	if b.ended {
		return
	}
	if b.depth++; b.depth > b.maxDepth {
		b.wrong = append(b.wrong, eval.TooLarge(b.pos(e.ID()), "the expression is nested too deeply"))
		b.ended = true
		return
	}
	defer func() { b.depth-- }()
	if b.reference(e, p) {
		return
	}
	switch e.Kind() {
	case ast.IdentKind:
		b.ident(e, p)
	case ast.SelectKind:
		if !b.isTypeName(e, p.scope) {
			b.member(e, p.scope)
			b.walk(e.AsSelect().Operand(), p.selectedBy())
		}
	case ast.CallKind:
		b.call(e, p)
	case ast.ListKind:
		for _, element := range e.AsList().Elements() {
			b.walk(element, p.inside())
		}
	case ast.MapKind:
		for _, entry := range e.AsMap().Entries() {
			b.walk(entry.AsMapEntry().Key(), p.inside())
			b.untyped(entry.AsMapEntry().Key(), p.scope)
			b.walk(entry.AsMapEntry().Value(), p.inside())
		}
	case ast.StructKind:
		for _, field := range e.AsStruct().Fields() {
			b.walk(field.AsStructField().Value(), p.inside())
		}
	case ast.ComprehensionKind:
		b.comprehension(e, p)
	}
}

func (b *binder) ident(e ast.Expr, p place) {
	name := e.AsIdent()
	switch {
	case b.isRoot(e):
		b.fail(e.ID(), eval.BareSecrets)
	case p.scope.find(name) != nil:
	case name == "vars":
		e.SetKindCase(b.factory.NewIdent(e.ID(), varsName))
	case b.isTypeName(e, p.scope):
		b.typeOrVariable(e)
	default:
		name = strings.TrimPrefix(name, ".")
		b.reads = append(b.reads, eval.Variable{Name: name, Node: e.ID()})
		e.SetKindCase(b.variable(e.ID(), name))
	}
}

// variable returns the field of the variables called name.
func (b *binder) variable(id int64, name string) ast.Expr {
	return b.factory.NewSelect(id, b.factory.NewIdent(b.newID(id), fieldsName), name)
}

// typeOrVariable makes the name of a type mean the variable of that name where
// there is one: `list`, `map` and `type` are common names.
func (b *binder) typeOrVariable(e ast.Expr) {
	id, name := e.ID(), e.AsIdent()
	there := b.factory.NewCall(b.newID(id), operators.In,
		b.factory.NewLiteral(b.newID(id), types.String(name)), b.factory.NewIdent(b.newID(id), varsName))
	e.SetKindCase(b.factory.NewCall(id, operators.Conditional, there,
		b.factory.NewCall(b.newID(id), "dyn", b.variable(b.newID(id), name)),
		b.factory.NewCall(b.newID(id), "dyn", b.factory.NewIdent(b.newID(id), name))))
}

// isRoot reports whether e is the word `secrets` where the scanner took it for
// the root. A leading dot makes it another name.
func (b *binder) isRoot(e ast.Expr) bool {
	return e.Kind() == ast.IdentKind && e.AsIdent() == "secrets"
}

// isTypeName reports whether e is the name of a type or of an enum's value.
func (b *binder) isTypeName(e ast.Expr, s *scope) bool {
	name, ok := qualified(e)
	if !ok {
		return false
	}
	first, _, _ := strings.Cut(name, ".")
	if s.find(first) != nil {
		return false
	}
	_, found := b.env.env.CELTypeProvider().FindIdent(name)
	return found
}

// qualified returns `a.b.c` for a chain of plain names.
func qualified(e ast.Expr) (string, bool) {
	switch e.Kind() {
	case ast.IdentKind:
		return e.AsIdent(), true
	case ast.SelectKind:
		s := e.AsSelect()
		if prefix, ok := qualified(s.Operand()); ok && !s.IsTestOnly() {
			return prefix + "." + s.FieldName(), true
		}
	}
	return "", false
}
