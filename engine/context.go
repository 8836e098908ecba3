package engine

// Context says where the output of a template goes, and so how each inserted
// value is escaped.
type Context uint8

const (
	// TextContext inserts values as they are. It is the default.
	TextContext Context = iota
	// JSONContext escapes inside string literals and encodes outside them;
	// the output is always valid JSON.
	JSONContext
	// HTMLContext escapes like Liquid's `escape`.
	HTMLContext
	// URLContext percent-encodes for the path or the query.
	URLContext
	// HeaderContext refuses values that hold CR, LF or NUL.
	HeaderContext
)

var contextNames = [...]string{"text", "json", "html", "url", "header"}

// ParseContext returns the context called name; "" is the default.
func ParseContext(name string) (Context, bool) {
	if name == "" {
		return TextContext, true
	}
	for i, n := range contextNames {
		if n == name {
			return Context(i), true
		}
	}
	return TextContext, false
}

// String returns the name that [ParseContext] takes.
func (c Context) String() string { return contextNames[c] }
