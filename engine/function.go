package engine

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/sotto-render/sotto/engine/internal/cel"
	"github.com/sotto-render/sotto/engine/internal/extension"
	"github.com/sotto-render/sotto/engine/internal/js"
	"github.com/sotto-render/sotto/macros"
)

// Function is one that a Go program adds: a filter of templates and a function of
// expressions. What it makes of secrets is sensitive and known to the redactors,
// as with any other.
type Function struct {
	// Name is what authors call it: lower case letters, digits and _. It MUST NOT
	// be that of a filter or of a function of expressions.
	Name string
	// Parameters are its arguments in order, at least one. In a template the first
	// is the value before the `|`. None is Named, and a Kind is one of
	// [macros.AnyKind], TextKind, NumberKind, IntegerKind, BoolKind and ListKind.
	// What has another kind is converted as for any filter; an expression refuses
	// what is no number, bool or list where one is wanted. JavaScript drops arguments
	// that are more than a function takes where it hands it on, as to map.
	Parameters []macros.Parameter
	// Run returns the result, of whatever [Request.Vars] may hold. Each argument
	// is nil, a bool, int64, uint64, float64, string, json.Number, []any or
	// map[string]any, and those that are left out at the end are not there. Run
	// MUST be pure: the same for the same arguments, which it MUST NOT change. It
	// MUST return soon, for no limit of time ends it, and be safe for concurrent
	// use. A preview calls it with placeholders.
	//
	// An error or a panic of Run ends the render or evaluation with
	// [ValueRejected] or [ExpressionFailed]. Its text is dropped, as it may hold
	// a value.
	Run func(args []any) (any, error)
}

// Functions are those that a Go program adds to templates, as
// [TemplateOptions.Filters], and to expressions, as [ExpressionOptions.Functions].
// They are immutable and safe for concurrent use. Caches tell two sets apart even
// if their functions are the same, so make one and keep it.
type Functions struct{ set *extension.Set }

var functionName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

// ownKinds are the kinds that a parameter of a Function may have.
var ownKinds = []macros.Kind{macros.AnyKind, macros.TextKind, macros.NumberKind, macros.IntegerKind, macros.BoolKind, macros.ListKind}

// NewFunctions returns a set of functions. The error says which one breaks a rule
// of [Function], or that two have one name.
func NewFunctions(functions ...Function) (*Functions, error) {
	var all []extension.Function
	for _, f := range functions {
		if err := f.check(); err != nil {
			return nil, fmt.Errorf("engine: function %q: %w", f.Name, err)
		}
		if slices.ContainsFunc(all, func(other extension.Function) bool { return other.Name == f.Name }) {
			return nil, fmt.Errorf("engine: function %q: there are two of this name", f.Name)
		}
		all = append(all, extension.Function{Name: f.Name, Parameters: slices.Clone(f.Parameters), Run: f.Run})
	}
	return &Functions{extension.New(all)}, nil
}

func (f *Function) check() error {
	switch {
	case !functionName.MatchString(f.Name):
		return fmt.Errorf("a name takes lower case letters, digits and _, at most 64 of them")
	case macros.FilterByName(f.Name) != nil:
		return fmt.Errorf("there is a filter of this name")
	case cel.Reserves(f.Name), js.Reserves(f.Name):
		return fmt.Errorf("expressions have a function or a word of this name")
	case f.Run == nil:
		return fmt.Errorf("it has no Run")
	case len(f.Parameters) == 0:
		return fmt.Errorf("it has no parameters: declare at least one")
	}
	optional := false
	for i, p := range f.Parameters {
		switch {
		case p.Named:
			return fmt.Errorf("parameter %d is named: arguments of functions go by their places", i+1)
		case optional && !p.Optional:
			return fmt.Errorf("parameter %d is required behind an optional one", i+1)
		case i == 0 && p.Optional:
			return fmt.Errorf("the first parameter cannot be optional")
		case !slices.Contains(ownKinds, p.Kind):
			return fmt.Errorf("parameter %d has a kind that functions do not take", i+1)
		}
		optional = p.Optional
	}
	return nil
}

// extensions returns the functions as the languages know them.
func (f *Functions) extensions() *extension.Set {
	if f == nil {
		return nil
	}
	return f.set
}
