package js

import (
	"fmt"
	"strings"
	"time"
	// Zones are part of the program: a container often has no files of them.
	_ "time/tzdata"
)

// dateFormat is what an Intl.DateTimeFormat does (ECMA-402, 11).
type dateFormat struct {
	locale *locale
	zone   *time.Location
	// zoneOption is the name of the zone as it was given.
	zoneOption                     string
	weekday, year, month, day      string
	hour, minute, second, zoneName string
	fraction                       int
	dateStyle, timeStyle           string
	// cycle is h11, h12, h23 or h24.
	cycle  string
	twelve bool
	// pattern is what fields are put into.
	pattern string
}

// newDateFormat reads the options (ECMA-402, 11.1.2). Day and clock say which parts
// are there where the options name none; strict that only those may be asked for by
// a style.
func (vm *machine) newDateFormat(locales, options Value, day, clock, strict bool) (*dateFormat, error) {
	tags, err := localesOf(vm, locales)
	if err != nil {
		return nil, err
	}
	f := &dateFormat{}
	if f.locale, err = localeFor(tags); err != nil {
		return nil, err
	}
	if err := vm.step(20); err != nil {
		return nil, err
	}
	if options.isObject() {
		vm.seen = vm.seen || isTaintedRow(options)
	}
	read := func(to *string, name string, allowed ...string) {
		if err == nil {
			*to, err = vm.option(options, name, allowed, "")
		}
	}
	read(&f.weekday, "weekday", "narrow", "short", "long")
	read(&f.year, "year", "2-digit", "numeric")
	read(&f.month, "month", "2-digit", "numeric", "narrow", "short", "long")
	read(&f.day, "day", "2-digit", "numeric")
	read(&f.hour, "hour", "2-digit", "numeric")
	read(&f.minute, "minute", "2-digit", "numeric")
	read(&f.second, "second", "2-digit", "numeric")
	read(&f.zoneName, "timeZoneName", "short", "long", "shortOffset", "longOffset", "shortGeneric", "longGeneric")
	read(&f.dateStyle, "dateStyle", "full", "long", "medium", "short")
	read(&f.timeStyle, "timeStyle", "full", "long", "medium", "short")
	read(&f.cycle, "hourCycle", "h11", "h12", "h23", "h24")
	if err != nil {
		return nil, err
	}
	if f.fraction, err = vm.digitsOption(options, "fractionalSecondDigits", 1, 3); err != nil {
		return nil, err
	}
	f.fraction = max(0, f.fraction)
	if err := vm.onlyLatin(options); err != nil {
		return nil, err
	}
	if err := f.refuse(vm, options); err != nil {
		return nil, err
	}
	if err := f.readZone(vm, options); err != nil {
		return nil, err
	}
	if err := f.readCycle(vm, options); err != nil {
		return nil, err
	}
	return f, f.choose(day, clock, strict)
}

func (f *dateFormat) readZone(vm *machine, options Value) error {
	f.zone, f.zoneOption = time.UTC, "UTC"
	v, err := vm.optionValue(options, "timeZone")
	if err != nil || v.kind == kindUndefined {
		return err
	}
	s, err := toText(vm, v)
	if err != nil {
		return err
	}
	if f.zone = zoneNamed(s); f.zone == nil {
		return rangeError("this is no time zone such as \"Europe/Berlin\"")
	}
	if f.zoneOption = f.zone.String(); s[0] == '+' || s[0] == '-' {
		f.zoneOption = s
	}
	return nil
}

// refuse refuses the options of ECMA-402 that are not there, rather than leave them out.
func (f *dateFormat) refuse(vm *machine, options Value) error {
	for _, o := range []struct{ name, why string }{
		{"era", "sotto writes dates without an era: leave the option era out"},
		{"dayPeriod", "sotto writes no times of day such as `in the morning`: leave the option dayPeriod out"},
	} {
		v, err := vm.optionValue(options, o.name)
		if err != nil {
			return err
		}
		if v.kind != kindUndefined {
			return rangeError(o.why)
		}
	}
	if strings.HasSuffix(f.zoneName, "Generic") {
		return rangeError("sotto has no names of zones without summer and winter: timeZoneName is short, long, shortOffset or longOffset")
	}
	_, err := vm.option(options, "formatMatcher", []string{"basic", "best fit"}, "")
	return err
}

// zoneNamed returns a zone of IANA or an offset, or nil.
func zoneNamed(s string) *time.Location {
	switch strings.ToUpper(s) {
	case "UTC", "GMT", "ETC/UTC", "ETC/GMT":
		return time.UTC
	case "", "LOCAL":
		return nil
	}
	if s[0] == '+' || s[0] == '-' {
		r := &isoReader{left: s, ok: true}
		if len(s) == 3 {
			r.left = s + ":00"
		}
		offset := r.zone()
		if !r.ok || r.left != "" {
			return nil
		}
		return time.FixedZone(s, int(offset/1000))
	}
	if len(s) > 64 {
		return nil
	}
	if zone, err := time.LoadLocation(s); err == nil {
		return zone
	}
	// Names have no letter case.
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r == '/' })
	for i, word := range words {
		parts := strings.Split(word, "_")
		for j, part := range parts {
			if part != "" && part != "of" && part != "es" {
				parts[j] = strings.ToUpper(part[:1]) + part[1:]
			}
		}
		words[i] = strings.Join(parts, "_")
	}
	if zone, err := time.LoadLocation(strings.Join(words, "/")); err == nil {
		return zone
	}
	return nil
}

func (f *dateFormat) readCycle(vm *machine, options Value) error {
	v, err := vm.optionValue(options, "hour12")
	if err != nil {
		return err
	}
	// hour12 changes the half of the day, not where counting begins.
	twelve := f.locale.Date.Twelve
	switch {
	case v.kind == kindUndefined && f.cycle != "":
	case v.kind == kindUndefined && twelve, truthy(v) && twelve:
		f.cycle = "h12"
	case truthy(v):
		f.cycle = "h11"
	case v.kind != kindUndefined && twelve:
		f.cycle = "h24"
	default:
		f.cycle = "h23"
	}
	f.twelve = f.cycle == "h12" || f.cycle == "h11"
	return nil
}

// choose picks the pattern.
func (f *dateFormat) choose(day, clock, strict bool) error {
	asksDay := f.weekday+f.year+f.month+f.day != ""
	asksClock := f.hour+f.minute+f.second != "" || f.fraction > 0
	if f.dateStyle+f.timeStyle != "" {
		if asksDay || asksClock || f.zoneName != "" {
			return typeError("dateStyle and timeStyle stand without options for single parts")
		}
		if strict && (!day && f.dateStyle != "" || !clock && f.timeStyle != "") {
			return typeError("the method writes no such style")
		}
		f.pattern = f.styled()
		return nil
	}
	none := !(asksDay && day || asksClock && clock)
	if !strict {
		none = !asksDay && !asksClock
	}
	if none && day {
		f.year, f.month, f.day = "numeric", "numeric", "numeric"
	}
	if none && clock {
		f.hour, f.minute, f.second = "numeric", "numeric", "numeric"
	}
	f.pattern = f.skeleton()
	return nil
}

// level is the place of a width in the keys of the data.
func level(width string, widths ...string) int {
	for i, w := range widths {
		if w == width {
			return i + 1
		}
	}
	return 0
}

func (f *dateFormat) styled() string {
	styles := []string{"short", "medium", "long", "full"}
	key := fmt.Sprintf("%d%d", level(f.dateStyle, styles...), level(f.timeStyle, styles...))
	d := &f.locale.Date
	if f.timeStyle != "" && f.twelve != d.Twelve {
		key += fmt.Sprint(toInt(f.twelve))
	}
	return d.Styles[key]
}

// skeleton puts together the pattern of single parts.
func (f *dateFormat) skeleton() string {
	d := &f.locale.Date
	widths := []string{"numeric", "2-digit"}
	month := level(f.month, "numeric", "2-digit", "short", "long")
	weekday := level(f.weekday, "short", "long")
	narrowMonth, narrowDay := f.month == "narrow", f.weekday == "narrow"
	if narrowMonth {
		month = 3
	}
	if narrowDay {
		weekday = 1
	}
	pattern := d.Days[fmt.Sprintf("%d%d%d%d", weekday, level(f.year, widths...), month, level(f.day, widths...))]
	if narrowMonth {
		pattern = strings.NewReplacer("{MMM}", "{MMMMM}", "{LLL}", "{MMMMM}", "{MMMM}", "{MMMMM}").Replace(pattern)
	}
	if narrowDay {
		pattern = strings.NewReplacer("{EEE}", "{EEEEE}", "{ccc}", "{EEEEE}", "{EEEE}", "{EEEEE}").Replace(pattern)
	}
	clock := ""
	if f.hour+f.minute+f.second != "" {
		hour := f.hour
		if f.zoneName != "" && !f.twelve && hour != "" {
			// With the zone the pattern is another, which has two digits.
			hour = "2-digit"
		}
		clock = d.Clocks[fmt.Sprintf("%d%d%d%d", toInt(f.twelve), level(hour, widths...), level(f.minute, widths...), level(f.second, widths...))]
	}
	if f.fraction > 0 {
		fraction := "{S}"
		if f.second != "" {
			fraction = d.Decimal + "{S}"
			clock = strings.Replace(clock, "{ss}", "{ss}"+fraction, 1)
			if !strings.Contains(clock, fraction) {
				clock = strings.Replace(clock, "{s}", "{s}"+fraction, 1)
			}
		} else {
			clock += fraction
		}
	}
	if f.zoneName != "" {
		zone := "{z}"
		if strings.HasPrefix(f.zoneName, "long") {
			zone = "{zzzz}"
		}
		switch {
		case clock != "":
			clock += " " + zone
		case pattern != "":
			pattern += ", " + zone
		default:
			pattern = zone
		}
	}
	switch {
	case pattern == "":
		return clock
	case clock == "":
		return pattern
	}
	return pattern + d.Glue[f.glue(month, weekday)] + clock
}

// glue says what stands between day and clock.
func (f *dateFormat) glue(month, weekday int) int {
	switch {
	case weekday > 0 && month == 0 && f.year == "" && f.day == "":
		return 4
	case month == 4 && weekday > 0:
		return 3
	case month >= 3:
		return month - 2
	}
	return 0
}
