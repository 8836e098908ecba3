package js

// table is what a Set or a Map holds, in the order in which it came (ECMA-262,
// 24.1 and 24.2).
type table struct {
	entries []entry
	// places :: key -> place in entries
	places map[tableKey]int
	// live is the number of entries that were not deleted.
	live int
}

// entry is a key and its value. One that was deleted keeps its place, so that who
// is at it now goes on from there.
type entry struct {
	key, value Value
	deleted    bool
}

// tableKey is a value as SameValueZero compares it (ECMA-262, 7.2.11).
type tableKey struct {
	kind kind
	num  float64
	text string
	obj  *Object
	nan  bool
}

// tableEntryBytes is what an entry takes.
const tableEntryBytes = 200

func keyFor(v Value) tableKey {
	switch v.kind {
	case kindNumber:
		if v.num != v.num {
			return tableKey{kind: kindNumber, nan: true}
		}
		// Adding 0 makes a zero of a negative one.
		return tableKey{kind: kindNumber, num: v.num + 0}
	case kindBool:
		return tableKey{kind: kindBool, num: v.num}
	case kindString:
		return tableKey{kind: kindString, text: v.text}
	}
	return tableKey{kind: v.kind, obj: v.obj}
}

// newTable returns an empty Set or Map.
func (vm *machine) newTable(class kind) (*Object, error) {
	if err := vm.charge(objectBytes + tableEntryBytes); err != nil {
		return nil, err
	}
	return &Object{class: class, data: &table{places: make(map[tableKey]int)}}, nil
}

func tableOf(this Value, class kind) (*table, error) {
	if this.kind != class {
		return nil, errThis
	}
	return this.obj.data.(*table), nil
}

// look finds the value of key. Hashing a text reads it.
func (t *table) find(vm *machine, key Value) (int, bool, error) {
	i, ok := t.places[keyFor(key)]
	return i, ok, vm.look(len(key.text))
}

// set gives key a value.
func (t *table) set(vm *machine, key, value Value) error {
	i, ok, err := t.find(vm, key)
	if err != nil {
		return err
	}
	if ok {
		t.entries[i].value = value
		return nil
	}
	if err := vm.charge(tableEntryBytes); err != nil {
		return err
	}
	if key.kind == kindNumber && key.num == 0 {
		key.num = 0
	}
	t.places[keyFor(key)] = len(t.entries)
	t.entries = append(t.entries, entry{key: key, value: value})
	t.live++
	return nil
}

// remove deletes key and reports whether it was there.
func (t *table) remove(vm *machine, key Value) (bool, error) {
	i, ok, err := t.find(vm, key)
	if err != nil || !ok {
		return false, err
	}
	t.entries[i] = entry{deleted: true}
	delete(t.places, keyFor(key))
	t.live--
	return true, nil
}

func (t *table) clear() {
	for i := range t.entries {
		t.entries[i] = entry{deleted: true}
	}
	clear(t.places)
	t.live = 0
}

// iterateTable yields keys, values or pairs of both.
func iterateTable(vm *machine, v Value, keys, values bool) *iterator {
	o, t, i := v.obj, v.obj.data.(*table), 0
	return &iterator{func() (Value, bool, error) {
		tainted := v.tainted || o.tainted
		for ; i < len(t.entries); i++ {
			if err := vm.step(1); err != nil {
				return undefined, false, err
			}
			e := t.entries[i]
			if e.deleted {
				continue
			}
			i++
			switch {
			case keys && values:
				second := e.value
				if o.class == kindSet {
					second = e.key
				}
				pair, err := vm.pair(e.key, second)
				return pair.with(tainted), true, err
			case values && o.class == kindMap:
				return e.value.with(tainted), true, nil
			}
			return e.key.with(tainted), true, nil
		}
		return undefined.with(tainted), false, nil
	}, v.tainted || o.tainted}
}

// pair returns an array of two.
func (vm *machine) pair(a, b Value) (Value, error) {
	o, err := vm.newArray(2)
	if err != nil {
		return undefined, err
	}
	o.items = append(o.items, a, b)
	return object(o), nil
}
