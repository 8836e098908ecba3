package js

// getter reads a property that the library computes, setter writes one.
type (
	getter func(vm *machine, o *Object) (Value, error)
	setter func(vm *machine, o *Object, v Value) error
)

// What the library has. All of it is set once by init: an initialiser would refer
// to itself, since functions of the library look names up here.
var (
	// methods :: name -> kind -> function
	methods = make(map[string]*[kinds]*Func)
	// getters and setters :: kind -> name -> what reads or writes it
	getters [kinds]map[string]getter
	setters [kinds]map[string]setter
	// globals :: name -> value
	globals = make(map[string]Value)
)

// methodOf returns the method that a value of this kind has behind the dot, or
// nil.
func methodOf(k kind, name string) *Func {
	if row := methods[name]; row != nil {
		return row[k]
	}
	return nil
}

// methodRow returns the methods of this name, by kind: a place in the source that
// calls one looks it up once. It is nil where no kind has one.
func methodRow(name string) *[kinds]*Func { return methods[name] }

// globalValue returns what a name means that is neither a variable nor the
// expression's own.
func globalValue(name string) (Value, bool) {
	v, ok := globals[name]
	return v, ok
}

func init() {
	addMethods()
	addAccessors()
	addGlobals()
}

func addMethods() {
	for k := kindObject; k < kinds; k++ {
		addMethodsOf(k, objectMethods)
	}
	for k, list := range map[kind][]*Func{
		kindBool: booleanMethods, kindNumber: numberMethods, kindString: stringMethods, kindArray: arrayMethods,
		kindFunction: functionMethods, kindRegExp: regExpMethods, kindDate: dateMethods, kindSet: setMethods,
		kindMap: mapMethods, kindURL: urlMethods, kindParams: paramsMethods, kindError: errorMethods,
		kindNumberFormat: numberFormatMethods, kindDateFormat: dateFormatMethods, kindIterator: iteratorMethods,
	} {
		addMethodsOf(k, list)
	}
}

func addMethodsOf(k kind, list []*Func) {
	for _, f := range list {
		row := methods[f.Name]
		if row == nil {
			row = new([kinds]*Func)
			methods[f.Name] = row
		}
		row[k] = f
	}
}

func addAccessors() {
	getters = [kinds]map[string]getter{
		kindFunction: functionGetters, kindRegExp: regExpGetters, kindSet: tableGetters, kindMap: tableGetters,
		kindURL: urlGetters, kindParams: paramsGetters, kindError: errorGetters,
	}
	setters = [kinds]map[string]setter{kindRegExp: regExpSetters, kindURL: urlSetters, kindError: errorSetters}
}

func addGlobals() {
	globals["undefined"], globals["NaN"], globals["Infinity"] = undefined, number(nan), number(infinity)
	addNamespace("Math", mathConstants, mathFunctions)
	addNamespace("JSON", nil, []*Func{newFunc("parse", 2, jsonParse), newFunc("stringify", 3, jsonStringify)})
	addClass("String", 1, kindUndefined, stringOf, nil, nil, stringFunctions)
	addClass("Number", 1, kindUndefined, numberOf, nil, numberConstants, numberFunctions)
	addClass("Boolean", 1, kindUndefined, func(_ *machine, _ Value, args []Value) (Value, error) {
		v := argument(args, 0)
		return boolean(truthy(v)).with(v.tainted), nil
	}, nil, nil, nil)
	addClass("Object", 1, kindObject, makeObject, nil, nil, objectFunctions)
	addClass("Array", 1, kindArray, makeArray, makeArray, nil, arrayFunctions)
	addClass("Error", 1, kindError, makeError, makeError, nil, nil)
	addClass("RegExp", 2, kindRegExp, callRegExp, makeRegExp, nil, nil)
	addClass("Date", 7, kindDate, callDate, makeDate, nil, dateFunctions)
	addClass("Set", 0, kindSet, withoutNew, makeTable(kindSet), nil, nil)
	addClass("Map", 0, kindMap, withoutNew, makeTable(kindMap), nil, []*Func{mapGroupBy})
	addClass("URL", 1, kindURL, withoutNew, makeURL, nil, urlFunctions)
	addClass("URLSearchParams", 0, kindParams, withoutNew, makeParams, nil, nil)
	addIntl()
	addFunctions(uriFunctions, base64Functions, ownFunctions, wordFunctions, []*Func{
		parseFloatFunc, parseIntFunc,
		newFunc("isNaN", 1, globalAsk(func(f float64) bool { return f != f })),
		newFunc("isFinite", 1, globalAsk(isFinite)),
		newFunc("structuredClone", 1, structuredClone),
	})
}

func addFunctions(lists ...[]*Func) {
	for _, list := range lists {
		for _, f := range list {
			globals[f.Name] = function(f)
		}
	}
}

// globalAsk asks something of what ToNumber makes of a value (ECMA-262, 19.2.2 and
// 19.2.3).
func globalAsk(ask func(float64) bool) native {
	return func(vm *machine, _ Value, args []Value) (Value, error) {
		f, err := toNumber(vm, argument(args, 0))
		return boolean(ask(f)), err
	}
}

func withoutNew(*machine, Value, []Value) (Value, error) {
	return undefined, typeError("this is called with new")
}

// membersOf returns what stands behind the dot of a global.
func membersOf(constants map[string]float64, functions []*Func) []field {
	var fields []field
	for name, f := range constants {
		fields = append(fields, field{name, number(f)})
	}
	for _, f := range functions {
		fields = append(fields, field{f.Name, function(f)})
	}
	return fields
}

// fill gives an object of the library its members.
func (o *Object) fill(fields []field) {
	o.fields = fields
	o.index = make(map[string]int, len(fields))
	for i := range fields {
		o.index[fields[i].key] = i
	}
}

func addNamespace(name string, constants map[string]float64, functions []*Func) {
	o := &Object{class: kindObject, frozen: true, hidden: true}
	o.fill(membersOf(constants, functions))
	globals[name] = object(o)
}

// newClass returns a function that has members, and that makes objects of a kind
// where construct is not nil.
func newClass(name string, arity int, makes kind, call, construct native, constants map[string]float64, functions []*Func) *Func {
	f := newFunc(name, arity, call)
	f.makes, f.construct = makes, construct
	f.object.hidden = true
	f.object.fill(membersOf(constants, functions))
	return f
}

func addClass(name string, arity int, makes kind, call, construct native, constants map[string]float64, functions []*Func) {
	globals[name] = function(newClass(name, arity, makes, call, construct, constants, functions))
}
