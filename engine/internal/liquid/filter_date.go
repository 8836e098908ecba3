package liquid

import (
	"strconv"
	"strings"
	"time"
)

var dateFilters = map[string]*filter{
	"date":     {run: date},
	"timezone": {run: inZone},
}

// date prints a time by a strftime format. What is no time, and what an empty
// format is asked for, stays as it is.
func date(c *call, in value, args []value) value {
	format := args[0].string()
	if format == "" {
		return in
	}
	if len(args) > 1 && !args[1].nothing() {
		if in = inZone(c, in, args[1:]); c.err != nil {
			return value{}
		}
	}
	t, ok := c.time(in)
	if !ok {
		return in
	}
	out := strftime(t, format, c.limits.OutputBytes)
	return stringValue(out)
}

// time reads a time off v. A time without a zone is UTC.
func (c *call) time(v value) (time.Time, bool) {
	switch v.kind {
	case kindTime:
		return v.ref.(time.Time), true
	case kindInt:
		return time.Unix(v.num, 0).UTC(), true
	case kindString:
	default:
		return time.Time{}, false
	}
	s := strings.TrimSpace(v.text)
	switch {
	case strings.EqualFold(s, "now"), strings.EqualFold(s, "today"):
		return c.now().UTC(), true
	case allDigits(s):
		seconds, err := strconv.ParseInt(s, 10, 64)
		return time.Unix(seconds, 0).UTC(), err == nil
	}
	return parseTime(s, c.now().UTC())
}
