package js

// errorText is Error.prototype.toString (ECMA-262, 20.5.3.4).
func errorText(vm *machine, o *Object) (string, error) {
	name, message := "Error", ""
	var err error
	if v, ok := o.own("name"); ok {
		if name, err = toText(vm, v); err != nil {
			return "", err
		}
	}
	if v, ok := o.own("message"); ok {
		if message, err = toText(vm, v); err != nil {
			return "", err
		}
	}
	switch {
	case message == "":
		return name, nil
	case name == "":
		return message, nil
	}
	if err := vm.charge(int64(len(name) + len(message) + 2)); err != nil {
		return "", err
	}
	return name + ": " + message, nil
}
