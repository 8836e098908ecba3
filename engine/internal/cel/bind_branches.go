package cel

import (
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
)

// freeingRounds bounds how often a tree is checked again. The checker reports up
// to a hundred mistakes at once, so that no source that is meant needs more.
const freeingRounds = 8

// twoTypes starts what the checker says of `c ? a : b` where c is right and a and
// b are of two types.
var twoTypes = []string{
	"found no matching overload for '_?_:_' applied to '(bool, ",
	"found no matching overload for '_?_:_' applied to '(dyn, ",
}

// freeBranches takes the types of the branches away where the checker refused
// them for being two, and reports whether it did so anywhere. The others keep
// theirs, so that `(c ? 7 : 8) / 2` stays an operation on ints.
func (b *binder) freeBranches(root ast.Expr, issues *cel.Issues) bool {
	refused := map[int64]bool{}
	for _, issue := range issues.Errors() {
		for _, start := range twoTypes {
			if strings.HasPrefix(issue.Message, start) {
				refused[issue.ExprID] = true
			}
		}
	}
	var branches []ast.Expr
	if len(refused) > 0 {
		ast.PreOrderVisit(root, ast.NewExprVisitor(func(e ast.Expr) {
			if e.Kind() == ast.CallKind && refused[e.ID()] {
				branches = append(branches, e.AsCall().Args()[1:]...)
			}
		}))
	}
	for _, branch := range branches {
		branch.SetKindCase(b.factory.NewCall(b.newID(branch.ID()), "dyn", b.detached(branch)))
	}
	return len(branches) > 0
}
