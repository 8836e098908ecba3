package datetime

import (
	"strconv"
	"strings"
	"time"
)

// Read returns the time that text is: `now` or `today`, which is now, seconds since
// 1970, or what [Parse] reads. A time without a zone is UTC.
func Read(text string, now time.Time) (time.Time, bool) {
	text = strings.TrimSpace(text)
	switch {
	case strings.EqualFold(text, "now"), strings.EqualFold(text, "today"):
		return now, true
	case allDigits(text):
		seconds, err := strconv.ParseInt(text, 10, 64)
		return time.Unix(seconds, 0).UTC(), err == nil
	}
	return Parse(text, now)
}

func allDigits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// Parse reads a time as Ruby's Time.parse does, in a process that stands in
// UTC, where that reads a date; a year that is left out is that of now. All of
// the text has to belong to the date, each part at most once: a text that is no
// date, or has one part that is not understood, is none, since a message with
// the text as it came is better than one with the wrong day. So a time of day
// alone is no date, and neither is a day that its month does not have.
func Parse(text string, now time.Time) (time.Time, bool) {
	if len(text) > 128 {
		return time.Time{}, false
	}
	p := timeText{rest: dateCall(text)}
	for p.skip(); p.rest != ""; p.skip() {
		if !p.part() {
			return time.Time{}, false
		}
	}
	if p.month == 0 || p.impossible || !p.complete(now) {
		return time.Time{}, false
	}
	zone := p.zone
	if zone == nil {
		zone = time.UTC
	}
	return time.Date(p.year, p.month, p.day, p.hour, p.minute, p.second, p.nanos, zone), true
}

// dateCall returns what stands in `ISODate("...")`, or else the text itself.
func dateCall(text string) string {
	for _, name := range []string{"ISODate", "new Date", "Date"} {
		inner, called := strings.CutPrefix(text, name+"(")
		inner, closed := strings.CutSuffix(inner, ")")
		if called && closed && len(inner) > 1 && inner[0] == inner[len(inner)-1] && (inner[0] == '"' || inner[0] == '\'') {
			return inner[1 : len(inner)-1]
		}
	}
	return text
}

// timeText is a text that is read as a time, and what was found in it.
type timeText struct {
	rest string

	// A month of 0 was not found, and neither was a day of 0. The year may be 0.
	year    int
	month   time.Month
	day     int
	hasYear bool

	hour, minute, second, nanos int
	hasClock                    bool

	zone       *time.Location
	hasWeekday bool

	// impossible says that a part has no meaning, such as 13 pm.
	impossible bool
}

// skip goes over what may stand between two parts.
func (p *timeText) skip() {
	p.rest = strings.TrimLeft(p.rest, " \t\r\n,\u00a0\u202f")
}

// part reads the next part and reports whether there is one that may still
// come.
func (p *timeText) part() bool {
	if p.month == 0 && p.day == 0 && !p.hasYear && p.numericDate() {
		return true
	}
	if !p.hasClock && p.clock() {
		return true
	}
	if p.hasClock && p.zone == nil && p.zonePart() {
		return true
	}
	if c := p.rest[0]; '0' <= c && c <= '9' || c == '\'' {
		return p.number()
	}
	return p.word()
}

// complete fills in what was left out, and reports whether the day and the time
// of day are there.
func (p *timeText) complete(now time.Time) bool {
	switch {
	case p.day == 0 && (!p.hasYear || p.hasClock):
		return false
	case p.day == 0:
		p.day = 1
	case !p.hasYear:
		p.year = now.Year()
	}
	if p.month > 12 || p.day > time.Date(p.year, p.month+1, 0, 0, 0, 0, 0, time.UTC).Day() {
		return false
	}
	midnight := p.hour == 24 && p.minute == 0 && p.second == 0 && p.nanos == 0
	return (p.hour < 24 || midnight) && p.minute < 60 && p.second <= 60
}
