package macros

// Status says what is known about the secret behind a reference, without its
// value.
type Status uint8

const (
	// Missing means that no provider has the alias.
	Missing Status = iota
	// Known means that the secret exists and may be used.
	Known
	// Archived means that the secret exists and must not be used.
	Archived
	// Undeclared means that the reference is outside required_secrets.
	Undeclared
)

// String returns the word that the HTTP API uses.
func (s Status) String() string {
	switch s {
	case Known:
		return "known"
	case Archived:
		return "archived"
	case Undeclared:
		return "undeclared"
	}
	return "missing"
}
