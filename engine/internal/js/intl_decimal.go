package js

import "strings"

// decimal is a number by its digits: 0.d1d2d3 times ten to the point. That it is
// negative counts for rounding alone.
type decimal struct {
	digits   []byte
	point    int
	negative bool
}

// decimalOf returns the fewest digits that tell f from its neighbours: Intl rounds
// them, not the binary fraction.
func decimalOf(f float64) decimal {
	if f == 0 {
		return decimal{}
	}
	digits, point := shortest(nil, f)
	return decimal{digits: digits, point: point}
}

// decimalOfDigits returns an integer that is spelled out.
func decimalOfDigits(s string) decimal { return decimal{digits: []byte(s), point: len(s)}.trimmed() }

func (d decimal) trimmed() decimal {
	d.digits = []byte(strings.TrimRight(string(d.digits), "0"))
	if len(d.digits) == 0 {
		d.point = 0
	}
	return d
}

// rounded returns d with the digits up to the place behind the point that is given, by
// a roundingMode of ECMA-402 (15.5.15).
func (d decimal) rounded(places int, mode string) decimal {
	n := d.point + places
	if n >= len(d.digits) || len(d.digits) == 0 {
		return d
	}
	up := d.roundsUp(n, mode)
	digits := append([]byte(nil), d.digits[:max(n, 0)]...)
	for i := n - 1; up && i >= 0; i-- {
		if digits[i] < '9' {
			digits[i]++
			up = false
		} else {
			digits[i] = '0'
		}
	}
	if up {
		// A one before all digits, or at the last place where that is before them.
		return decimal{append([]byte{'1'}, digits...), d.point + 1 + max(-n, 0), d.negative}.trimmed()
	}
	return decimal{digits, d.point, d.negative}.trimmed()
}

// roundsUp reports whether what stands from digit n on is rounded away from zero. It is
// not nothing.
func (d decimal) roundsUp(n int, mode string) bool {
	half := -1
	if n >= 0 {
		if half = int(d.digits[n]) - '5'; half == 0 && n+1 < len(d.digits) {
			half = 1
		}
	}
	switch mode {
	case "ceil":
		return !d.negative
	case "floor":
		return d.negative
	case "expand":
		return true
	case "trunc":
		return false
	}
	if half != 0 {
		return half > 0
	}
	switch mode {
	case "halfCeil":
		return !d.negative
	case "halfFloor":
		return d.negative
	case "halfTrunc":
		return false
	case "halfEven":
		return n > 0 && d.digits[n-1]&1 == 1
	}
	return true
}

// parts returns the digits before the point and those behind it.
func (d decimal) parts() (whole, fraction string) {
	switch {
	case len(d.digits) == 0:
		return "0", ""
	case d.point <= 0:
		return "0", strings.Repeat("0", -d.point) + string(d.digits)
	case d.point >= len(d.digits):
		return string(d.digits) + strings.Repeat("0", d.point-len(d.digits)), ""
	}
	return string(d.digits[:d.point]), string(d.digits[d.point:])
}

// inGroups divides digits into groups as a locale does.
func (l *numberLocale) inGroups(whole, group string, always bool) string {
	least := l.Least
	if always {
		least = 1
	}
	if l.First == 0 || len(whole) < l.First+least {
		return whole
	}
	rest := max(l.Rest, 1)
	head, tail := whole[:len(whole)-l.First], whole[len(whole)-l.First:]
	var b []string
	for len(head) > rest {
		b = append(b, head[len(head)-rest:])
		head = head[:len(head)-rest]
	}
	out := head
	for i := len(b) - 1; i >= 0; i-- {
		out += group + b[i]
	}
	return out + group + tail
}
