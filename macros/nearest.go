package macros

import "strings"

// Nearest returns the one of known that name is most likely a slip of, or ""
// where none is near enough.
func Nearest(name string, known []string) string {
	// Longer names are no names of anything and would only cost time.
	if len(name) > MaxAliasBytes {
		return ""
	}
	name = strings.ToLower(name)
	best, found := max(1, len(name)/3)+1, ""
	for _, k := range known {
		if len(k) > MaxAliasBytes {
			continue
		}
		if d := distance(name, strings.ToLower(k)); d < best {
			best, found = d, k
		}
	}
	return found
}

// distance counts how many bytes must be inserted, deleted, replaced or
// swapped with their neighbour to turn a into b.
func distance(a, b string) int {
	if len(a) > len(b)+MaxAliasBytes || len(b) > len(a)+MaxAliasBytes {
		return MaxAliasBytes
	}
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := 1; i <= len(a); i++ {
		older, last, row := rows[0], rows[1], rows[2]
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
		rows[0], rows[1], rows[2] = last, row, older
	}
	return rows[1][len(b)]
}
