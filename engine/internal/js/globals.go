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
	methods map[string]*[kinds]*Func
	// getters and setters :: kind -> name -> what reads or writes it
	getters [kinds]map[string]getter
	setters [kinds]map[string]setter
	// globals :: name -> value
	globals map[string]Value
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
	methods = make(map[string]*[kinds]*Func)
	globals = make(map[string]Value)
	for k, list := range map[kind][]*Func{
		kindIterator: iteratorMethods,
	} {
		for _, f := range list {
			row := methods[f.Name]
			if row == nil {
				row = new([kinds]*Func)
				methods[f.Name] = row
			}
			row[k] = f
		}
	}
	for name, v := range map[string]Value{"undefined": undefined, "NaN": number(nan), "Infinity": number(infinity)} {
		globals[name] = v
	}
}
