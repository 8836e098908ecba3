package js

import "strings"

// below returns the placeholder of what stands below that of a secret; where v is
// text around a placeholder, it is v.
func (vm *machine) below(v Value, name string) Value {
	if !strings.HasPrefix(v.text, "[secrets.") || strings.IndexByte(v.text, ']') < len("[secrets.") || !strings.HasSuffix(v.text, "]") {
		return v
	}
	return text(v.text[:len(v.text)-1] + name + "]").with(true)
}

// hasPlaceholder reports whether a call was given a placeholder: that it failed says
// nothing then.
func hasPlaceholder(vm *machine, this Value, args []Value) bool {
	return placeholderOf(vm, this, args).kind != kindUndefined
}

// placeholderOf returns the first placeholder that a call was given.
func placeholderOf(vm *machine, this Value, args []Value) Value {
	if vm.isPlaceholder(this) {
		return this
	}
	for _, v := range args {
		if vm.isPlaceholder(v) {
			return v
		}
	}
	return undefined
}
