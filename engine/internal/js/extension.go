package js

import (
	"strconv"

	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/engine/internal/extension"
	"github.com/sotto-render/sotto/macros"
)

// Reserves reports whether the language has a function or a word of this name.
func Reserves(name string) bool {
	_, known := globals[name]
	return known || reserved[name] || isSecrets(name) || name == varsName || name == "eval" || name == "arguments"
}

// extended returns the functions of a Go program as values, by name.
func extended(own *extension.Set) map[string]Value {
	names := own.Filters()
	if len(names) == 0 {
		return nil
	}
	made := make(map[string]Value, len(names))
	for name := range names {
		f := own.Get(name)
		least, _ := f.Counts()
		made[name] = function(newFunc(name, least, func(vm *machine, _ Value, args []Value) (Value, error) {
			return vm.extension(f, args)
		}))
	}
	return made
}

// wrongCount says how a function of the Go program is called.
func wrongCount(f *extension.Function) string {
	return "`" + f.Name + "` takes other arguments: write `" + f.String() + "`"
}

// extension calls a function of the Go program. Arguments that it does not take are
// dropped, as JavaScript does.
func (vm *machine) extension(f *extension.Function, args []Value) (Value, error) {
	least, most := f.Counts()
	if len(args) < least {
		return undefined, typeError(wrongCount(f))
	}
	given := make([]any, 0, most)
	for i, arg := range args[:min(len(args), most)] {
		if arg.kind == kindUndefined && i >= least {
			break
		}
		v, err := vm.goArgument(f.Parameters[i], arg)
		if err != nil {
			return undefined, err
		}
		given = append(given, v)
	}
	made, err := f.Call(given)
	if err != nil {
		return undefined, &eval.Failure{Code: eval.Failed, Kind: err.Error()}
	}
	// What it made counts before anyone walks it.
	var texts []string
	if err := vm.weigh(made, &texts, 0); err != nil {
		return undefined, err
	}
	if vm.seen && len(vm.program.refs) > 0 {
		vm.prepared.Derive(vm.program.refs, eval.AnyReference, texts, vm.program.source, vm.variables.fields)
	}
	return vm.fromGo(made)
}

// goArgument returns v as Go data of the kind that the parameter wants.
func (vm *machine) goArgument(p macros.Parameter, v Value) (any, error) {
	refusal := typeError("it takes a " + string(p.Kind) + " as its " + p.Name)
	switch p.Kind {
	case macros.TextKind:
		s, err := toText(vm, v)
		if err != nil {
			return nil, err
		}
		return wellFormed(s), vm.charge(int64(len(s)))
	case macros.IntegerKind:
		vm.see(v)
		switch v.kind {
		case kindNumber:
			if n := int64(v.num); v.text == "" && float64(n) == v.num {
				return n, nil
			}
			if n, err := strconv.ParseInt(v.text, 10, 64); err == nil {
				return n, nil
			}
		case kindString:
			if n, err := strconv.ParseInt(v.text, 10, 64); err == nil {
				return n, nil
			}
		}
		return nil, refusal
	case macros.NumberKind:
		if v.kind != kindNumber {
			vm.see(v)
			return nil, refusal
		}
	case macros.BoolKind:
		if v.kind != kindBool {
			vm.see(v)
			return nil, refusal
		}
	case macros.ListKind:
		if v.kind != kindArray {
			vm.see(v)
			return nil, refusal
		}
	}
	w := writer{vm: vm, room: eval.Room{Bytes: vm.limits.Output, Memory: vm.budget.Memory}}
	native, err := w.value(v, 0)
	vm.seen = vm.seen || w.tainted
	if err != nil {
		return nil, err
	}
	return native, vm.charge(int64(vm.limits.Output-w.room.Bytes) + (vm.budget.Memory - w.room.Memory))
}

// weigh charges what a Go program made, and collects the texts in it.
func (vm *machine) weigh(v any, texts *[]string, depth int) error {
	if depth > maxNesting {
		return errNesting
	}
	if o, ok := v.(eval.Ordered); ok {
		v = o.Map()
	}
	switch v := v.(type) {
	case string:
		if len(*texts) < eval.MaxDerived {
			*texts = append(*texts, v)
		}
		return vm.charge(int64(len(v)))
	case []any:
		if err := vm.charge(int64(len(v)) * valueBytes); err != nil {
			return err
		}
		for _, item := range v {
			if err := vm.weigh(item, texts, depth+1); err != nil {
				return err
			}
		}
	case map[string]any:
		if err := vm.charge(int64(len(v)) * fieldBytes); err != nil {
			return err
		}
		for key, item := range v {
			if err := vm.charge(int64(len(key))); err != nil {
				return err
			}
			if err := vm.weigh(item, texts, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}
