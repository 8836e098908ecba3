package js

// errorData is what an Error holds. Its name and its message are no own properties
// that are listed, so that its JSON is {}, as everywhere.
type errorData struct{ name, message, cause Value }

// makeError is Error(message) with or without new (ECMA-262, 20.5.1.1).
func makeError(vm *machine, _ Value, args []Value) (Value, error) {
	if err := vm.charge(objectBytes + 3*valueBytes); err != nil {
		return undefined, err
	}
	e := &errorData{name: text("Error"), message: text("")}
	if v := argument(args, 0); v.kind != kindUndefined {
		seen := vm.seen
		vm.seen = false
		s, err := toText(vm, v)
		if err != nil {
			return undefined, err
		}
		e.message = text(s).with(vm.seen)
		vm.seen = seen
	}
	if options := argument(args, 1); options.isObject() {
		var err error
		if e.cause, err = getMember(vm, options, "cause"); err != nil {
			return undefined, err
		}
	}
	return object(&Object{class: kindError, data: e}), nil
}

var errorGetters = map[string]getter{
	"name":    func(_ *machine, o *Object) (Value, error) { return o.data.(*errorData).name, nil },
	"message": func(_ *machine, o *Object) (Value, error) { return o.data.(*errorData).message, nil },
	"cause":   func(_ *machine, o *Object) (Value, error) { return o.data.(*errorData).cause, nil },
}

var errorSetters = map[string]setter{
	"name": func(_ *machine, o *Object, v Value) error {
		o.data.(*errorData).name = v
		return nil
	},
	"message": func(_ *machine, o *Object, v Value) error {
		o.data.(*errorData).message = v
		return nil
	},
}

// errorText is Error.prototype.toString (ECMA-262, 20.5.3.4). A name or a message
// may be an Error too, also this one: each is as deep as a call.
func errorText(vm *machine, o *Object) (string, error) {
	if vm.depth >= maxDepth {
		return "", errDepth
	}
	vm.depth++
	defer func() { vm.depth-- }()
	e := o.data.(*errorData)
	name, err := toText(vm, e.name)
	if err != nil {
		return "", err
	}
	message, err := toText(vm, e.message)
	switch {
	case err != nil:
		return "", err
	case message == "":
		return name, nil
	case name == "":
		return message, nil
	}
	return name + ": " + message, vm.charge(int64(len(name) + len(message) + 2))
}

var errorMethods = []*Func{newFunc("toString", 0, valueText)}
