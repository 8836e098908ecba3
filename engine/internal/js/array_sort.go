package js

import "slices"

// sorter sorts items as engines do, so that a function that orders nothing in
// earnest gives what it gives there: runs, put together by insertion and merging,
// stable (ECMA-262, 23.1.3.30.1 leaves it open).
type sorter struct {
	vm *machine
	fn Value
	// control says that a comparison saw a secret, so that it decides about the
	// next ones.
	control bool
}

// sortable is an item and its text.
type sortable struct {
	value Value
	key   string
}

// sortItems sorts in place: undefined comes last, holes after it. It notes the
// taint of what the order depends on.
func (vm *machine) sortItems(items []Value, fn Value) error {
	if fn.kind != kindUndefined && fn.kind != kindFunction {
		return typeError("sort takes a function")
	}
	vm.see(fn)
	if err := vm.charge(int64(len(items)) * 2 * (valueBytes + 16)); err != nil {
		return err
	}
	s := &sorter{vm: vm, fn: fn}
	row := make([]sortable, 0, len(items))
	holes := 0
	for _, v := range items {
		switch v.kind {
		case kindHole:
			holes++
			continue
		case kindUndefined:
			vm.see(v)
			continue
		}
		item := sortable{value: v}
		if fn.kind == kindUndefined {
			var err error
			if item.key, err = toText(vm, v); err != nil {
				return err
			}
		}
		row = append(row, item)
	}
	if err := s.sort(row); err != nil {
		return err
	}
	for i := range items {
		switch {
		case i < len(row):
			items[i] = row[i].value
		case i < len(items)-holes:
			items[i] = undefined
		default:
			items[i] = Value{kind: kindHole}
		}
	}
	return nil
}

// compare is SortCompare (ECMA-262, 23.1.3.30.2).
func (s *sorter) compare(a, b sortable) (float64, error) {
	vm := s.vm
	if s.fn.kind == kindUndefined {
		return float64(compareText(a.key, b.key)), vm.step(1 + int64(min(len(a.key), len(b.key)))/bytesPerStep)
	}
	v, err := vm.call(s.fn, undefined, []Value{a.value, b.value})
	if err != nil {
		return 0, err
	}
	f, err := toNumber(vm, v)
	if vm.seen && !s.control {
		s.control = true
		vm.decide()
	}
	if err != nil {
		_, err = absorb(err)
	}
	return f, err
}

// minRun is how many items are put together by insertion alone.
const minRun = 64

func (s *sorter) sort(row []sortable) error {
	if len(row) < minRun {
		return s.insert(row)
	}
	for i := 0; i < len(row); i += minRun / 2 {
		if err := s.insert(row[i:min(i+minRun/2, len(row))]); err != nil {
			return err
		}
	}
	other := make([]sortable, len(row))
	for width := minRun / 2; width < len(row); width *= 2 {
		for i := 0; i < len(row); i += 2 * width {
			middle, end := min(i+width, len(row)), min(i+2*width, len(row))
			if err := s.merge(other[i:end], row[i:middle], row[middle:end]); err != nil {
				return err
			}
		}
		copy(row, other)
	}
	return nil
}

func (s *sorter) merge(to, a, b []sortable) error {
	for i := range to {
		if len(b) == 0 {
			copy(to[i:], a)
			return nil
		}
		if len(a) == 0 {
			copy(to[i:], b)
			return nil
		}
		order, err := s.compare(b[0], a[0])
		if err != nil {
			return err
		}
		if order < 0 {
			to[i], b = b[0], b[1:]
		} else {
			to[i], a = a[0], a[1:]
		}
	}
	return nil
}

// insert sorts a short row by binary insertion behind the run that it starts with.
func (s *sorter) insert(row []sortable) error {
	if len(row) < 2 {
		return nil
	}
	order, err := s.compare(row[1], row[0])
	if err != nil {
		return err
	}
	descending := order < 0
	run := 2
	for ; run < len(row); run++ {
		order, err := s.compare(row[run], row[run-1])
		if err != nil {
			return err
		}
		if descending != (order < 0) {
			break
		}
	}
	if descending {
		slices.Reverse(row[:run])
	}
	for ; run < len(row); run++ {
		pivot := row[run]
		left, right := 0, run
		for left < right {
			middle := left + (right-left)/2
			order, err := s.compare(pivot, row[middle])
			if err != nil {
				return err
			}
			if order < 0 {
				right = middle
			} else {
				left = middle + 1
			}
		}
		copy(row[left+1:run+1], row[left:run])
		row[left] = pivot
	}
	return nil
}

func arraySort(vm *machine, this Value, args []Value) (Value, error) {
	o, err := vm.changed(this)
	if err != nil {
		return undefined, err
	}
	// The function may change the array: what it does then is lost, as it may be.
	if err := vm.charge(int64(len(o.items)) * valueBytes); err != nil {
		return undefined, err
	}
	items := slices.Clone(o.items)
	if err := vm.sortItems(items, argument(args, 0)); err != nil {
		return undefined, err
	}
	o.items = items
	o.tainted = o.tainted || vm.seen
	vm.seen = false
	return this, nil
}

func arrayToSorted(vm *machine, this Value, args []Value) (Value, error) {
	o, err := vm.whole(this)
	if err != nil {
		return undefined, err
	}
	if err := vm.sortItems(o.items, argument(args, 0)); err != nil {
		return undefined, err
	}
	return vm.fresh(o), nil
}
