package js

func makeNumberFormat(vm *machine, _ Value, args []Value) (Value, error) {
	f, err := vm.newNumberFormat(argument(args, 0), argument(args, 1))
	if err != nil {
		return undefined, err
	}
	if err := vm.charge(objectBytes + 256); err != nil {
		return undefined, err
	}
	return vm.fresh(&Object{class: kindNumberFormat, data: f}), nil
}

// formatted writes any value as a number.
func (f *numberFormat) formatted(vm *machine, v Value) (Value, error) {
	if err := vm.charge(256); err != nil {
		return undefined, err
	}
	if v.kind == kindNumber && v.text != "" {
		vm.see(v)
		return text(f.format(v.num, v.text)), nil
	}
	x, err := toNumber(vm, v)
	if err != nil {
		return undefined, err
	}
	return text(f.format(x, "")), nil
}

// numberToLocaleString is Number.prototype.toLocaleString (ECMA-402, 19.2.1).
func numberToLocaleString(vm *machine, this Value, args []Value) (Value, error) {
	if this.kind != kindNumber {
		return undefined, errThis
	}
	f, err := vm.newNumberFormat(argument(args, 0), argument(args, 1))
	if err != nil {
		return undefined, err
	}
	return f.formatted(vm, this)
}

var numberFormatGetters = map[string]getter{
	"format": boundFormat(func(vm *machine, o *Object, v Value) (Value, error) {
		return o.data.(*numberFormat).formatted(vm, v)
	}),
}

var numberFormatMethods = []*Func{
	newFunc("resolvedOptions", 0, func(vm *machine, this Value, _ []Value) (Value, error) {
		if this.kind != kindNumberFormat {
			return undefined, errThis
		}
		f := this.obj.data.(*numberFormat)
		vm.seen = vm.seen || isTaintedRow(this)
		currency := undefined
		if f.style == "currency" {
			currency = text(f.currency)
		}
		return vm.plainObject([]field{
			{"locale", text(f.locale.name)}, {"numberingSystem", text("latn")}, {"style", text(f.style)}, {"currency", currency},
			{"minimumIntegerDigits", integer(f.minWhole)}, {"minimumFractionDigits", integer(f.minFraction)},
			{"maximumFractionDigits", integer(f.maxFraction)}, {"notation", text(f.notation)}, {"signDisplay", text(f.signs)},
		})
	}),
}
