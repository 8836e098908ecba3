package expr

// Step is the value of one part of an expression.
type Step struct {
	// Pos and End delimit the part in the author's source.
	Pos, End int
	Value    any
	// Tainted says that Value depends on a secret; then it is nil.
	Tainted bool
}
