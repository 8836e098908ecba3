package js

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// format writes a time value, which is valid.
func (f *dateFormat) format(ms float64) string {
	t := timeAt(ms).In(f.zone)
	var b strings.Builder
	left := f.pattern
	for {
		i := strings.IndexByte(left, '{')
		if i < 0 {
			b.WriteString(left)
			return b.String()
		}
		b.WriteString(left[:i])
		end := strings.IndexByte(left[i:], '}') + i
		b.WriteString(f.field(left[i+1:end], t))
		left = left[end+1:]
	}
}

func two(n int) string { return fmt.Sprintf("%02d", n) }

// field writes one part of a time.
func (f *dateFormat) field(token string, t time.Time) string {
	names := f.locale.Date.Names
	switch token {
	case "y":
		year := t.Year()
		if year <= 0 {
			// There is no year 0: before 1 AD comes 1 BC.
			year = 1 - year
		}
		return strconv.Itoa(year)
	case "yy":
		return two(t.Year() % 100)
	case "M":
		return strconv.Itoa(int(t.Month()))
	case "MM":
		return two(int(t.Month()))
	case "d":
		return strconv.Itoa(t.Day())
	case "dd":
		return two(t.Day())
	case "H":
		return strconv.Itoa(f.hourOf(t))
	case "HH":
		return two(f.hourOf(t))
	case "m":
		return strconv.Itoa(t.Minute())
	case "mm":
		return two(t.Minute())
	case "s":
		return strconv.Itoa(t.Second())
	case "ss":
		return two(t.Second())
	case "S":
		return fmt.Sprintf("%03d", t.Nanosecond()/1_000_000)[:f.fraction]
	case "a":
		return names["B"][t.Hour()/12]
	case "z", "zzzz":
		return f.zoneText(token == "zzzz", t)
	}
	if list := names[token]; len(list) == 12 {
		return list[int(t.Month())-1]
	} else if len(list) == 7 {
		return list[int(t.Weekday())]
	}
	return ""
}

func (f *dateFormat) hourOf(t time.Time) int {
	h := t.Hour()
	switch f.cycle {
	case "h12":
		return (h+11)%12 + 1
	case "h11":
		return h % 12
	case "h24":
		return (h+23)%24 + 1
	}
	return h
}

// zoneWords :: zone as Go shortens it, in North America -> its long name in English
var zoneWords = map[string]string{
	"EST": "Eastern Standard Time", "EDT": "Eastern Daylight Time", "CST": "Central Standard Time", "CDT": "Central Daylight Time",
	"MST": "Mountain Standard Time", "MDT": "Mountain Daylight Time", "PST": "Pacific Standard Time", "PDT": "Pacific Daylight Time",
	"AKST": "Alaska Standard Time", "AKDT": "Alaska Daylight Time", "HST": "Hawaii-Aleutian Standard Time",
}

// zoneText names the zone: by its own name where that is UTC or one of North
// America in English, else by its offset.
func (f *dateFormat) zoneText(long bool, t time.Time) string {
	name, offset := t.Zone()
	byOffset := f.zoneName == "shortOffset" || f.zoneName == "longOffset"
	if f.zone == time.UTC && !byOffset {
		return f.locale.Date.UTC[toInt(long)]
	}
	english := f.locale.name == "en-US" || f.locale.name == "en-CA"
	american := strings.HasPrefix(f.zoneOption, "America/") || strings.HasPrefix(f.zoneOption, "US/") || f.zoneOption == "Pacific/Honolulu"
	if words := zoneWords[name]; words != "" && english && american && !byOffset {
		if long {
			return words
		}
		return name
	}
	if offset == 0 {
		return "GMT"
	}
	sign := "+"
	if offset < 0 {
		sign, offset = "-", -offset
	}
	hours, minutes := offset/3600, offset/60%60
	switch {
	case long || f.zoneName == "longOffset":
		return fmt.Sprintf("GMT%s%02d:%02d", sign, hours, minutes)
	case minutes > 0:
		return fmt.Sprintf("GMT%s%d:%02d", sign, hours, minutes)
	}
	return fmt.Sprintf("GMT%s%d", sign, hours)
}

func makeDateFormat(vm *machine, _ Value, args []Value) (Value, error) {
	f, err := vm.newDateFormat(argument(args, 0), argument(args, 1), true, false, false)
	if err != nil {
		return undefined, err
	}
	if err := vm.charge(objectBytes + 512); err != nil {
		return undefined, err
	}
	return vm.fresh(&Object{class: kindDateFormat, data: f}), nil
}

// formatted writes a date or a time value; without one the time of the request.
func (f *dateFormat) formatted(vm *machine, v Value) (Value, error) {
	if err := vm.charge(256); err != nil {
		return undefined, err
	}
	ms := float64(vm.now().UnixMilli())
	if v.kind != kindUndefined {
		var err error
		if v.kind == kindDate {
			_, ms, err = thisDate(vm, v)
		} else {
			ms, err = toNumber(vm, v)
		}
		if err != nil {
			return undefined, err
		}
	}
	if ms = timeClip(ms); ms != ms {
		return undefined, errInvalidDate
	}
	return text(f.format(ms)), nil
}

// dateToLocale is toLocaleDateString, toLocaleTimeString and toLocaleString of Date
// (ECMA-402, 20.4).
func dateToLocale(day, clock bool) native {
	return func(vm *machine, this Value, args []Value) (Value, error) {
		_, ms, err := thisDate(vm, this)
		if err != nil {
			return undefined, err
		}
		if ms != ms {
			return text("Invalid Date"), nil
		}
		f, err := vm.newDateFormat(argument(args, 0), argument(args, 1), day, clock, true)
		if err != nil {
			return undefined, err
		}
		return f.formatted(vm, this)
	}
}

var dateFormatGetters = map[string]getter{
	"format": boundFormat(func(vm *machine, o *Object, v Value) (Value, error) {
		return o.data.(*dateFormat).formatted(vm, v)
	}),
}

var dateFormatMethods = []*Func{
	newFunc("resolvedOptions", 0, func(vm *machine, this Value, _ []Value) (Value, error) {
		if this.kind != kindDateFormat {
			return undefined, errThis
		}
		f := this.obj.data.(*dateFormat)
		vm.seen = vm.seen || isTaintedRow(this)
		return vm.plainObject([]field{
			{"locale", text(f.locale.name)}, {"calendar", text("gregory")}, {"numberingSystem", text("latn")}, {"timeZone", text(f.zoneOption)},
		})
	}),
}
