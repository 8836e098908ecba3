package js

import (
	"slices"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

// canonical is Canonicalize of a code unit under the flag i without u or v (ECMA-262,
// 22.2.2.7.3): its capital letter, where that is one code unit and no letter beyond
// ASCII becomes one of ASCII. So K, the sign of kelvins, is no k.
func canonical(r rune) rune {
	upper := unicode.ToUpper(r)
	if upper == r || upper > 0xFFFF || r >= utf8.RuneSelf && upper < utf8.RuneSelf {
		return r
	}
	if r >= utf8.RuneSelf && utf8.RuneCountInString(cases.Upper(language.Und).String(string(r))) > 1 {
		return r
	}
	return upper
}

// alike returns the code units that the flag i without u takes for r, but r.
func alike(r rune) []rune {
	var all []rune
	if r > 0xFFFF {
		return nil
	}
	same := canonical(r)
	for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
		if other <= 0xFFFF && canonical(other) == same {
			all = append(all, other)
		}
	}
	return all
}

// casedUnits are the code units that have others alike, in order, each with these.
var casedUnits = sync.OnceValue(func() []casedUnit {
	var all []casedUnit
	for r := rune(0); r <= 0xFFFF; r++ {
		if unicode.SimpleFold(r) == r {
			continue
		}
		if others := alike(r); len(others) > 0 {
			all = append(all, casedUnit{r, others})
		}
	}
	return all
})

type casedUnit struct {
	unit   rune
	others []rune
}

// foldedSpans returns spans and what is alike to something in them.
func foldedSpans(spans []span) []span {
	units := casedUnits()
	var added []rune
	for _, s := range spans {
		from, _ := slices.BinarySearchFunc(units, s.low, func(u casedUnit, r rune) int { return int(u.unit - r) })
		for _, u := range units[from:] {
			if u.unit > s.high {
				break
			}
			for _, other := range u.others {
				if other < s.low || other > s.high {
					added = append(added, other)
				}
			}
		}
		if len(added) > 2*len(units) {
			slices.Sort(added)
			added = slices.Compact(added)
		}
	}
	slices.Sort(added)
	all := slices.Clone(spans)
	for _, r := range slices.Compact(added) {
		all = append(all, span{r, r})
	}
	return all
}
