package js

import "strings"

// decimal is a number that is not negative, by its digits: 0.d1d2d3 times ten to
// the point.
type decimal struct {
	digits []byte
	point  int
}

// decimalOf returns the fewest digits that tell f from its neighbours: Intl rounds
// them, not the binary fraction.
func decimalOf(f float64) decimal {
	if f == 0 {
		return decimal{}
	}
	digits, point := shortest(nil, f)
	return decimal{digits, point}
}

// decimalOfDigits returns an integer that is spelled out.
func decimalOfDigits(s string) decimal { return decimal{[]byte(s), len(s)}.trimmed() }

func (d decimal) trimmed() decimal {
	d.digits = []byte(strings.TrimRight(string(d.digits), "0"))
	if len(d.digits) == 0 {
		d.point = 0
	}
	return d
}

// rounded returns d with the digits up to the place behind the point that is given,
// halves away from zero.
func (d decimal) rounded(places int) decimal {
	n := d.point + places
	switch {
	case n >= len(d.digits):
		return d
	case n < 0:
		return decimal{}
	}
	up := d.digits[n] >= '5'
	digits := append([]byte(nil), d.digits[:n]...)
	for i := n - 1; up && i >= 0; i-- {
		if digits[i] < '9' {
			digits[i]++
			up = false
		} else {
			digits[i] = '0'
		}
	}
	if up {
		return decimal{append([]byte{'1'}, digits...), d.point + 1}.trimmed()
	}
	return decimal{digits, d.point}.trimmed()
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
