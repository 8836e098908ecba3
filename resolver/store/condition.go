package store

import "slices"

// Condition is what a change requires of what is stored, as If-Match and
// If-None-Match of RFC 9110 do. The zero Condition requires nothing.
type Condition struct {
	// Versions are those of which one has to be the current one; nil allows all.
	Versions []int64
	// Exists requires that there is a document, Absent that there is none.
	Exists, Absent bool
}

// check compares the condition with the current version, 0 where there is none.
func (c Condition) check(kind Kind, version int64) error {
	switch {
	case c.Absent && version > 0:
		return refusal(VersionConflict, "there is such a %s already, in version %d: read it, and change that", kind, version)
	case (c.Exists || c.Versions != nil) && version == 0:
		return refusal(VersionConflict, "there is no such %s: it was deleted meanwhile, or never stored", kind)
	case c.Versions != nil && !slices.Contains(c.Versions, version):
		return refusal(VersionConflict, "the %s is at version %d now: somebody stored it meanwhile; read it again, and make the change to that", kind, version)
	}
	return nil
}
