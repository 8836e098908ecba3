package liquid

import (
	"time"

	"github.com/sotto-render/sotto/engine/internal/datetime"
)

var dateFilters = map[string]*filter{
	"date":     {run: date},
	"timezone": {run: inZone},
}

// date prints a time by a strftime format, in a zone and a locale where they are
// named. What is no time, and what an empty format is asked for, stays as it is.
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
	var names *datetime.Names
	if !c.named.nothing() {
		var err error
		if names, err = datetime.NamesOf(c.named.string()); err != nil {
			return c.reject(err.Error())
		}
	}
	t, ok := c.time(in)
	if !ok {
		return in
	}
	return stringValue(datetime.Format(t, format, names, c.limits.OutputBytes))
}

// time reads a time off v. A time without a zone is UTC.
func (c *call) time(v value) (time.Time, bool) {
	switch v.kind {
	case kindTime:
		return v.ref.(time.Time), true
	case kindInt:
		return time.Unix(v.num, 0).UTC(), true
	case kindString:
		return datetime.Read(v.text, c.now().UTC())
	}
	return time.Time{}, false
}

// inZone moves a time to another zone. What is no time stays as it is.
func inZone(c *call, in value, args []value) value {
	zone, err := datetime.Zone(args[0].string())
	if err != nil {
		return c.reject(err.Error())
	}
	t, ok := c.time(in)
	if !ok {
		return in
	}
	return value{kind: kindTime, ref: t.In(zone)}
}
