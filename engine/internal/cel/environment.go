package cel

import (
	"math"
	"strings"
	"sync"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/checker"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/containers"
	"github.com/google/cel-go/common/functions"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/ext"
	"github.com/google/cel-go/interpreter"
)

// Names that no author can write. The binder puts them where the author's own
// names stood.
const (
	varsName    = "@vars"
	secretsName = "@secrets"
	// fieldsName and aliasesName are the same again where a name is selected
	// from them. They have no type, for the checker to have less to unify.
	fieldsName  = "@fields"
	aliasesName = "@aliases"
	nowName     = "@now"
	runName     = "@run"
	textName    = "@text"
	exactName   = "@exact"
	// presentName takes the number of a reference and what is about it.
	presentName = "@present"
	// placeholderName takes an alias and what a preview shows for it.
	placeholderName = "@placeholder"
)

// environment is what all expressions share: making one costs more than
// compiling an expression.
type environment struct {
	env        *cel.Env
	checker    *checker.Env
	dispatcher interpreter.Dispatcher
	interp     interpreter.Interpreter
	adapter    adapter
	// overloads :: function name -> its implementation, which picks the
	// overload by the arguments it is called with.
	overloads map[string]*functions.Overload
	// loose :: arithmetic operator -> what it does to numbers whose types are
	// not known
	loose map[string]*functions.Overload
}

var shared = sync.OnceValues(newEnvironment)

// libraries are CEL's extensions that an expression may use.
func libraries() []cel.EnvOption {
	return []cel.EnvOption{
		cel.OptionalTypes(),
		cel.CrossTypeNumericComparisons(true),
		cel.DefaultUTCTimeZone(true),
		ext.Strings(ext.StringsMaxPrecision(100)),
		ext.Encoders(),
		ext.Math(),
		ext.Lists(ext.ListsMaxRangeSize(100_000)),
		ext.Sets(),
		ext.Regex(),
		ext.Bindings(),
		ext.TwoVarComprehensions(),
		cel.EnableIdentifierEscapeSyntax(),
		cel.ParserErrorRecoveryLimit(4),
		cel.ParserRecursionLimit(500),
	}
}

// provider is the registry of types. The checker asks it whether each path is
// the value of an enum; no enum is known but protobuf's own.
type provider struct{ *types.Registry }

var errNoEnum = types.NewErr("unknown enum name")

// EnumValue implements types.Provider.
func (p provider) EnumValue(name string) ref.Val {
	if !strings.HasPrefix(name, "google.") {
		return errNoEnum
	}
	return p.Registry.EnumValue(name)
}

func newEnvironment() (*environment, error) {
	registry, err := types.NewRegistry()
	if err != nil {
		return nil, err
	}
	a := adapter{registry}
	dynMap := cel.MapType(cel.StringType, cel.DynType)
	// The provider comes first: libraries register their types with it.
	options := append([]cel.EnvOption{cel.CustomTypeAdapter(a), cel.CustomTypeProvider(provider{registry})}, libraries()...)
	options = append(options,
		cel.Variable(varsName, dynMap),
		cel.Variable(secretsName, dynMap),
		cel.Variable(fieldsName, cel.DynType),
		cel.Variable(aliasesName, cel.DynType),
		cel.Variable(nowName, cel.TimestampType),
	)
	options = append(options, mixedNumbers()...)
	env, err := cel.NewEnv(append(options, ownFunctions(a)...)...)
	if err != nil {
		return nil, err
	}
	e := &environment{env: env, adapter: a, dispatcher: interpreter.NewDispatcher(), overloads: map[string]*functions.Overload{}, loose: map[string]*functions.Overload{}}
	for _, function := range env.Functions() {
		bindings, err := function.Bindings()
		if err != nil {
			return nil, err
		}
		if err := e.dispatcher.Add(bindings...); err != nil {
			return nil, err
		}
		for _, binding := range bindings {
			e.overloads[binding.Operator] = binding
		}
	}
	for operator := range mixing {
		e.loose[operator] = loose(operator, e.overloads[operator])
	}
	if e.checker, err = newChecker(env, provider{registry}); err != nil {
		return nil, err
	}
	e.interp = interpreter.NewInterpreter(e.dispatcher, containers.DefaultContainer, registry, a,
		interpreter.NewAttributeFactory(containers.DefaultContainer, a, registry))
	labelSharedErrors()
	return e, nil
}

// newChecker returns the checker that env has.
func newChecker(env *cel.Env, types types.Provider) (*checker.Env, error) {
	c, err := checker.NewEnv(env.Container, types, checker.CrossTypeNumericComparisons(true))
	if err != nil {
		return nil, err
	}
	if err := c.AddIdents(env.Variables()...); err != nil {
		return nil, err
	}
	for _, function := range env.Functions() {
		if err := c.AddFunctions(function); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// check gives each node of parsed its type. The validators of the libraries walk
// the whole tree again; the only one that looks at what an author can write is
// that of `format`.
func (e *environment) check(parsed *cel.Ast, text string) (*ast.AST, *cel.Issues) {
	if strings.Contains(text, "format") {
		checked, issues := e.env.Check(parsed)
		return checked.NativeRep(), issues
	}
	native := parsed.NativeRep()
	checked, errs := checker.Check(native, parsed.Source(), e.checker)
	return checked, cel.NewIssuesWithSourceInfo(errs, native.SourceInfo())
}

// unlabelled is the node of an error that cel-go shares between evaluations.
const unlabelled = -1

// labelSharedErrors gives the errors that cel-go keeps in variables a node of
// their own. cel-go labels every error that has none with the node that met it
// first, which for a shared one is a data race and a wrong place ever after.
func labelSharedErrors() {
	for _, shared := range []ref.Val{
		types.NoSuchOverloadErr(),
		types.Int(math.MaxInt64).ConvertToType(types.TimestampType),
	} {
		types.LabelErrNode(unlabelled, shared)
	}
}
