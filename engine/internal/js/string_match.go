package js

import (
	"math"
	"strings"
	"unicode/utf8"
)

// asRegExp returns v as a RegExp, made of its text where it is none.
func (vm *machine) asRegExp(v Value, flags string) (Value, error) {
	if v.kind == kindRegExp {
		return v, nil
	}
	source := "(?:)"
	if v.kind != kindUndefined {
		var err error
		if source, err = toText(vm, v); err != nil {
			return undefined, err
		}
	}
	p, err := vm.patternFor(source, flags)
	if err != nil {
		return undefined, err
	}
	return vm.newRegExp(p)
}

// matching returns the text of a method and the RegExp that it takes.
func matching(vm *machine, this Value, args []Value, flags string) (s *subject, re Value, p *pattern, err error) {
	t, err := thisText(vm, this)
	if err != nil {
		return nil, undefined, nil, err
	}
	if re, err = vm.asRegExp(argument(args, 0), flags); err != nil {
		return nil, undefined, nil, err
	}
	vm.seen = vm.seen || re.tainted || re.obj.tainted
	p = patternIn(re.obj)
	s, err = vm.newSubject(t, p.unicode)
	return s, re, p, err
}

// stringMatch is String.prototype.match (ECMA-262, 22.1.3.13 and 22.2.6.8).
func stringMatch(vm *machine, this Value, args []Value) (Value, error) {
	s, re, p, err := matching(vm, this, args, "")
	if err != nil {
		return undefined, err
	}
	if !p.global {
		places, err := vm.exec(re, s)
		if err != nil || places == nil {
			return null, err
		}
		v, err := vm.matched(p, s, places)
		if err != nil {
			return undefined, err
		}
		return vm.fresh(v.obj), nil
	}
	o, err := vm.newArray(0)
	if err != nil {
		return undefined, err
	}
	err = vm.matches(p, s, 0, func(places []int) (bool, error) { return true, vm.push(o, s.group(places, 0)) })
	if err != nil {
		return undefined, err
	}
	vm.rewind(re)
	if len(o.items) == 0 {
		return null, nil
	}
	return vm.fresh(o), nil
}

// rewind sets lastIndex to 0.
func (vm *machine) rewind(re Value) {
	vm.changes(re)
	re.obj.data.(*regExp).lastIndex = integer(0)
}

// stringMatchAll is String.prototype.matchAll (ECMA-262, 22.1.3.14).
func stringMatchAll(vm *machine, this Value, args []Value) (Value, error) {
	s, re, p, err := matching(vm, this, args, "g")
	if err != nil {
		return undefined, err
	}
	if !p.global {
		return undefined, errNotGlobal
	}
	from, _, err := re.obj.data.(*regExp).start(vm)
	if err != nil {
		return undefined, err
	}
	tainted := vm.seen
	at, ok := s.at(from)
	done := !ok
	it := &iterator{tainted: tainted}
	it.next = func() (Value, bool, error) {
		if done || at > len(s.moved) {
			return undefined.with(tainted), false, nil
		}
		places, err := vm.match(p, s, at)
		if err != nil || places == nil {
			done = true
			return undefined.with(tainted), false, err
		}
		if at = places[1]; places[0] == places[1] {
			_, size := utf8.DecodeRuneInString(s.moved[at:])
			at += max(size, 1)
		}
		v, err := vm.matched(p, s, places)
		if err != nil {
			return undefined, false, err
		}
		v.obj.tainted = tainted
		return v.with(tainted), true, nil
	}
	return vm.newIterator(it)
}

var errNotGlobal = typeError("matchAll and replaceAll take a regular expression with the flag g")

// stringSearch is String.prototype.search (ECMA-262, 22.1.3.21).
func stringSearch(vm *machine, this Value, args []Value) (Value, error) {
	s, _, p, err := matching(vm, this, args, "")
	if err != nil {
		return undefined, err
	}
	places, err := vm.match(p, s, 0)
	if err != nil || places == nil {
		return integer(-1), err
	}
	return integer(s.units(0, places[0])), nil
}

// replacing is String.prototype.replace and replaceAll (ECMA-262, 22.1.3.19 and
// 22.1.3.20).
func replacing(all bool) native {
	return func(vm *machine, this Value, args []Value) (Value, error) {
		t, err := thisText(vm, this)
		if err != nil {
			return undefined, err
		}
		r := &replacement{vm: vm, with: argument(args, 1)}
		if v := argument(args, 0); v.kind == kindRegExp {
			p := patternIn(v.obj)
			if all && !p.global {
				return undefined, errNotGlobal
			}
			if err := r.prepare(); err != nil {
				return undefined, err
			}
			return r.byRegExp(v, p, t)
		}
		pattern, err := toText(vm, argument(args, 0))
		if err != nil {
			return undefined, err
		}
		if err := r.prepare(); err != nil {
			return undefined, err
		}
		return r.byText(pattern, t, all)
	}
}

// byText replaces a text, once or wherever it stands.
func (r *replacement) byText(pattern, t string, all bool) (Value, error) {
	vm := r.vm
	s := &subject{source: t, moved: t, same: true}
	if breaks(pattern) || pattern == "" && !isBasic(t) {
		// What is searched for may start or end inside a code point.
		var err error
		if s, err = vm.newSubject(t, false); err != nil {
			return undefined, err
		}
		moved, err := vm.newSubject(pattern, false)
		if err != nil {
			return undefined, err
		}
		pattern = moved.moved
	}
	r.subject = s
	at, last := 0, 0
	for {
		if err := vm.step(1); err != nil {
			return undefined, err
		}
		i := strings.Index(s.moved[at:], pattern)
		if i < 0 {
			break
		}
		i += at
		if err := r.add(last, i); err != nil {
			return undefined, err
		}
		if err := r.replace(nil, []int{i, i + len(pattern)}); err != nil {
			return undefined, err
		}
		if last, at = i+len(pattern), i+len(pattern); pattern == "" {
			_, size := utf8.DecodeRuneInString(s.moved[at:])
			at += max(size, 1)
		}
		if !all || at > len(s.moved) {
			break
		}
	}
	return r.finish(last)
}

// byRegExp replaces what a regular expression matches.
func (r *replacement) byRegExp(re Value, p *pattern, t string) (Value, error) {
	vm := r.vm
	vm.seen = vm.seen || re.tainted || re.obj.tainted
	s, err := vm.newSubject(t, p.unicode)
	if err != nil {
		return undefined, err
	}
	r.subject = s
	last := 0
	replace := func(places []int) error {
		if err := r.add(last, places[0]); err != nil {
			return err
		}
		last = places[1]
		return r.replace(p, places)
	}
	if !p.global {
		places, err := vm.exec(re, s)
		if err == nil && places != nil {
			err = replace(places)
		}
		if err != nil {
			return undefined, err
		}
		return r.finish(last)
	}
	vm.rewind(re)
	// All matches come before the first replacement: a function may look at them.
	var found [][]int
	err = vm.matches(p, s, 0, func(places []int) (bool, error) {
		found = append(found, places)
		return true, nil
	})
	if err != nil {
		return undefined, err
	}
	for _, places := range found {
		if err := replace(places); err != nil {
			return undefined, err
		}
	}
	return r.finish(last)
}

// stringSplit is String.prototype.split (ECMA-262, 22.1.3.23 and 22.2.6.14).
func stringSplit(vm *machine, this Value, args []Value) (Value, error) {
	t, err := thisText(vm, this)
	if err != nil {
		return undefined, err
	}
	limit := math.MaxInt
	if v := argument(args, 1); v.kind != kindUndefined {
		f, err := toNumber(vm, v)
		if err != nil {
			return undefined, err
		}
		limit = int(toUint32(f))
	}
	o, err := vm.newArray(0)
	if err != nil {
		return undefined, err
	}
	switch v := argument(args, 0); v.kind {
	case kindRegExp:
		vm.seen = vm.seen || v.tainted || v.obj.tainted
		err = vm.splitByRegExp(o, patternIn(v.obj), t, limit)
	case kindUndefined:
		if vm.see(v); limit > 0 {
			err = vm.push(o, text(t))
		}
	default:
		var separator string
		if separator, err = toText(vm, v); err == nil {
			err = vm.splitByText(o, separator, t, limit)
		}
	}
	if err != nil {
		return undefined, err
	}
	return vm.fresh(o), nil
}

func (vm *machine) splitByText(o *Object, separator, t string, limit int) error {
	if separator == "" {
		for t != "" && len(o.items) < limit {
			r, size := decode(t)
			part := t[:size]
			switch {
			case size == 1:
				part = singles[t[0]&0x7F]
			case r >= supplementary:
				high, low := halves(r)
				if err := vm.push(o, text(codeText(high))); err != nil {
					return err
				}
				if len(o.items) == limit {
					return nil
				}
				part = codeText(low)
			}
			t = t[size:]
			if err := vm.push(o, text(part)); err != nil {
				return err
			}
		}
		return nil
	}
	if breaks(separator) {
		return vm.splitUnits(o, separator, t, limit)
	}
	for len(o.items) < limit {
		i := strings.Index(t, separator)
		if i < 0 {
			return vm.push(o, text(t))
		}
		if err := vm.push(o, text(t[:i])); err != nil {
			return err
		}
		t = t[i+len(separator):]
	}
	return nil
}

// splitUnits splits where a code point may be cut.
func (vm *machine) splitUnits(o *Object, separator, t string, limit int) error {
	if err := vm.charge(4 * int64(len(t))); err != nil {
		return err
	}
	units, part, from := unitsOf(t), unitsOf(separator), 0
	for len(o.items) < limit {
		i := indexUnits(units, part, from)
		if i < 0 {
			return vm.push(o, text(sliceText(t, from, len(units))))
		}
		if err := vm.push(o, text(sliceText(t, from, i))); err != nil {
			return err
		}
		from = i + len(part)
	}
	return nil
}

func (vm *machine) splitByRegExp(o *Object, p *pattern, t string, limit int) error {
	if limit == 0 {
		return nil
	}
	if p.sticky {
		// A split looks at each place anyway.
		var err error
		if p, err = vm.patternFor(p.source, strings.ReplaceAll(p.flags, "y", "")); err != nil {
			return err
		}
	}
	s, err := vm.newSubject(t, p.unicode)
	if err != nil {
		return err
	}
	last := 0
	full := false
	err = vm.matches(p, s, 0, func(places []int) (bool, error) {
		switch {
		case places[0] >= len(s.moved) && len(s.moved) > 0:
			return false, nil
		case places[1] == last && len(s.moved) > 0:
			return true, nil
		case len(s.moved) == 0:
			full = true
			return false, nil
		}
		if err := vm.push(o, text(s.text(last, places[0]))); err != nil {
			return false, err
		}
		last = places[1]
		for i := 1; i < len(places)/2 && len(o.items) < limit; i++ {
			if err := vm.push(o, s.group(places, i)); err != nil {
				return false, err
			}
		}
		full = len(o.items) >= limit
		return !full, nil
	})
	if err != nil || full {
		return err
	}
	return vm.push(o, text(s.text(last, len(s.moved))))
}
