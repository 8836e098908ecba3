package datetime

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// maxPad is the widest padding that a strftime directive may ask for.
const maxPad = 1024

// Format formats t as Ruby's Time#strftime does, with its flags - 0 ^ # _
// and :, its widths and the modifiers E and O, which change nothing, and with the
// months and days of names; nil is English. What is no directive stays as it is.
// It ends soon behind the byte at limit.
func Format(t time.Time, format string, names *Names, limit int) string {
	var b strings.Builder
	for i := 0; i < len(format) && b.Len() <= limit; i++ {
		if format[i] != '%' {
			b.WriteByte(format[i])
			continue
		}
		d, end := parseDirective(format, i)
		text, ok := d.format(t, names)
		if !ok {
			b.WriteString(format[i:min(end+1, len(format))])
		} else {
			b.WriteString(text)
		}
		i = end
	}
	return b.String()
}

// directive is `%-5d`.
type directive struct {
	pad    byte // '0', ' ' , '-' for none, or 0 for the verb's own
	upper  bool
	swap   bool
	colons int
	width  int
	verb   byte
}

// modified :: modifier -> the verbs that it may stand before
var modified = map[byte]string{'E': "cCxXyY", 'O': "deHkIlmMSuUVwWy"}

// parseDirective reads the directive at format[i] and returns where its verb
// stands.
func parseDirective(format string, i int) (directive, int) {
	d := directive{}
	for i++; i < len(format); i++ {
		switch c := format[i]; {
		case c == '-' || c == '0' && d.width == 0:
			d.pad = c
		case c == '_':
			d.pad = ' '
		case c == '^':
			d.upper = true
		case c == '#':
			d.swap = true
		case c == ':':
			d.colons++
		case '0' <= c && c <= '9':
			d.width = min(d.width*10+int(c-'0'), maxPad)
		case (c == 'E' || c == 'O') && i+1 < len(format) && strings.IndexByte(modified[c], format[i+1]) >= 0:
			d.verb = format[i+1]
			return d, i + 1
		default:
			d.verb = c
			return d, i
		}
	}
	return d, len(format)
}

func (d directive) format(t time.Time, names *Names) (string, bool) {
	if n, width, pad, ok := d.number(t); ok {
		return d.padded(strconv.Itoa(n), width, pad), true
	}
	text, ok := d.text(t, names)
	if !ok {
		return "", false
	}
	switch {
	case d.swap && d.verb == 'p':
		text = strings.ToLower(text)
	case d.upper || d.swap:
		text = strings.ToUpper(text)
	}
	return d.padded(text, 0, ' '), true
}

func (d directive) padded(text string, width int, pad byte) string {
	if d.pad == '-' {
		return text
	}
	if d.pad != 0 {
		pad = d.pad
	}
	width = max(width, d.width)
	if missing := width - utf8.RuneCountInString(text); missing > 0 {
		if pad == '0' && strings.HasPrefix(text, "-") {
			return "-" + strings.Repeat("0", missing) + text[1:]
		}
		return strings.Repeat(string(pad), missing) + text
	}
	return text
}

// number returns the directives that are numbers, with their width and pad.
func (d directive) number(t time.Time) (n, width int, pad byte, ok bool) {
	switch d.verb {
	case 'Y':
		return t.Year(), yearWidth(t.Year()), '0', true
	case 'C':
		return (t.Year() - yearOfCentury(t.Year())) / 100, 2, '0', true
	case 'y':
		return yearOfCentury(t.Year()), 2, '0', true
	case 'm':
		return int(t.Month()), 2, '0', true
	case 'd':
		return t.Day(), 2, '0', true
	case 'e':
		return t.Day(), 2, ' ', true
	case 'j':
		return t.YearDay(), 3, '0', true
	case 'H':
		return t.Hour(), 2, '0', true
	case 'k':
		return t.Hour(), 2, ' ', true
	case 'I':
		return (t.Hour()+11)%12 + 1, 2, '0', true
	case 'l':
		return (t.Hour()+11)%12 + 1, 2, ' ', true
	case 'M':
		return t.Minute(), 2, '0', true
	case 'S':
		return t.Second(), 2, '0', true
	case 'u':
		return (int(t.Weekday())+6)%7 + 1, 1, '0', true
	case 'w':
		return int(t.Weekday()), 1, '0', true
	case 's':
		return int(t.Unix()), 1, '0', true
	case 'U':
		return (t.YearDay() + 6 - int(t.Weekday())) / 7, 2, '0', true
	case 'W':
		return (t.YearDay() + 6 - (int(t.Weekday())+6)%7) / 7, 2, '0', true
	}
	year, week := t.ISOWeek()
	switch d.verb {
	case 'G':
		return year, yearWidth(year), '0', true
	case 'g':
		return yearOfCentury(year), 2, '0', true
	case 'V':
		return week, 2, '0', true
	}
	return 0, 0, 0, false
}

// yearWidth is four digits, and a sign before them where there is one.
func yearWidth(year int) int {
	if year < 0 {
		return 5
	}
	return 4
}

func yearOfCentury(year int) int { return (year%100 + 100) % 100 }

// composed are the directives that stand for others.
var composed = map[byte]string{
	'c': "%a %b %e %H:%M:%S %Y", 'D': "%m/%d/%y", 'x': "%m/%d/%y", 'F': "%Y-%m-%d",
	'T': "%H:%M:%S", 'X': "%H:%M:%S", 'R': "%H:%M", 'r': "%I:%M:%S %p",
	'v': "%e-%^b-%Y",
}

// zoneLabel is the name of the zone of t, or "" where that is an offset alone.
func zoneLabel(t time.Time) string {
	name, shift := t.Zone()
	if shift == 0 && name == "" {
		return "UTC"
	}
	return name
}

func (d directive) text(t time.Time, names *Names) (string, bool) {
	switch d.verb {
	case 'B':
		return names.month(t.Month(), false), true
	case 'b', 'h':
		return names.month(t.Month(), true), true
	case 'A':
		return names.day(t.Weekday(), false), true
	case 'a':
		return names.day(t.Weekday(), true), true
	case 'p':
		return t.Format("PM"), true
	case 'P':
		return t.Format("pm"), true
	case 'Z':
		return zoneLabel(t), true
	case 'z':
		return d.offset(t), true
	case 'L', 'N':
		digits := d.width
		if digits == 0 {
			digits = map[byte]int{'L': 3, 'N': 9}[d.verb]
		}
		nanos := strconv.Itoa(1_000_000_000 + t.Nanosecond())[1:]
		return (nanos + strings.Repeat("0", digits))[:digits], true
	case 'n':
		return "\n", true
	case 't':
		return "\t", true
	case '%':
		return "%", true
	}
	format, ok := composed[d.verb]
	if !ok {
		return "", false
	}
	return Format(t, format, names, maxPad), true
}

// offset writes the offset of t's zone. The hours fill the width, as in Ruby; three
// colons leave out minutes and seconds that are 0.
func (d directive) offset(t time.Time) string {
	_, shift := t.Zone()
	sign := "+"
	if shift < 0 {
		sign, shift = "-", -shift
	}
	hours, minutes, seconds := strconv.Itoa(shift/3600), shift/60%60, shift%60
	var rest string
	switch {
	case d.colons == 0:
		rest = fmt.Sprintf("%02d", minutes)
	case d.colons == 2 || d.colons > 2 && seconds != 0:
		rest = fmt.Sprintf(":%02d:%02d", minutes, seconds)
	case d.colons == 1 || minutes != 0:
		rest = fmt.Sprintf(":%02d", minutes)
	}
	missing := max(d.width-len(rest)-len(sign), 2) - len(hours)
	if d.pad == ' ' {
		return strings.Repeat(" ", missing) + sign + hours + rest
	}
	return sign + strings.Repeat("0", missing) + hours + rest
}
