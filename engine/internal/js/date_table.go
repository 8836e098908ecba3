package js

import (
	"math"
	"slices"
)

// thisDate is the time value that a method of dates is called on.
func thisDate(vm *machine, this Value) (*date, float64, error) {
	if this.kind != kindDate {
		return nil, 0, errThis
	}
	vm.seen = vm.seen || this.tainted || this.obj.tainted
	d := this.obj.data.(*date)
	vm.see(d.ms)
	return d, d.ms.num, nil
}

// dateGetter reads one part of a date; NaN of an invalid one.
func dateGetter(read func(c civil) int64) native {
	return func(vm *machine, this Value, _ []Value) (Value, error) {
		_, ms, err := thisDate(vm, this)
		if err != nil || ms != ms {
			return number(nan), err
		}
		return number(float64(read(civilOf(ms)))), nil
	}
}

// dateSetter sets parts of a date from first on, at most count of them.
func dateSetter(first, count int) native {
	return func(vm *machine, this Value, args []Value) (Value, error) {
		d, ms, err := thisDate(vm, this)
		if err != nil {
			return undefined, err
		}
		if this.obj.frozen {
			return undefined, errFrozenObject
		}
		vm.changes(this)
		var given [4]float64
		n := min(len(args), count)
		if n == 0 {
			n, given[0] = 1, math.NaN()
		}
		for i := range min(len(args), n) {
			if given[i], err = toNumber(vm, args[i]); err != nil {
				return undefined, err
			}
		}
		if ms != ms {
			// A year makes a date of an invalid one; nothing else does.
			if first != fieldYear {
				return number(nan), nil
			}
			ms = 0
		}
		c := civilOf(ms)
		var f [timeFields]float64
		for i := range f {
			f[i] = float64(c.field[i])
		}
		copy(f[first:], given[:n])
		d.ms = number(timeClip(makeTime(f))).with(vm.seen)
		return d.ms, nil
	}
}

func dateSetTime(vm *machine, this Value, args []Value) (Value, error) {
	d, _, err := thisDate(vm, this)
	if err != nil {
		return undefined, err
	}
	vm.changes(this)
	ms, err := toNumber(vm, argument(args, 0))
	d.ms = number(timeClip(ms)).with(vm.seen)
	return d.ms, err
}

// dateWriter is a method that writes a date; "Invalid Date" of an invalid one.
func dateWriter(write func(ms float64) string) native {
	return func(vm *machine, this Value, _ []Value) (Value, error) {
		_, ms, err := thisDate(vm, this)
		if err != nil {
			return undefined, err
		}
		if ms != ms {
			return text("Invalid Date"), nil
		}
		return text(write(ms)), vm.charge(80)
	}
}

func dateValue(vm *machine, this Value, _ []Value) (Value, error) {
	_, ms, err := thisDate(vm, this)
	return number(ms), err
}

var errInvalidDate = rangeError("the date is not valid")

func dateToISOString(vm *machine, this Value, _ []Value) (Value, error) {
	_, ms, err := thisDate(vm, this)
	if err != nil {
		return undefined, err
	}
	if ms != ms {
		return undefined, errInvalidDate
	}
	return text(isoText(ms)), vm.charge(32)
}

func dateToJSON(vm *machine, this Value, _ []Value) (Value, error) {
	if _, _, err := thisDate(vm, this); err != nil {
		return undefined, err
	}
	return jsonOf(vm, this)
}

// dateMethods are Date.prototype (ECMA-262, 21.4.4). Local time is UTC, so that
// each pair of names has one function.
var dateMethods = slices.Concat(
	datePair("FullYear", fieldYear, 3), datePair("Month", fieldMonth, 2), datePair("Date", fieldDay, 1),
	datePair("Hours", fieldHour, 4), datePair("Minutes", fieldMinute, 3), datePair("Seconds", fieldSecond, 2),
	datePair("Milliseconds", fieldMilli, 1),
	[]*Func{
		newFunc("getDay", 0, dateGetter(func(c civil) int64 { return c.weekday })),
		newFunc("getUTCDay", 0, dateGetter(func(c civil) int64 { return c.weekday })),
		newFunc("getYear", 0, dateGetter(func(c civil) int64 { return c.field[fieldYear] - 1900 })),
		newFunc("getTime", 0, dateValue),
		newFunc("getTimezoneOffset", 0, dateGetter(func(civil) int64 { return 0 })),
		newFunc("setTime", 1, dateSetTime),
		newFunc("toDateString", 0, dateWriter(dayString)),
		newFunc("toGMTString", 0, dateWriter(utcString)),
		newFunc("toISOString", 0, dateToISOString),
		newFunc("toJSON", 1, dateToJSON),
		newFunc("toLocaleDateString", 0, dateToLocale(true, false)),
		newFunc("toLocaleString", 0, dateToLocale(true, true)),
		newFunc("toLocaleTimeString", 0, dateToLocale(false, true)),
		newFunc("toString", 0, dateWriter(dateString)),
		newFunc("toTimeString", 0, dateWriter(clockString)),
		newFunc("toUTCString", 0, dateWriter(utcString)),
		newFunc("valueOf", 0, dateValue),
	},
)

// datePair are getter and setter of one part, each under both its names.
func datePair(name string, field, count int) []*Func {
	get := dateGetter(func(c civil) int64 { return c.field[field] })
	set := dateSetter(field, count)
	return []*Func{
		newFunc("get"+name, 0, get), newFunc("getUTC"+name, 0, get),
		newFunc("set"+name, count, set), newFunc("setUTC"+name, count, set),
	}
}
