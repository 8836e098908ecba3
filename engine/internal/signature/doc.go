// Package signature signs messages and claims. Filters of templates and
// functions of expressions are both made of it: [HMAC] for webhooks, [JWT] for
// APIs, [Digest] for checksums. Nothing in it keeps a key, and all of it is
// pure: the same operands give the same text.
package signature

// Error is why nothing was signed. Its text is fixed: it names what is wrong,
// and never quotes a key, a message or a claim.
type Error string

// Error returns the text.
func (e Error) Error() string { return string(e) }

// What may be wrong with the operands of a signature.
const (
	ErrAlgorithm = Error("there is no such algorithm")
	ErrEncoding  = Error("there is no such encoding")
	ErrEmptyKey  = Error("the key is empty")
	ErrKey       = Error("the key has not the form that the algorithm needs")
	ErrClaims    = Error("the claims are no JSON object")
	ErrTwice     = Error("a claim is given twice")
)
