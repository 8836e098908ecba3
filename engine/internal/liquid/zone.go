package liquid

import (
	"sync"
	"time"
	// A zone must be known on machines without a database of them too.
	_ "time/tzdata"
)

// zones :: IANA name -> its *time.Location, of those that were asked for. Only
// names that exist are kept, so there are never more than in the database.
var zones sync.Map

// zone returns the zone of an IANA name. The zone of the machine is none: a
// message must not depend on where it is rendered.
func (c *call) zone(name string) (*time.Location, bool) {
	if known, ok := zones.Load(name); ok {
		return known.(*time.Location), true
	}
	if name == "" || name == "Local" {
		c.reject("there is no such time zone")
		return nil, false
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		c.reject("there is no such time zone")
		return nil, false
	}
	zones.Store(name, zone)
	return zone, true
}

// inZone moves a time to another zone. What is no time stays as it is.
func inZone(c *call, in value, args []value) value {
	zone, ok := c.zone(args[0].string())
	if !ok {
		return value{}
	}
	t, ok := c.time(in)
	if !ok {
		return in
	}
	return value{kind: kindTime, ref: t.In(zone)}
}
