package js

import "strings"

// replacement is one call of replace or replaceAll: what it puts in place of each
// match, and the text that it makes.
type replacement struct {
	vm      *machine
	with    Value
	text    string
	subject *subject
	out     []byte
}

// prepare converts the replacement where it is no function.
func (r *replacement) prepare() (err error) {
	if r.with.kind != kindFunction {
		r.text, err = toText(r.vm, r.with)
	} else {
		r.vm.see(r.with)
	}
	return err
}

// add adds the bytes of the text from from to to.
func (r *replacement) add(from, to int) error {
	return r.write(r.subject.text(from, to))
}

func (r *replacement) write(s string) error {
	if err := r.vm.charge(int64(len(s))); err != nil {
		return err
	}
	r.out = appendJoined(r.out, s)
	return nil
}

// finish adds what is left and returns the text.
func (r *replacement) finish(last int) (Value, error) {
	if last == 0 && r.out == nil {
		return text(r.subject.source), nil
	}
	if err := r.add(last, len(r.subject.moved)); err != nil {
		return undefined, err
	}
	if err := r.vm.charge(int64(len(r.out))); err != nil {
		return undefined, err
	}
	return text(string(r.out)), nil
}

// replace adds what comes in place of a match. Pattern is nil where a text was
// searched for.
func (r *replacement) replace(p *pattern, places []int) error {
	if r.out == nil {
		r.out = []byte{}
	}
	if r.with.kind != kindFunction {
		return r.substitute(p, places)
	}
	vm := r.vm
	n := len(places)/2 + 3
	if err := vm.charge(int64(n) * valueBytes); err != nil {
		return err
	}
	args := make([]Value, 0, n)
	for i := range len(places) / 2 {
		args = append(args, r.subject.group(places, i))
	}
	items := args
	args = append(args, integer(r.subject.units(0, places[0])), text(r.subject.source))
	if p != nil && p.named {
		groups, err := vm.namedGroups(p, items)
		if err != nil {
			return err
		}
		args = append(args, groups)
	}
	if vm.seen {
		// What is found, and how often, is the secret's.
		for i := range args {
			args[i].tainted = true
		}
		vm.decide()
	}
	result, err := vm.call(r.with, undefined, args)
	if err != nil {
		return err
	}
	s, err := toText(vm, result)
	if err != nil {
		return err
	}
	return r.write(s)
}

// substitute is GetSubstitution (ECMA-262, 22.1.3.19.1).
func (r *replacement) substitute(p *pattern, places []int) error {
	left := r.text
	for {
		i := strings.IndexByte(left, '$')
		if i < 0 || i+1 == len(left) {
			return r.write(left)
		}
		if err := r.write(left[:i]); err != nil {
			return err
		}
		if err := r.vm.step(1); err != nil {
			return err
		}
		left = left[i:]
		part, size := r.reference(p, places, left)
		if size == 0 {
			part, size = "$", 1
		}
		if err := r.write(part); err != nil {
			return err
		}
		left = left[size:]
	}
}

// reference returns what stands for the reference at the start of s, and how long
// that is; 0 where it is none.
func (r *replacement) reference(p *pattern, places []int, s string) (string, int) {
	subject := r.subject
	switch c := s[1]; {
	case c == '$':
		return "$", 2
	case c == '&':
		return subject.text(places[0], places[1]), 2
	case c == '`':
		return subject.text(0, places[0]), 2
	case c == '\'':
		return subject.text(places[1], len(subject.moved)), 2
	case isDecimal(c):
		groups := len(places)/2 - 1
		if len(s) > 2 && isDecimal(s[2]) {
			if n := int(c-'0')*10 + int(s[2]-'0'); 1 <= n && n <= groups {
				return subject.group(places, n).text, 3
			}
		}
		if n := int(c - '0'); 1 <= n && n <= groups {
			return subject.group(places, n).text, 2
		}
	case c == '<' && p != nil && p.named:
		name, _, ok := strings.Cut(s[2:], ">")
		if !ok {
			return "", 0
		}
		for i, n := range p.names {
			if n == name {
				return subject.group(places, i+1).text, 3 + len(name)
			}
		}
		return "", 3 + len(name)
	}
	return "", 0
}
