package macros

// MaxAliasBytes is the length of the longest alias.
const MaxAliasBytes = 128

// Canonical returns the canonical form of an alias, which is its lower case,
// and whether alias is one at all: `[A-Za-z0-9_][A-Za-z0-9_-]{0,127}`. Only
// ASCII is folded. A canonical alias is returned as it is, without allocation.
func Canonical(alias string) (string, bool) {
	if len(alias) == 0 || len(alias) > MaxAliasBytes || alias[0] == '-' {
		return "", false
	}
	upper := false
	for i := range len(alias) {
		c := alias[i]
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '_', c == '-':
		case 'A' <= c && c <= 'Z':
			upper = true
		default:
			return "", false
		}
	}
	if !upper {
		return alias, true
	}
	lower := []byte(alias)
	for i, c := range lower {
		if 'A' <= c && c <= 'Z' {
			lower[i] = c + ('a' - 'A')
		}
	}
	return string(lower), true
}

// IsRoot reports whether name is the word `secrets` in any letter case of
// ASCII. There is no Unicode folding: `ſecrets` is an ordinary name.
func IsRoot(name string) bool {
	const root = "secrets"
	if len(name) != len(root) {
		return false
	}
	for i := range len(root) {
		if name[i]|0x20 != root[i] {
			return false
		}
	}
	return true
}
