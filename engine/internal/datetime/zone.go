package datetime

import (
	"errors"
	"sync"
	"time"
	// A zone must be known on machines without a database of them too.
	_ "time/tzdata"
)

// ErrZone is the error of [Zone].
var ErrZone = errors.New("there is no such time zone")

// zones :: IANA name -> its *time.Location, of those that were asked for. Only
// names that exist are kept, so there are never more than in the database.
var zones sync.Map

// Zone returns the zone of an IANA name. The zone of the machine is none: a
// message must not depend on where it is rendered.
func Zone(name string) (*time.Location, error) {
	if known, ok := zones.Load(name); ok {
		return known.(*time.Location), nil
	}
	if name == "" || name == "Local" {
		return nil, ErrZone
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, ErrZone
	}
	zones.Store(name, zone)
	return zone, nil
}
