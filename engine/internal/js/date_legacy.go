package js

import (
	"math"
	"strings"
)

// legacyDate is what the reader of other formats has found so far. It reads what
// Chrome, Node and Firefox agree on: "31 Jan 2024 10:00 GMT+0200", "1/31/2024",
// "Jan 31, 2024 3:04 PM", "Thu, 01 Jan 1970 00:00:00 GMT".
type legacyDate struct {
	days   []float64
	month  float64
	clock  []float64
	milli  float64
	half   string
	offset float64
	zoned  bool
}

// zones :: name -> hours from UTC
var zones = map[string]float64{
	"z": 0, "ut": 0, "utc": 0, "gmt": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
}

// parseLegacy returns the time that s spells, or NaN.
func parseLegacy(s string) float64 {
	d := &legacyDate{month: -1}
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case isDecimal(c):
			n, ok := d.number(s[i:])
			if !ok {
				return math.NaN()
			}
			i += n
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			n := 0
			for i+n < len(s) && s[i+n]|0x20 >= 'a' && s[i+n]|0x20 <= 'z' {
				n++
			}
			if !d.word(strings.ToLower(s[i : i+n])) {
				return math.NaN()
			}
			i += n
		case c == '(':
			depth := 0
			for ; i < len(s); i++ {
				if s[i] == '(' {
					depth++
				} else if s[i] == ')' {
					if depth--; depth == 0 {
						i++
						break
					}
				}
			}
		case (c == '+' || c == '-') && (len(d.clock) > 0 || d.zoned):
			n, ok := d.zone(s[i:])
			if !ok {
				return math.NaN()
			}
			i += n
		case c == ',' || c == '/' || c == '-' || c == '.' || isSpace(rune(c)):
			i++
		case len(d.days) == 0 && len(d.clock) == 0:
			// Whatever stands before the first number.
			i++
		default:
			return math.NaN()
		}
	}
	return d.time()
}

// number reads a part of the day, or the time where colons follow.
func (d *legacyDate) number(s string) (int, bool) {
	n := 0
	for n < len(s) && isDecimal(s[n]) {
		n++
	}
	x := parseDecimal(s[:n])
	if n < len(s) && s[n] == ':' && len(d.clock) == 0 {
		return d.time24(s)
	}
	if n < len(s) && (s[n]|0x20 == 'a' || s[n]|0x20 == 'p') && len(d.clock) == 0 && len(s) > n+1 && s[n+1]|0x20 == 'm' {
		d.clock = append(d.clock, x)
		return n, true
	}
	d.days = append(d.days, x)
	return n, len(d.days) <= 3
}

// time24 reads h:m, h:m:s and h:m:s.ms.
func (d *legacyDate) time24(s string) (int, bool) {
	at := 0
	for {
		start := at
		for at < len(s) && isDecimal(s[at]) {
			at++
		}
		if start == at {
			return 0, false
		}
		d.clock = append(d.clock, parseDecimal(s[start:at]))
		if at == len(s) || s[at] != ':' || len(d.clock) == 3 {
			break
		}
		at++
	}
	if at+1 < len(s) && s[at] == '.' && isDecimal(s[at+1]) && len(d.clock) == 3 {
		start := at + 1
		for at = start; at < len(s) && isDecimal(s[at]); at++ {
		}
		d.milli = math.Floor(parseDecimal("0."+s[start:at])*1000 + 1e-9)
	}
	return at, true
}

// word reads a month, a zone, am or pm. Other words may stand before the first
// number only, as names of weekdays do.
func (d *legacyDate) word(w string) bool {
	if w == "am" || w == "pm" {
		d.half = w
		return len(d.clock) > 0 || len(d.days) > 0
	}
	if hours, ok := zones[w]; ok {
		if len(d.days) == 0 && len(d.clock) == 0 {
			return true
		}
		d.offset, d.zoned = hours*msPerHour, true
		return true
	}
	if w == "t" && len(d.days) > 0 {
		return true
	}
	if len(w) >= 3 {
		for i, name := range shortMonths {
			if strings.EqualFold(name, w[:3]) {
				d.month = float64(i)
				return true
			}
		}
		for _, name := range shortDays {
			if strings.EqualFold(name, w[:3]) {
				return true
			}
		}
	}
	return len(d.days) == 0 && len(d.clock) == 0
}

// zone reads +hhmm, +hh:mm and +hh.
func (d *legacyDate) zone(s string) (int, bool) {
	at := 1
	for at < len(s) && isDecimal(s[at]) {
		at++
	}
	digits := s[1:at]
	if digits == "" {
		return 1, true
	}
	x := parseDecimal(digits)
	hours, minutes := x, 0.0
	if at < len(s) && s[at] == ':' {
		start := at + 1
		for at = start; at < len(s) && isDecimal(s[at]); at++ {
		}
		minutes = parseDecimal("0" + s[start:at])
	} else if len(digits) > 2 {
		hours, minutes = math.Floor(x/100), math.Mod(x, 100)
	}
	d.offset, d.zoned = hours*msPerHour+minutes*msPerMinute, true
	if s[0] == '-' {
		d.offset = -d.offset
	}
	return at, true
}

// time puts the parts together.
func (d *legacyDate) time() float64 {
	f := [timeFields]float64{fieldYear: 2001, fieldMonth: d.month, fieldDay: 1, fieldMilli: d.milli}
	days := d.days
	switch {
	case d.month >= 0 && len(days) == 1:
		f[fieldDay] = days[0]
	case d.month >= 0 && len(days) == 2:
		if f[fieldDay], f[fieldYear] = days[0], days[1]; days[0] < 1 || days[0] > 31 {
			f[fieldYear], f[fieldDay] = days[0], days[1]
		}
	case d.month < 0 && len(days) == 3:
		f[fieldMonth], f[fieldDay], f[fieldYear] = days[0]-1, days[1], days[2]
		if days[0] < 1 || days[0] > 31 {
			f[fieldYear], f[fieldMonth], f[fieldDay] = days[0], days[1]-1, days[2]
		}
	case d.month < 0 && len(days) == 2:
		f[fieldMonth], f[fieldDay] = days[0]-1, days[1]
	case d.month < 0 && len(days) == 1 && len(d.clock) == 0:
		f[fieldMonth], f[fieldYear] = 0, days[0]
		if 1 <= days[0] && days[0] <= 12 {
			f[fieldMonth], f[fieldYear] = days[0]-1, 2001
		}
	default:
		return math.NaN()
	}
	switch y := f[fieldYear]; {
	case 0 <= y && y <= 49:
		f[fieldYear] = 2000 + y
	case 50 <= y && y <= 99:
		f[fieldYear] = 1900 + y
	}
	copy(f[fieldHour:], d.clock)
	switch {
	case d.half != "" && (f[fieldHour] < 1 || f[fieldHour] > 12):
		return math.NaN()
	case d.half == "pm" && f[fieldHour] < 12:
		f[fieldHour] += 12
	case d.half == "am" && f[fieldHour] == 12:
		f[fieldHour] = 0
	}
	if f[fieldMonth] < 0 || f[fieldMonth] > 11 || f[fieldDay] < 1 || f[fieldDay] > 31 || f[fieldHour] > 24 || f[fieldMinute] > 59 || f[fieldSecond] > 59 {
		return math.NaN()
	}
	return timeClip(makeTime(f) - d.offset)
}
