package js

import (
	"math"
	"strings"
	"unicode/utf8"
)

// regExp is what a RegExp is: its pattern and where it goes on (ECMA-262, 22.2).
type regExp struct {
	pattern   *pattern
	lastIndex Value
}

func regExpOf(this Value) (*regExp, error) {
	if this.kind != kindRegExp {
		return nil, errThis
	}
	return this.obj.data.(*regExp), nil
}

// newRegExp returns a RegExp of a compiled pattern.
func (vm *machine) newRegExp(p *pattern) (Value, error) {
	if err := vm.charge(objectBytes + 64); err != nil {
		return undefined, err
	}
	return object(&Object{class: kindRegExp, data: &regExp{pattern: p, lastIndex: integer(0)}}), nil
}

// callRegExp is RegExp(pattern, flags) without new: of a RegExp it is that one.
func callRegExp(vm *machine, this Value, args []Value) (Value, error) {
	if v := argument(args, 0); v.kind == kindRegExp && argument(args, 1).kind == kindUndefined {
		return v, nil
	}
	return makeRegExp(vm, this, args)
}

// makeRegExp is new RegExp(pattern, flags) (ECMA-262, 22.2.4.1).
func makeRegExp(vm *machine, _ Value, args []Value) (Value, error) {
	source, flags := "(?:)", ""
	var err error
	switch v := argument(args, 0); v.kind {
	case kindUndefined:
	case kindRegExp:
		vm.see(v)
		p := v.obj.data.(*regExp).pattern
		vm.seen = vm.seen || v.obj.tainted
		source, flags = p.source, p.flags
	default:
		if source, err = toText(vm, v); err != nil {
			return undefined, err
		}
		if source == "" {
			source = "(?:)"
		}
	}
	if v := argument(args, 1); v.kind != kindUndefined {
		if flags, err = toText(vm, v); err != nil {
			return undefined, err
		}
	}
	p, err := vm.patternFor(source, flags)
	if err != nil {
		return undefined, err
	}
	v, err := vm.newRegExp(p)
	if err != nil {
		return undefined, err
	}
	return vm.fresh(v.obj), nil
}

// start returns where the next search begins, in code units, and whether the
// RegExp keeps it.
func (r *regExp) start(vm *machine) (int, bool, error) {
	f, err := toInteger(vm, r.lastIndex)
	if !r.pattern.global && !r.pattern.sticky {
		return 0, false, err
	}
	return int(max(0, min(f, math.MaxInt32))), true, err
}

// exec is RegExpBuiltinExec (ECMA-262, 22.2.7.2). Places are nil where nothing
// matches.
func (vm *machine) exec(this Value, s *subject) (places []int, err error) {
	r, err := regExpOf(this)
	if err != nil {
		return nil, err
	}
	vm.seen = vm.seen || this.tainted || this.obj.tainted
	from, keeps, err := r.start(vm)
	if err != nil {
		return nil, err
	}
	if at, ok := s.at(from); ok {
		if places, err = vm.match(r.pattern, s, at); err != nil {
			return nil, err
		}
	}
	if keeps {
		vm.changes(this)
		next := 0
		if places != nil {
			next = s.units(0, places[1])
		}
		r.lastIndex = integer(next).with(vm.seen)
	}
	return places, nil
}

// matched returns the array of a match: the text and its groups, with index, input
// and groups.
func (vm *machine) matched(p *pattern, s *subject, places []int) (Value, error) {
	o, err := vm.newArray(len(places) / 2)
	if err != nil {
		return undefined, err
	}
	if err := vm.charge(4*fieldBytes + int64(places[1]-places[0])); err != nil {
		return undefined, err
	}
	for i := 0; i < len(places); i += 2 {
		o.items = append(o.items, s.group(places, i/2))
	}
	groups := undefined
	if p.named {
		if groups, err = vm.namedGroups(p, o.items); err != nil {
			return undefined, err
		}
	}
	o.fields = append(o.fields, field{"index", integer(s.units(0, places[0]))}, field{"input", text(s.source)}, field{"groups", groups})
	if p.indices {
		indices, err := vm.groupIndices(p, s, places)
		if err != nil {
			return undefined, err
		}
		o.fields = append(o.fields, field{"indices", indices})
	}
	return object(o), nil
}

// group returns the text of group i, or undefined where it took no part.
func (s *subject) group(places []int, i int) Value {
	if places[2*i] < 0 {
		return undefined
	}
	return text(s.text(places[2*i], places[2*i+1]))
}

func (vm *machine) namedGroups(p *pattern, items []Value) (Value, error) {
	o, err := vm.newObject(len(p.names))
	if err != nil {
		return undefined, err
	}
	for i, name := range p.names {
		if name != "" {
			if err := vm.put(o, name, items[i+1]); err != nil {
				return undefined, err
			}
		}
	}
	return object(o), nil
}

func (vm *machine) groupIndices(p *pattern, s *subject, places []int) (Value, error) {
	o, err := vm.newArray(len(places) / 2)
	if err != nil {
		return undefined, err
	}
	for i := 0; i < len(places); i += 2 {
		if places[i] < 0 {
			o.items = append(o.items, undefined)
			continue
		}
		at, err := vm.pair(integer(s.units(0, places[i])), integer(s.units(0, places[i+1])))
		if err != nil {
			return undefined, err
		}
		o.items = append(o.items, at)
	}
	groups := undefined
	if p.named {
		if groups, err = vm.namedGroups(p, o.items); err != nil {
			return undefined, err
		}
	}
	o.fields = append(o.fields, field{"groups", groups})
	return object(o), nil
}

// matches calls yield with each match from the byte at on, until it says no.
func (vm *machine) matches(p *pattern, s *subject, at int, yield func(places []int) (bool, error)) error {
	for at <= len(s.moved) {
		places, err := vm.match(p, s, at)
		if err != nil || places == nil {
			return err
		}
		more, err := yield(places)
		if err != nil || !more {
			return err
		}
		if at = places[1]; places[0] == places[1] {
			_, size := utf8.DecodeRuneInString(s.moved[at:])
			at += max(size, 1)
		}
	}
	return nil
}

// regExpMethods are RegExp.prototype (ECMA-262, 22.2.6).
var regExpMethods = []*Func{
	newFunc("exec", 1, func(vm *machine, this Value, args []Value) (Value, error) {
		r, err := regExpOf(this)
		if err != nil {
			return undefined, err
		}
		s, places, err := vm.execText(this, argument(args, 0))
		if err != nil || places == nil {
			return null, err
		}
		v, err := vm.matched(r.pattern, s, places)
		if err != nil {
			return undefined, err
		}
		return vm.fresh(v.obj), nil
	}),
	newFunc("test", 1, func(vm *machine, this Value, args []Value) (Value, error) {
		_, places, err := vm.execText(this, argument(args, 0))
		return boolean(places != nil), err
	}),
	newFunc("toString", 0, func(vm *machine, this Value, _ []Value) (Value, error) {
		if _, err := regExpOf(this); err != nil {
			return undefined, err
		}
		s, err := toText(vm, this)
		return text(s), err
	}),
}

func (vm *machine) execText(this, v Value) (*subject, []int, error) {
	r, err := regExpOf(this)
	if err != nil {
		return nil, nil, err
	}
	t, err := toText(vm, v)
	if err != nil {
		return nil, nil, err
	}
	s, err := vm.newSubject(t, r.pattern.unicode)
	if err != nil {
		return nil, nil, err
	}
	places, err := vm.exec(this, s)
	return s, places, err
}

// regExpGetters are the accessors of RegExp.prototype, and lastIndex.
var regExpGetters = map[string]getter{
	"source":      func(_ *machine, o *Object) (Value, error) { return text(sourceText(patternIn(o).source)), nil },
	"flags":       func(_ *machine, o *Object) (Value, error) { return text(sortedFlags(patternIn(o).flags)), nil },
	"global":      flagGetter('g'),
	"ignoreCase":  flagGetter('i'),
	"multiline":   flagGetter('m'),
	"dotAll":      flagGetter('s'),
	"unicode":     flagGetter('u'),
	"unicodeSets": flagGetter('v'),
	"sticky":      flagGetter('y'),
	"hasIndices":  flagGetter('d'),
	"lastIndex":   func(_ *machine, o *Object) (Value, error) { return o.data.(*regExp).lastIndex, nil },
}

var regExpSetters = map[string]setter{
	"lastIndex": func(_ *machine, o *Object, v Value) error {
		o.data.(*regExp).lastIndex = v
		return nil
	},
}

func patternIn(o *Object) *pattern { return o.data.(*regExp).pattern }

func flagGetter(flag rune) getter {
	return func(_ *machine, o *Object) (Value, error) {
		return boolean(strings.ContainsRune(patternIn(o).flags, flag)), nil
	}
}

func sortedFlags(flags string) string {
	var b []byte
	for _, c := range "dgimsuvy" {
		if strings.ContainsRune(flags, c) {
			b = append(b, byte(c))
		}
	}
	return string(b)
}

// sourceText is EscapeRegExpPattern (ECMA-262, 22.2.6.13.1).
func sourceText(source string) string {
	var b []byte
	class := false
	for i := 0; i < len(source); i++ {
		switch c := source[i]; {
		case c == '\\' && i+1 < len(source):
			b = append(b, c, source[i+1])
			i++
		case c == '\n':
			b = append(b, `\n`...)
		case c == '\r':
			b = append(b, `\r`...)
		case c == '/' && !class:
			b = append(b, `\/`...)
		default:
			class = c == '[' || class && c != ']'
			b = append(b, c)
		}
	}
	return string(b)
}

// regExpText is RegExp.prototype.toString (ECMA-262, 22.2.6.17).
func regExpText(vm *machine, o *Object) (string, error) {
	p := patternIn(o)
	if err := vm.charge(int64(2*len(p.source) + len(p.flags) + 2)); err != nil {
		return "", err
	}
	return "/" + sourceText(p.source) + "/" + sortedFlags(p.flags), nil
}
