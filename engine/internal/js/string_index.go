package js

import "strings"

// indexText is StringIndexOf (ECMA-262, 6.1.4.1): where s has t at or after code
// unit from, or -1.
func indexText(s, t string, from int) int {
	if breaks(t) {
		return indexUnits(unitsOf(s), unitsOf(t), from)
	}
	at, half := offset(s, from)
	if half {
		at, from = at+4, from+1
	}
	i := strings.Index(s[at:], t)
	if i < 0 {
		return -1
	}
	return from + textLength(s[at:at+i])
}

// lastIndexText is where s has t at or before code unit from, or -1.
func lastIndexText(s, t string, from int) int {
	if breaks(t) {
		units, part := unitsOf(s), unitsOf(t)
		for i := min(from, len(units)-len(part)); i >= 0; i-- {
			if indexUnits(units[i:i+len(part)], part, 0) == 0 {
				return i
			}
		}
		return -1
	}
	end, _ := offset(s, from)
	i := strings.LastIndex(s[:min(len(s), end+len(t))], t)
	if i < 0 {
		return -1
	}
	return textLength(s[:i])
}

// breaks reports whether t starts or ends with half a pair, so that it may be
// found inside a code point.
func breaks(t string) bool {
	first, _ := decode(t)
	last, _ := decodeLast(t)
	return isLow(first) || isHigh(last)
}

func indexUnits(units, part []uint16, from int) int {
search:
	for i := from; i+len(part) <= len(units); i++ {
		for j := range part {
			if units[i+j] != part[j] {
				continue search
			}
		}
		return i
	}
	return -1
}
