package js

type patternKey struct{ source, flags string }
type pattern struct{}

func regExpText(*machine, *Object) (string, error) { return "", nil }
func dateText(*machine, *Object) (string, error)   { return "", nil }
func urlText(*machine, *Object) (string, error)    { return "", nil }
func paramsText(*machine, *Object) (string, error) { return "", nil }
func dateOf(*Object) float64                       { return 0 }
func iterateParams(vm *machine, v Value, keys, values bool) *iterator {
	return nil
}
