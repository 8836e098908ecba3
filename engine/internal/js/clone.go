package js

// structuredClone copies a value with all that is in it (HTML, 2.7): what is in it
// twice, or inside itself, is so in the copy.
func structuredClone(vm *machine, _ Value, args []Value) (Value, error) {
	if options := argument(args, 1); len(args) == 0 || !options.isNullish() && !options.isObject() {
		return undefined, typeError("structuredClone takes a value")
	}
	c := &cloner{vm: vm, done: make(map[*Object]*Object)}
	return c.value(argument(args, 0))
}

var errClone = typeError("structuredClone copies data: no functions, URLs and formats")

// cloner is one call of structuredClone.
type cloner struct {
	vm *machine
	// done :: object -> its copy
	done  map[*Object]*Object
	depth int
}

func (c *cloner) value(v Value) (Value, error) {
	if !v.isObject() {
		return v, nil
	}
	if copied := c.done[v.obj]; copied != nil {
		return object(copied).with(v.tainted), nil
	}
	if c.depth++; c.depth > maxNesting {
		return undefined, errNesting
	}
	if err := c.vm.charge(2 * objectBytes); err != nil {
		return undefined, err
	}
	o, err := c.object(v.obj)
	c.depth--
	if err != nil {
		return undefined, err
	}
	o.tainted = v.obj.tainted
	return object(o).with(v.tainted), nil
}

func (c *cloner) object(source *Object) (*Object, error) {
	o := &Object{class: source.class}
	c.done[source] = o
	switch source.class {
	case kindArray:
		return o, c.items(o, source)
	case kindObject:
		return o, c.fields(o, source)
	case kindDate:
		copied := *source.data.(*date)
		o.data = &copied
	case kindRegExp:
		o.data = &regExp{pattern: patternIn(source), lastIndex: integer(0)}
	case kindError:
		copied := *source.data.(*errorData)
		o.data = &copied
	case kindSet, kindMap:
		return o, c.table(o, source)
	default:
		return nil, errClone
	}
	return o, nil
}

func (c *cloner) items(o, source *Object) error {
	n := source.length()
	if err := c.vm.charge(int64(n) * valueBytes); err != nil {
		return err
	}
	o.items = make([]Value, 0, n)
	for i := range n {
		if c.vm.isHole(source, i) {
			o.items = append(o.items, Value{kind: kindHole})
			continue
		}
		v, err := c.vm.item(source, i)
		if err != nil {
			return err
		}
		if v, err = c.value(v); err != nil {
			return err
		}
		o.items = append(o.items, v)
	}
	return nil
}

func (c *cloner) fields(o, source *Object) error {
	return c.vm.eachOwn(object(source), func(key string, x Value) error {
		x, err := c.value(x)
		if err != nil {
			return err
		}
		return c.vm.put(o, key, x)
	})
}

func (c *cloner) table(o, source *Object) error {
	t := &table{places: make(map[tableKey]int)}
	o.data = t
	for _, e := range source.data.(*table).entries {
		if e.deleted {
			continue
		}
		key, err := c.value(e.key)
		if err != nil {
			return err
		}
		value, err := c.value(e.value)
		if err != nil {
			return err
		}
		if err := t.set(c.vm, key, value); err != nil {
			return err
		}
	}
	return nil
}
