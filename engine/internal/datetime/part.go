package datetime

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The parts of a text that is a time. The last group of each form is empty: the
// part ends there, and what stands behind it is what has to follow.
var (
	yearFirst  = regexp.MustCompile(`^(-?\d{4})(?:-(\d{1,2})-|/(\d{1,2})/|\.(\d{1,2})\.)(\d{1,2})()(?:[Tt]\d|[Zz\s,]|$)`)
	dayFirst   = regexp.MustCompile(`^(\d{1,2})(?:-(\d{1,2})-|/(\d{1,2})/|\.(\d{1,2})\.)(\d{4})()(?:[\s,]|$)`)
	named      = regexp.MustCompile(`^(\d{4}|\d{1,2})-([A-Za-z]+)-(\d{4}|\d{1,2})()(?:[\s,]|$)`)
	basic      = regexp.MustCompile(`^(\d{4})(\d\d)(\d\d)[Tt](\d\d)(\d\d)(?:(\d\d)(?:[.,](\d+))?)?()(?:\D|$)`)
	clockColon = regexp.MustCompile(`^(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:[\s\x{a0}\x{202f}]*([AaPp])(?:[Mm]\b|\.[Mm]\.))?()(?:[^\d:.]|$)`)
	clockHour  = regexp.MustCompile(`^(\d{1,2})[\s\x{a0}\x{202f}]*([AaPp])(?:[Mm]\b|\.[Mm]\.)()`)
	zoneShift  = regexp.MustCompile(`^(?:UTC|GMT)?([+-])(\d\d?)(?::?(\d\d))?()(?:[^\d:]|$)`)
	zoneName   = regexp.MustCompile(`^([A-Z]{3,4}|[A-Za-z]{1,3})\b()`)
	zoneNote   = regexp.MustCompile(`^(?:\([^()]*\)|\[[A-Za-z_/+-]+\])()$`) // what JavaScript and Java write behind an offset
	dayOrYear  = regexp.MustCompile(`^(?:'(\d\d)|(\d{1,4})(?i:st|nd|rd|th)?\.?)()(?:[\sA-Za-z,]|$)`)
	letters    = regexp.MustCompile(`^([A-Za-z]+)\.?()`)
)

// take returns the groups of form, if the rest begins with it, and goes over
// them.
func (p *timeText) take(form *regexp.Regexp) []string {
	groups := form.FindStringSubmatchIndex(p.rest)
	if groups == nil {
		return nil
	}
	found := form.FindStringSubmatch(p.rest)
	p.rest = p.rest[groups[len(groups)-1]:]
	return found
}

// numericDate reads a date of which the first part is a number and that holds
// no space, and `20260314T150000`.
func (p *timeText) numericDate() bool {
	if m := p.take(yearFirst); m != nil {
		p.date(m[1], time.Month(digits(m[2]+m[3]+m[4])), m[5])
		// The T between date and time of day.
		p.rest = strings.TrimLeft(p.rest, "Tt")
		if p.rest != "" && (p.rest[0] == 'Z' || p.rest[0] == 'z') {
			p.rest, p.zone = p.rest[1:], time.UTC
		}
		return true
	}
	if m := p.take(dayFirst); m != nil {
		p.date(m[5], time.Month(digits(m[2]+m[3]+m[4])), m[1])
		return true
	}
	if m := p.take(basic); m != nil {
		p.date(m[1], time.Month(digits(m[2])), m[3])
		p.time(m[4], m[5], m[6], m[7])
		return true
	}
	if m := p.take(named); m != nil {
		if len(m[1]) == 4 {
			m[1], m[3] = m[3], m[1]
		}
		p.date(m[3], monthOf(m[2]), m[1])
		p.impossible = p.impossible || len(m[1]) == 4 || len(m[3]) == 1
		return true
	}
	return false
}

func (p *timeText) date(year string, month time.Month, day string) {
	p.setYear(year)
	p.month, p.day = month, digits(day)
	p.impossible = p.month == 0 || p.day == 0
}

// setYear takes a year of two digits as one from 1969 to 2068.
func (p *timeText) setYear(year string) {
	p.year, p.hasYear = digits(year), true
	switch {
	case len(year) == 2 && p.year >= 69:
		p.year += 1900
	case len(year) == 2:
		p.year += 2000
	}
}

func (p *timeText) time(hour, minute, second, fraction string) {
	p.hour, p.minute, p.second, p.hasClock = digits(hour), digits(minute), digits(second), true
	p.nanos = digits((fraction + "000000000")[:9])
}

// clock reads `15:00`, `15:00:00.5`, `3:00 pm` and `3pm`.
func (p *timeText) clock() bool {
	half := ""
	if m := p.take(clockColon); m != nil {
		p.time(m[1], m[2], m[3], m[4])
		half = m[5]
	} else if m := p.take(clockHour); m != nil {
		p.time(m[1], "", "", "")
		half = m[2]
	} else {
		return false
	}
	if half == "" {
		return true
	}
	p.impossible = p.impossible || p.hour < 1 || p.hour > 12
	p.hour %= 12
	if half == "p" || half == "P" {
		p.hour += 12
	}
	return true
}

// number reads a day or a year beside the name of a month. A number of one or
// two digits is the day; a year of two stands behind both.
func (p *timeText) number() bool {
	m := p.take(dayOrYear)
	switch {
	case m == nil:
		return false
	case m[1] == "" && len(m[2]) <= 2 && p.day == 0:
		p.day = digits(m[2])
		return p.day > 0 && (p.month != 0 || !p.hasYear)
	case p.hasYear || p.month == 0 && (p.day != 0 || len(m[2]) != 4):
		return false
	case len(m[2]) == 1 || len(m[2]) == 3 && p.day == 0:
		return false
	}
	p.setYear(m[1] + m[2])
	return true
}

// word reads the name of a month or of a day of the week, and goes over `at`.
func (p *timeText) word() bool {
	m := p.take(letters)
	if m == nil {
		return false
	}
	if strings.EqualFold(m[1], "at") {
		return true
	}
	if month := monthOf(m[1]); month != 0 {
		fresh := p.month == 0
		p.month = month
		return fresh
	}
	fresh := !p.hasWeekday
	p.hasWeekday = isWeekday(m[1])
	return fresh && p.hasWeekday
}

func digits(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}

func monthOf(name string) time.Month {
	if strings.EqualFold(name, "sept") {
		return time.September
	}
	for month := time.January; month <= time.December; month++ {
		if full := month.String(); strings.EqualFold(name, full) || strings.EqualFold(name, full[:3]) {
			return month
		}
	}
	return 0
}

func isWeekday(name string) bool {
	for day := time.Sunday; day <= time.Saturday; day++ {
		full := day.String()
		if strings.EqualFold(name, full) || strings.EqualFold(name, full[:3]) || len(name) == 4 && strings.EqualFold(name, full[:4]) {
			return true
		}
	}
	return false
}
