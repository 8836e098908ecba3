package js

func addIntl() {}

var numberFormatMethods, dateFormatMethods []*Func

func numberToLocaleString(vm *machine, this Value, args []Value) (Value, error) {
	return undefined, nil
}
func dateToLocale(day, clock bool) native { return nil }
