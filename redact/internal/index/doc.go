// Package index finds all occurrences of many patterns in a text at the speed at
// which memory is read. It knows no secret: a [Pattern] is a text, how much of it
// has to match, and where the case of letters does not count.
//
// A [Matcher] is told patterns with [Matcher.Add] and [Matcher.Remove], and asked
// with [Matcher.Spans] for what they cover in a text, and with [Matcher.Hold] for
// the tail that a stream must keep until more of it is there. Make a pattern with
// [Spell] and [Spelling.Pattern].
//
// Read the files in this order:
//
//	matcher.go, scan.go       what is asked and answered
//	spelling.go, pattern.go   what is looked for, and the full compare
//	tier.go                   the idea: sampled windows of grams
//	stride.go, lanes.go       the loops over a text
//	filter.go, table.go       from a gram to (pattern, offset)
//	insert.go, windows.go     which window a pattern is entered under
//	counts.go, wide.go        values that share long parts
//	automaton.go              patterns without a window
//	words.go                  values of 1 to 3 bytes
//	prefixes.go, fingerprints.go   what a stream holds back
//	build.go, patternset.go   when an index is made anew, and of what
//
// One writer at a time adds and removes, behind a lock; readers take none. What
// readers look in grows in place: the pattern is stored first, then the slot that
// leads to it, then the bits of the filters that lead to the slot. In any other
// order a reader could follow a bit to nothing and miss a value that Add has
// promised to find.
package index
