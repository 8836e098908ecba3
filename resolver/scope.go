package resolver

import (
	"errors"
	"strings"
)

// Scope is a path of one or more segments, such as `acme/shop/prod`: an
// organisation, a project, an environment. A secret of a scope is seen from
// that scope and all below it. The zero Scope is the root, which covers every
// scope and holds no secret itself.
type Scope string

// DefaultScope is the scope of those who never think of scopes.
const DefaultScope Scope = "default"

// Limits of a scope's spelling.
const (
	maxScopeBytes    = 255
	maxScopeSegments = 8
)

// errScope names the rule and not the text, which may be anything.
var errScope = errors.New("not a scope: write up to 8 segments of letters, digits, `_`, `-` and `.`, " +
	"separated by `/`, each starting with a letter, a digit or `_`, 255 bytes in all")

// ParseScope returns the scope that text spells. Letters are folded to lower
// case, in ASCII, so that two spellings are never two tenants. The root has no
// spelling.
func ParseScope(text string) (Scope, error) {
	if text == "" || len(text) > maxScopeBytes || strings.Count(text, "/") >= maxScopeSegments {
		return "", errScope
	}
	for segment := range strings.SplitSeq(text, "/") {
		if !validSegment(segment) {
			return "", errScope
		}
	}
	return Scope(strings.ToLower(text)), nil
}

func validSegment(segment string) bool {
	for i := range len(segment) {
		c := segment[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '_':
		case (c == '-' || c == '.') && i > 0:
		default:
			return false
		}
	}
	return segment != ""
}

// Parent returns the scope one level up; the root above a scope of one
// segment, and above the root itself.
func (s Scope) Parent() Scope {
	return s[:max(strings.LastIndexByte(string(s), '/'), 0)]
}

// Covers reports whether other is s or lies below it.
func (s Scope) Covers(other Scope) bool {
	if s == "" {
		return true
	}
	return strings.HasPrefix(string(other), string(s)) && (len(other) == len(s) || other[len(s)] == '/')
}
