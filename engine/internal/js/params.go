package js

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// paramsData is what a URLSearchParams holds (WHATWG URL, 6.2).
type paramsData struct {
	list []param
	// owner is the URL whose query it is, or nil.
	owner *Object
}

type param struct{ name, value string }

// formSet is what application/x-www-form-urlencoded leaves alone.
var formSet = setOf("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*-._")

// paramBytes is what a parameter takes besides its texts.
const paramBytes = 48

// parseParams reads a query.
func parseParams(vm *machine, s string) ([]param, error) {
	var list []param
	for s != "" {
		var part string
		part, s, _ = strings.Cut(s, "&")
		if part == "" {
			continue
		}
		if err := vm.charge(paramBytes + 6*int64(len(part))); err != nil {
			return nil, err
		}
		name, value, _ := strings.Cut(part, "=")
		list = append(list, param{formDecoded(name), formDecoded(value)})
	}
	return list, nil
}

func formDecoded(s string) string {
	s = percentDecoded(strings.ReplaceAll(s, "+", " "))
	if utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// query writes the parameters.
func (p *paramsData) query() string {
	var b []byte
	for i, one := range p.list {
		if i > 0 {
			b = append(b, '&')
		}
		b = appendForm(append(appendForm(b, one.name), '='), one.value)
	}
	return string(b)
}

func appendForm(dst []byte, s string) []byte {
	for i, part := range strings.Split(s, " ") {
		if i > 0 {
			dst = append(dst, '+')
		}
		dst = appendPercent(dst, part, &formSet)
	}
	return dst
}

func (p *paramsData) bytes() int64 {
	n := 0
	for _, one := range p.list {
		n += 6 * (len(one.name) + len(one.value) + 2)
	}
	return int64(n)
}

func paramsText(vm *machine, o *Object) (string, error) {
	p := o.data.(*paramsData)
	if err := vm.charge(p.bytes()); err != nil {
		return "", err
	}
	return p.query(), nil
}

// thisParams are the parameters that a method is called on.
func thisParams(vm *machine, this Value) (*paramsData, error) {
	if this.kind != kindParams {
		return nil, errThis
	}
	vm.seen = vm.seen || isTaintedRow(this)
	return this.obj.data.(*paramsData), nil
}

// updated taints what changed and writes it into the URL that it is of.
func (vm *machine) updated(this Value, p *paramsData) error {
	vm.changes(this)
	this.obj.tainted = this.obj.tainted || vm.seen
	if p.owner == nil {
		return vm.step(int64(len(p.list)))
	}
	if err := vm.charge(p.bytes()); err != nil {
		return err
	}
	p.owner.tainted = p.owner.tainted || this.obj.tainted
	u := urlIn(p.owner)
	if u.query = nil; len(p.list) > 0 {
		s := p.query()
		u.query = &s
	}
	return nil
}

// named is a method that takes a name and, where value is set, a value.
func named(name string, takesValue bool, run func(vm *machine, this Value, p *paramsData, name, value string) (Value, error)) *Func {
	return newFunc(name, 1+toInt(takesValue), func(vm *machine, this Value, args []Value) (Value, error) {
		p, err := thisParams(vm, this)
		if err != nil {
			return undefined, err
		}
		key, err := toText(vm, argument(args, 0))
		if err != nil {
			return undefined, err
		}
		value := ""
		if takesValue {
			if value, err = toText(vm, argument(args, 1)); err != nil {
				return undefined, err
			}
		}
		if err := vm.step(int64(len(p.list))); err != nil {
			return undefined, err
		}
		return run(vm, this, p, wellFormed(key), wellFormed(value))
	})
}

var paramsMethods = []*Func{
	named("append", true, func(vm *machine, this Value, p *paramsData, name, value string) (Value, error) {
		if err := vm.charge(paramBytes + int64(len(name)+len(value))); err != nil {
			return undefined, err
		}
		p.list = append(p.list, param{name, value})
		return undefined, vm.updated(this, p)
	}),
	named("delete", false, func(vm *machine, this Value, p *paramsData, name, _ string) (Value, error) {
		p.list = slices.DeleteFunc(p.list, func(one param) bool { return one.name == name })
		return undefined, vm.updated(this, p)
	}),
	named("get", false, func(_ *machine, _ Value, p *paramsData, name, _ string) (Value, error) {
		if i := p.index(name); i >= 0 {
			return text(p.list[i].value), nil
		}
		return null, nil
	}),
	named("getAll", false, func(vm *machine, _ Value, p *paramsData, name, _ string) (Value, error) {
		o, err := vm.newArray(0)
		if err != nil {
			return undefined, err
		}
		for _, one := range p.list {
			if one.name == name {
				if err := vm.push(o, text(one.value)); err != nil {
					return undefined, err
				}
			}
		}
		return vm.fresh(o), nil
	}),
	named("has", false, func(_ *machine, _ Value, p *paramsData, name, _ string) (Value, error) {
		return boolean(p.index(name) >= 0), nil
	}),
	named("set", true, func(vm *machine, this Value, p *paramsData, name, value string) (Value, error) {
		if err := vm.charge(paramBytes + int64(len(name)+len(value))); err != nil {
			return undefined, err
		}
		if i := p.index(name); i >= 0 {
			p.list[i].value = value
			rest := slices.DeleteFunc(p.list[i+1:], func(one param) bool { return one.name == name })
			p.list = p.list[:i+1+len(rest)]
		} else {
			p.list = append(p.list, param{name, value})
		}
		return undefined, vm.updated(this, p)
	}),
	newFunc("sort", 0, func(vm *machine, this Value, _ []Value) (Value, error) {
		p, err := thisParams(vm, this)
		if err != nil {
			return undefined, err
		}
		slices.SortStableFunc(p.list, func(a, b param) int { return compareText(a.name, b.name) })
		return undefined, vm.updated(this, p)
	}),
	newFunc("toString", 0, valueText),
	newFunc("entries", 0, paramsRow(true, true)),
	newFunc("keys", 0, paramsRow(true, false)),
	newFunc("values", 0, paramsRow(false, true)),
	newFunc("forEach", 1, func(vm *machine, this Value, args []Value) (Value, error) {
		p, err := thisParams(vm, this)
		if err != nil {
			return undefined, err
		}
		if vm.seen {
			vm.decide()
		}
		tainted := vm.seen
		for i := 0; i < len(p.list); i++ {
			one := p.list[i]
			if _, err := vm.call(argument(args, 0), undefined, []Value{text(one.value).with(tainted), text(one.name).with(tainted), this}); err != nil {
				return undefined, err
			}
		}
		return undefined, nil
	}),
}

func (p *paramsData) index(name string) int {
	return slices.IndexFunc(p.list, func(one param) bool { return one.name == name })
}

func paramsRow(keys, values bool) native {
	return func(vm *machine, this Value, _ []Value) (Value, error) {
		if _, err := thisParams(vm, this); err != nil {
			return undefined, err
		}
		return vm.newIterator(iterateParams(vm, this, keys, values))
	}
}

func iterateParams(vm *machine, v Value, keys, values bool) *iterator {
	p, i := v.obj.data.(*paramsData), 0
	return &iterator{func() (Value, bool, error) {
		tainted := isTaintedRow(v)
		if i >= len(p.list) {
			return undefined.with(tainted), false, nil
		}
		one := p.list[i]
		i++
		x, err := text(one.value), vm.step(1)
		switch {
		case keys && values && err == nil:
			x, err = vm.pair(text(one.name), text(one.value))
		case keys:
			x = text(one.name)
		}
		return x.with(tainted), true, err
	}, isTaintedRow(v)}
}

var paramsGetters = map[string]getter{
	"size": func(_ *machine, o *Object) (Value, error) { return integer(len(o.data.(*paramsData).list)), nil },
}

// makeParams is new URLSearchParams of a query, pairs, an object or nothing.
func makeParams(vm *machine, _ Value, args []Value) (Value, error) {
	p := &paramsData{}
	o := &Object{class: kindParams, data: p}
	if err := vm.charge(objectBytes + 64); err != nil {
		return undefined, err
	}
	add := func(name, value Value) error {
		n, err := toText(vm, name)
		if err != nil {
			return err
		}
		v, err := toText(vm, value)
		if err != nil {
			return err
		}
		p.list = append(p.list, param{wellFormed(n), wellFormed(v)})
		return vm.charge(paramBytes + int64(len(n)+len(v)))
	}
	var err error
	switch source := argument(args, 0); source.kind {
	case kindUndefined:
	case kindObject:
		vm.seen = vm.seen || isTaintedRow(source)
		err = vm.eachOwn(source, func(key string, x Value) error { return add(text(key), x) })
	case kindArray, kindMap, kindParams, kindIterator, kindSet:
		vm.seen = vm.seen || isTaintedRow(source)
		err = vm.each(source, func(item Value) error {
			if item.kind != kindArray || item.obj.length() != 2 {
				return typeError("URLSearchParams takes pairs of a name and a value")
			}
			vm.seen = vm.seen || isTaintedRow(item)
			name, err := vm.item(item.obj, 0)
			if err != nil {
				return err
			}
			value, err := vm.item(item.obj, 1)
			if err != nil {
				return err
			}
			return add(name, value)
		})
	default:
		var s string
		if s, err = toText(vm, source); err == nil {
			p.list, err = parseParams(vm, strings.TrimPrefix(wellFormed(s), "?"))
		}
	}
	if err != nil {
		return undefined, err
	}
	return vm.fresh(o), nil
}
