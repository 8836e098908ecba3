package datetime

import (
	"strings"
	"time"
)

// zoneHours :: the name of a zone that Ruby knows -> its hours before UTC
var zoneHours = map[string]int{
	"z": 0, "ut": 0, "utc": 0, "gmt": 0,
	"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
}

// zonePart reads an offset or the name of a zone, and what may stand behind
// them. As in Ruby a name that is not known counts as UTC, where it looks like
// one: the time of day is then shown as it was written.
func (p *timeText) zonePart() bool {
	if m := p.take(zoneShift); m != nil {
		shift := digits(m[2])*3600 + digits(m[3])*60
		p.impossible = p.impossible || digits(m[3]) > 59 || digits(m[2]) > 23
		if m[1] == "-" {
			shift = -shift
		}
		p.zone = time.FixedZone("", shift)
		p.skip()
		// `+0000 UTC` is what Go prints; other names behind an offset say no more
		// than that.
		if m := zoneName.FindStringSubmatch(p.rest); m != nil && isZone(m[1]) {
			p.take(zoneName)
		}
		p.take(zoneNote)
		return true
	}
	m := zoneName.FindStringSubmatch(p.rest)
	if m == nil || !isZone(m[1]) {
		return false
	}
	p.take(zoneName)
	p.zone = time.UTC
	if hours := zoneHours[strings.ToLower(m[1])]; hours != 0 {
		p.zone = time.FixedZone(strings.ToUpper(m[1]), hours*3600)
	}
	return true
}

// isZone reports whether name is or looks like that of a zone.
func isZone(name string) bool {
	if _, known := zoneHours[strings.ToLower(name)]; known {
		return true
	}
	return len(name) > 2 && name == strings.ToUpper(name) && monthOf(name) == 0 && !isWeekday(name)
}
