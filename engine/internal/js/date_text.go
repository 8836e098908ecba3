package js

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

var (
	shortDays   = []string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}
	shortMonths = []string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
)

// isoText is Date.prototype.toISOString (ECMA-262, 21.4.1.32).
func isoText(ms float64) string {
	f := civilOf(ms).field
	year := fmt.Sprintf("%04d", f[fieldYear])
	if f[fieldYear] < 0 || f[fieldYear] > 9999 {
		year = fmt.Sprintf("%+07d", f[fieldYear])
	}
	return fmt.Sprintf("%s-%02d-%02dT%02d:%02d:%02d.%03dZ", year, f[fieldMonth]+1, f[fieldDay], f[fieldHour], f[fieldMinute], f[fieldSecond], f[fieldMilli])
}

// yearText is a year of at least four digits (ECMA-262, 21.4.4.41.2).
func yearText(year int64) string {
	if year < 0 {
		return fmt.Sprintf("-%04d", -year)
	}
	return fmt.Sprintf("%04d", year)
}

// dayString is Date.prototype.toDateString.
func dayString(ms float64) string {
	c := civilOf(ms)
	return fmt.Sprintf("%s %s %02d %s", shortDays[c.weekday], shortMonths[c.field[fieldMonth]], c.field[fieldDay], yearText(c.field[fieldYear]))
}

// clockString is Date.prototype.toTimeString.
func clockString(ms float64) string {
	f := civilOf(ms).field
	return fmt.Sprintf("%02d:%02d:%02d GMT+0000 (Coordinated Universal Time)", f[fieldHour], f[fieldMinute], f[fieldSecond])
}

// dateString is Date.prototype.toString of a valid date.
func dateString(ms float64) string { return dayString(ms) + " " + clockString(ms) }

// utcString is Date.prototype.toUTCString.
func utcString(ms float64) string {
	c := civilOf(ms)
	f := c.field
	return fmt.Sprintf("%s, %02d %s %s %02d:%02d:%02d GMT", shortDays[c.weekday], f[fieldDay], shortMonths[f[fieldMonth]], yearText(f[fieldYear]), f[fieldHour], f[fieldMinute], f[fieldSecond])
}

// dateText is ToString of a Date.
func dateText(vm *machine, o *Object) (string, error) {
	d := o.data.(*date)
	vm.see(d.ms)
	if d.ms.num != d.ms.num {
		return "Invalid Date", nil
	}
	return dateString(d.ms.num), vm.charge(80)
}

// parseDate is Date.parse: the format of ECMA-262, 21.4.1.32, and else what engines
// agree to read.
func parseDate(s string) float64 {
	if len(s) > 200 {
		return math.NaN()
	}
	if ms, ok := parseISO(s); ok {
		return ms
	}
	return parseLegacy(s)
}

// isoReader reads the fields of the format one by one.
type isoReader struct {
	left string
	ok   bool
}

// digits reads exactly n digits.
func (r *isoReader) digits(n int) float64 {
	if len(r.left) < n || !decimalDigits(r.left[:n]) {
		r.ok = false
		return 0
	}
	x, _ := strconv.Atoi(r.left[:n])
	r.left = r.left[n:]
	return float64(x)
}

// take reads one character.
func (r *isoReader) take(c byte) bool {
	if r.left != "" && r.left[0] == c {
		r.left = r.left[1:]
		return true
	}
	return false
}

// parseISO reads the format of the standard. It is not ok for any other.
func parseISO(s string) (float64, bool) {
	r := &isoReader{left: s, ok: true}
	f := [timeFields]float64{fieldDay: 1}
	switch {
	case strings.HasPrefix(s, "+"), strings.HasPrefix(s, "-"):
		r.left = s[1:]
		if f[fieldYear] = r.digits(6); s[0] == '-' {
			if f[fieldYear] == 0 {
				return math.NaN(), r.ok
			}
			f[fieldYear] = -f[fieldYear]
		}
	default:
		f[fieldYear] = r.digits(4)
	}
	if r.take('-') {
		f[fieldMonth] = r.digits(2) - 1
		if r.take('-') {
			f[fieldDay] = r.digits(2)
		}
	}
	offset := 0.0
	if r.take('T') || r.left != "" && r.take('t') {
		f[fieldHour] = r.digits(2)
		r.ok = r.ok && r.take(':')
		f[fieldMinute] = r.digits(2)
		if r.take(':') {
			f[fieldSecond] = r.digits(2)
			if r.take('.') {
				n := 0
				for n < len(r.left) && isDecimal(r.left[n]) {
					n++
				}
				f[fieldMilli] = math.Floor(parseDecimal("0."+r.left[:n]+"0")*1000 + 1e-9)
				r.ok = r.ok && n > 0
				r.left = r.left[n:]
			}
		}
		offset = r.zone()
	}
	if !r.ok || r.left != "" {
		return 0, false
	}
	endOfDay := f[fieldHour] == 24 && f[fieldMinute] == 0 && f[fieldSecond] == 0 && f[fieldMilli] == 0
	if f[fieldMonth] < 0 || f[fieldMonth] > 11 || f[fieldDay] < 1 || f[fieldDay] > 31 || f[fieldHour] > 23 && !endOfDay || f[fieldMinute] > 59 || f[fieldSecond] > 59 {
		return math.NaN(), true
	}
	return timeClip(makeTime(f) - offset), true
}

// zone reads Z or +hh:mm, in milliseconds; without one the time is local, which is
// UTC.
func (r *isoReader) zone() float64 {
	if r.take('Z') || r.take('z') || r.left == "" {
		return 0
	}
	sign := 1.0
	switch {
	case r.take('+'):
	case r.take('-'):
		sign = -1
	default:
		r.ok = false
		return 0
	}
	hours := r.digits(2)
	r.take(':')
	minutes := r.digits(2)
	r.ok = r.ok && hours < 24 && minutes < 60
	return sign * (hours*msPerHour + minutes*msPerMinute)
}
