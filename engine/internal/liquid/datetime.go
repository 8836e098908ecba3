package liquid

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The forms of Ruby's Time.parse: an optional weekday, a date in one of these
// orders, a time of day and a zone, each at most once.
var (
	isoDate   = regexp.MustCompile(`^(-?\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:[Tt\s]|$)`)
	slashDate = regexp.MustCompile(`\b(\d{4})/(\d{1,2})/(\d{1,2})\b`)
	euroDate  = regexp.MustCompile(`\b(\d{1,2})/(\d{1,2})/(\d{4})\b`)
	dotDate   = regexp.MustCompile(`\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b`)
	monthDay  = regexp.MustCompile(`(?i)\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?(?:\s+(\d{1,2})(?:st|nd|rd|th)?\b)?(?:,?\s+(-?\d{3,4})\b)?`)
	dayMonth  = regexp.MustCompile(`(?i)\b(\d{1,2})(?:st|nd|rd|th)?[\s-]+(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?(?:[\s,-]+(-?\d{2,4})\b)?`)
	clockTime = regexp.MustCompile(`(?i)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9})\d*)?)?\s*([ap]m\b)?`)
	zoneName  = regexp.MustCompile(`(?i)(?:^|\s|\d)(z|utc|gmt|est|edt|cst|cdt|mst|mdt|pst|pdt)\b`)
	zoneShift = regexp.MustCompile(`(?:\d|\s|utc|gmt)([+-])(\d{2}):?(\d{2})\b`)
	isoBasic  = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})(?:[Tt](\d{2})(\d{2})(\d{2})?)?`)
)

var zoneHours = map[string]int{
	"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
}

// parseTime reads a time as Ruby's Time.parse does; what the text leaves out
// comes from now.
func parseTime(s string, now time.Time) (time.Time, bool) {
	if len(s) > 128 {
		return time.Time{}, false
	}
	year, month, day := now.Date()
	hour, minute, second, nanos := 0, 0, 0, 0
	rest, found := s, false
	take := func(form *regexp.Regexp) []string {
		m := form.FindStringSubmatchIndex(rest)
		if m == nil {
			return nil
		}
		groups := form.FindStringSubmatch(rest)
		rest = rest[:m[0]] + " " + rest[m[1]:]
		return groups
	}
	number := func(text string, otherwise int) int {
		if n, err := strconv.Atoi(text); err == nil {
			return n
		}
		return otherwise
	}
	if m := isoBasic.FindStringSubmatch(s); m != nil {
		if m[4] != "" {
			rest = m[4] + ":" + m[5] + ":" + (m[6] + "00")[:2] + s[len(m[0]):]
		} else {
			rest = s[len(m[0]):]
		}
		year, month, day, found = number(m[1], 0), time.Month(number(m[2], 0)), number(m[3], 0), true
	}
	zone := zoneOf(s)
	if m := take(clockTime); m != nil {
		hour, minute, second = number(m[1], 0), number(m[2], 0), number(m[3], 0)
		nanos = number((m[4] + "000000000")[:9], 0)
		if half := strings.ToLower(m[5]); half != "" {
			if hour < 1 || hour > 12 {
				return time.Time{}, false
			}
			hour %= 12
			if half == "pm" {
				hour += 12
			}
		}
		found = true
	}
	if m := take(isoDate); m != nil {
		year, month, day, found = number(m[1], 0), time.Month(number(m[2], 0)), number(m[3], 1), true
	} else if m := take(slashDate); m != nil {
		year, month, day, found = number(m[1], 0), time.Month(number(m[2], 0)), number(m[3], 1), true
	} else if m := take(euroDate); m != nil {
		year, month, day, found = number(m[3], 0), time.Month(number(m[2], 0)), number(m[1], 1), true
	} else if m := take(dotDate); m != nil {
		year, month, day, found = number(m[3], 0), time.Month(number(m[2], 0)), number(m[1], 1), true
	} else if m := take(dayMonth); m != nil {
		year, month, day, found = fullYear(number(m[3], year), len(m[3])), monthOf(m[2]), number(m[1], 1), true
	} else if m := take(monthDay); m != nil {
		year, month, day, found = number(m[3], year), monthOf(m[1]), number(m[2], 1), true
	}
	if !found || month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60 {
		return time.Time{}, false
	}
	t := time.Date(year, month, day, hour, minute, second, nanos, zone)
	return t, t.Day() == day || hour == 24
}

func fullYear(year, digits int) int {
	switch {
	case digits != 2:
		return year
	case year >= 69:
		return year + 1900
	}
	return year + 2000
}

func monthOf(name string) time.Month {
	const names = "janfebmaraprmayjunjulaugsepoctnovdec"
	return time.Month(strings.Index(names, strings.ToLower(name[:3]))/3 + 1)
}

func zoneOf(s string) *time.Location {
	if m := zoneShift.FindStringSubmatch(strings.ToLower(s)); m != nil && strings.Contains(s, ":") {
		hours, _ := strconv.Atoi(m[2])
		minutes, _ := strconv.Atoi(m[3])
		shift := hours*3600 + minutes*60
		if m[1] == "-" {
			shift = -shift
		}
		return time.FixedZone("", shift)
	}
	if m := zoneName.FindStringSubmatch(s); m != nil {
		name := strings.ToLower(m[1])
		if hours, ok := zoneHours[name]; ok {
			return time.FixedZone(strings.ToUpper(name), hours*3600)
		}
	}
	return time.UTC
}
