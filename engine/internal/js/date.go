package js

import (
	"math"
	"time"
)

// A date is a number of milliseconds since 1970 (ECMA-262, 21.4.1.1), or NaN. The
// time zone is UTC always: a local time is the same everywhere.

const (
	msPerSecond, msPerMinute, msPerHour, msPerDay = 1000, 60_000, 3_600_000, 86_400_000
	// maxTime is the largest time value.
	maxTime = 8.64e15
)

// date is what a Date holds.
type date struct{ ms Value }

func dateOf(o *Object) float64 { return o.data.(*date).ms.num }

// newDate returns a Date.
func (vm *machine) newDate(ms float64) (*Object, error) {
	if err := vm.charge(objectBytes + valueBytes); err != nil {
		return nil, err
	}
	return &Object{class: kindDate, data: &date{number(timeClip(ms))}}, nil
}

// timeClip is TimeClip (ECMA-262, 21.4.1.31).
func timeClip(ms float64) float64 {
	if !(math.Abs(ms) <= maxTime) {
		return math.NaN()
	}
	return math.Trunc(ms) + 0
}

// fields of a time, in the order in which constructor and setters take them.
const (
	fieldYear = iota
	fieldMonth
	fieldDay
	fieldHour
	fieldMinute
	fieldSecond
	fieldMilli
	timeFields
)

// makeTime is MakeDate of MakeDay and MakeTime (ECMA-262, 21.4.1.27 to 29).
func makeTime(f [timeFields]float64) float64 {
	for i := range f {
		if !isFinite(f[i]) {
			return math.NaN()
		}
		f[i] = math.Trunc(f[i])
	}
	year := f[fieldYear] + math.Floor(f[fieldMonth]/12)
	month := math.Mod(f[fieldMonth], 12)
	if month < 0 {
		month += 12
	}
	if math.Abs(year) > 400_000 {
		return math.NaN()
	}
	day := float64(daysFromCivil(int64(year), int64(month)+1, 1)) + f[fieldDay] - 1
	clock := f[fieldHour]*msPerHour + f[fieldMinute]*msPerMinute + f[fieldSecond]*msPerSecond + f[fieldMilli]
	return day*msPerDay + clock
}

// daysFromCivil returns the days from 1970-01-01 to a day of the Gregorian calendar.
func daysFromCivil(y, m, d int64) int64 {
	if m <= 2 {
		y--
	}
	era := floorDiv(y, 400)
	yearOfEra := y - era*400
	shifted := (m + 9) % 12
	dayOfYear := (153*shifted+2)/5 + d - 1
	dayOfEra := yearOfEra*365 + yearOfEra/4 - yearOfEra/100 + dayOfYear
	return era*146_097 + dayOfEra - 719_468
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// civil is a time taken apart. Month counts from 0, weekday from Sunday.
type civil struct {
	field   [timeFields]int64
	weekday int64
}

// civilOf takes a time value apart.
func civilOf(ms float64) civil {
	n := int64(ms)
	days := floorDiv(n, msPerDay)
	clock := n - days*msPerDay
	z := days + 719_468
	era := floorDiv(z, 146_097)
	dayOfEra := z - era*146_097
	yearOfEra := (dayOfEra - dayOfEra/1460 + dayOfEra/36_524 - dayOfEra/146_096) / 365
	dayOfYear := dayOfEra - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	shifted := (5*dayOfYear + 2) / 153
	day := dayOfYear - (153*shifted+2)/5 + 1
	month := shifted + 2
	year := yearOfEra + era*400
	if month >= 12 {
		month -= 12
		year++
	}
	weekday := (days + 4) % 7
	if weekday < 0 {
		weekday += 7
	}
	return civil{
		field:   [timeFields]int64{year, month, day, clock / msPerHour, clock / msPerMinute % 60, clock / msPerSecond % 60, clock % msPerSecond},
		weekday: weekday,
	}
}

// makeDate is new Date(...) (ECMA-262, 21.4.2.1).
func makeDate(vm *machine, _ Value, args []Value) (Value, error) {
	ms, err := dateArgument(vm, args)
	if err != nil {
		return undefined, err
	}
	o, err := vm.newDate(ms)
	if err != nil {
		return undefined, err
	}
	return vm.fresh(o), nil
}

func dateArgument(vm *machine, args []Value) (float64, error) {
	switch len(args) {
	case 0:
		return float64(vm.now().UnixMilli()), nil
	case 1:
		v := args[0]
		if v.kind == kindDate {
			vm.seen = vm.seen || v.tainted || v.obj.tainted
			vm.see(v.obj.data.(*date).ms)
			return dateOf(v.obj), nil
		}
		v, err := toOperand(vm, v)
		if err != nil {
			return 0, err
		}
		if v.kind == kindString {
			vm.see(v)
			if vm.isPlaceholder(v) {
				return 0, &placeholderNumber{v}
			}
			return parseDate(v.text), vm.look(len(v.text))
		}
		return toNumber(vm, v)
	}
	return timeOf(vm, args)
}

// timeOf makes a time of year, month and so on. Years of two digits are of the 20th
// century.
func timeOf(vm *machine, args []Value) (float64, error) {
	f := [timeFields]float64{fieldYear: math.NaN(), fieldDay: 1}
	for i := range min(len(args), timeFields) {
		x, err := toNumber(vm, args[i])
		if err != nil {
			return 0, err
		}
		f[i] = x
	}
	if y := math.Trunc(f[fieldYear]); 0 <= y && y <= 99 {
		f[fieldYear] = 1900 + y
	}
	return timeClip(makeTime(f)), nil
}

// callDate is Date() without new: the time of the request as a text.
func callDate(vm *machine, _ Value, _ []Value) (Value, error) {
	return text(dateString(float64(vm.now().UnixMilli()))), vm.charge(80)
}

// dateFunctions are what Date has itself (ECMA-262, 21.4.3).
var dateFunctions = []*Func{
	newFunc("UTC", 7, func(vm *machine, _ Value, args []Value) (Value, error) {
		ms, err := timeOf(vm, args)
		return number(ms), err
	}),
	newFunc("now", 0, func(vm *machine, _ Value, _ []Value) (Value, error) {
		return number(float64(vm.now().UnixMilli())), nil
	}),
	newFunc("parse", 1, func(vm *machine, _ Value, args []Value) (Value, error) {
		s, err := toText(vm, argument(args, 0))
		if err != nil {
			return undefined, err
		}
		return number(parseDate(s)), vm.look(len(s))
	}),
}

// timeAt returns a time value as Go's.
func timeAt(ms float64) time.Time { return time.UnixMilli(int64(ms)).UTC() }
