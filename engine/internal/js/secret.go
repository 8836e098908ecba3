package js

import (
	"strconv"

	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// secret compiles a reference.
func (c *compiler) secret(n *secretNode) evaluate {
	ref := c.refs[n.place]
	r := &reference{secretNode: n, Reference: ref, text: request.Placeholder(&macros.Reference{Alias: ref.Alias})}
	if n.alias != nil {
		alias := c.expression(n.alias)
		return func(f *frame) Value { return f.vm.computed(r, alias(f)) }
	}
	if len(n.steps) == 0 {
		return func(f *frame) Value {
			vm := f.vm
			// The text of a token is what nearly all references are.
			if !vm.preview {
				if pin := &vm.prepared.Pins[r.place]; pin.Known && pin.Value.Kind == eval.Text {
					return Value{kind: kindString, text: pin.Value.Text, tainted: true}
				}
			}
			return vm.reference(r, r.Alias)
		}
	}
	return func(f *frame) Value { return f.vm.reference(r, r.Alias) }
}

// reference is a secretNode and what the engine knows it by.
type reference struct {
	*secretNode
	*macros.Reference
	// text is the placeholder of the alias.
	text string
}

// computed is a reference whose alias the evaluation computed.
func (vm *machine) computed(r *reference, name Value) Value {
	if name.tainted {
		// Which secret it is, and whether it may be used, depends on another.
		vm.decide()
	}
	seen := vm.seen
	text, err := toText(vm, name)
	vm.seen = seen
	if err != nil {
		vm.fail(r.secretNode.pos, err)
	}
	alias, ok := macros.Canonical(text)
	if !ok {
		panic(&located{pos: r.secretNode.pos, code: eval.Undeclared, message: eval.ErrUndeclared.Kind})
	}
	return vm.reference(r, alias)
}

// reference yields what a reference leads to. What is missing is undefined where
// that is covered.
func (vm *machine) reference(r *reference, alias string) Value {
	given := &vm.prepared.Given
	switch status := given.Status(alias); status {
	case macros.Known:
	case macros.Undeclared:
		panic(&located{pos: r.secretNode.pos, code: eval.Undeclared, message: eval.ErrUndeclared.Kind})
	default:
		if r.covered {
			return undefined.with(true)
		}
		vm.absent(r, alias, status)
	}
	if vm.preview {
		return vm.placeholder(r, alias)
	}
	secret := given.Secrets.Secret(alias)
	if secret.Kind() == redact.Credentials && len(r.steps) == 0 {
		if !r.whole {
			panic(&located{pos: r.secretNode.pos, code: eval.FieldRequired, message: eval.ErrWhole.Kind, alias: alias})
		}
	}
	v := vm.valueOf(r, secret)
	for i := range r.steps {
		v = vm.step1(r, alias, secret, v, i)
	}
	return v.with(true)
}

func (vm *machine) absent(r *reference, alias string, status macros.Status) {
	why := eval.Absent(status)
	message := why.Kind
	if r.Hyphenated != "" {
		message += ": if it is called `" + r.Hyphenated + "`, write secrets[\"" + r.Hyphenated + "\"]"
	}
	panic(&located{pos: r.secretNode.pos, code: why.Code, message: message, alias: alias, field: r.Field()})
}

// valueOf returns a secret as a value. One that has structure is the same object
// each time.
func (vm *machine) valueOf(r *reference, secret redact.Secret) Value {
	if secret.Kind() == redact.Token {
		return text(secret.Reveal())
	}
	if o := vm.secrets[r.place]; o != nil && r.alias == nil {
		return object(o)
	}
	v, err := vm.fromGo(secret.Ordered())
	if err != nil {
		vm.fail(r.secretNode.pos, err)
	}
	if v.isObject() && r.alias == nil {
		if vm.secrets == nil {
			vm.secrets = make(map[int]*Object)
		}
		vm.secrets[r.place] = v.obj
	}
	return v
}

// step1 reads step i of a reference from v: a field, or a method or length of that
// type. Anything else is no field of the secret.
func (vm *machine) step1(r *reference, alias string, secret redact.Secret, v Value, i int) Value {
	s := &r.steps[i]
	key := s.key
	if i == 0 && secret.Kind() == redact.Credentials {
		key = eval.LowerASCII(key)
	}
	var found Value
	there := false
	var err error
	switch {
	case v.isObject():
		if found, there, err = vm.ownMember(v.obj, key); err == nil && !there {
			there = getters[v.kind][key] != nil || methodOf(v.kind, key) != nil
			if there {
				found, err = getMember(vm, v, key)
			}
		}
	case v.isNullish():
		if s.optional || r.optional && i > 0 && !r.isPast(i) {
			return undefined
		}
	case v.kind == kindString:
		_, isIndex := arrayIndex(key)
		there = isIndex || key == "length" || methodOf(v.kind, key) != nil
		if there {
			// How long a text is may not decide whether the evaluation fails.
			found, err = getMember(vm, v, key)
		}
	default:
		if there = methodOf(v.kind, key) != nil; there {
			found, err = getMember(vm, v, key)
		}
	}
	switch {
	case err != nil:
		vm.fail(s.pos, err)
	case there:
		return found
	case r.covered, v.kind == kindFunction:
		return undefined
	}
	panic(&located{
		pos: r.secretNode.pos, code: eval.FieldMissing, message: "secret " + strconv.Quote(alias) + " has no field " + r.field(i),
		alias: alias, field: r.field(len(r.steps) - 1),
	})
}

// isPast reports whether no `?.` stands at step i or before it.
func (r *reference) isPast(i int) bool {
	for _, s := range r.steps[:i+1] {
		if s.optional {
			return false
		}
	}
	return true
}

// field spells the steps up to last.
func (r *reference) field(last int) string {
	text := ""
	for i, s := range r.steps[:last+1] {
		switch {
		case s.number:
			text += "[" + s.key + "]"
		case i > 0:
			text += "." + s.key
		default:
			text += s.key
		}
	}
	return text
}

// placeholder is what a preview has for a reference: the names that the source
// spells up to the first that is a method or a length.
func (vm *machine) placeholder(r *reference, alias string) Value {
	shown := r.text
	if r.alias != nil {
		shown = request.Placeholder(&macros.Reference{Alias: alias})
	}
	v := text(shown).with(true)
	for i := range r.steps {
		s := &r.steps[i]
		if !s.number && (s.key == "length" || methodOf(kindString, s.key) != nil) {
			found, err := getMember(vm, v, s.key)
			if err != nil {
				vm.fail(s.pos, err)
			}
			return found.with(true)
		}
		if s.number {
			v = vm.below(v, "["+s.key+"]")
		} else {
			v = vm.below(v, "."+s.key)
		}
	}
	return v
}
