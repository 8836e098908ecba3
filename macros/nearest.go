package macros

import "strings"

// Nearest returns the one of known that name is most likely a slip of, or ""
// where none is near enough. Names are compared without regard to letter case.
func Nearest(name string, known []string) string {
	name = strings.ToLower(name)
	best, found := max(1, len(name)/3)+1, ""
	for _, k := range known {
		if len(k)-len(name) >= best || len(name)-len(k) >= best {
			continue
		}
		if d := distance(name, strings.ToLower(k)); d < best {
			best, found = d, k
		}
	}
	return found
}

// distance counts how many bytes must be inserted, deleted, replaced or
// swapped with their neighbour to turn a into b. Where one is longer than
// [MaxAliasBytes], it is too far from everything.
func distance(a, b string) int {
	if len(a) > MaxAliasBytes || len(b) > MaxAliasBytes {
		return len(a) + len(b)
	}
	var rows [3][MaxAliasBytes + 1]int
	older, last, row := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], older[j-2]+1)
			}
		}
		older, last, row = last, row, older
	}
	return last[len(b)]
}

// didYouMean returns the end of a message that names what is most like name.
func didYouMean(name string, known []string) string {
	if near := Nearest(name, known); near != "" {
		return ": did you mean " + backquoted(near) + "?"
	}
	return ""
}
