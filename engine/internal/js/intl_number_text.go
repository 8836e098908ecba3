package js

import (
	"math"
	"strconv"
	"strings"
)

// format writes a number (ECMA-402, 15.5.4).
func (f *numberFormat) format(x float64, digits string) string {
	l := &f.locale.Number
	negative := x < 0 || x == 0 && math.Signbit(x)
	var body, pattern string
	zero := false
	switch a := math.Abs(x); {
	case x != x:
		body, negative = l.NaN, false
	case math.IsInf(x, 0):
		body = "∞"
	default:
		d := decimalOf(a)
		if digits != "" {
			d = decimalOfDigits(strings.TrimPrefix(digits, "-"))
		}
		if f.style == "percent" && len(d.digits) > 0 {
			d.point += 2
		}
		d.negative = negative
		body, pattern, zero = f.magnitude(d)
	}
	if f.style == "percent" {
		body = strings.Replace(l.Percent, "{n}", body, 1)
	}
	if pattern != "" {
		body = strings.Replace(pattern, "{n}", body, 1)
	}
	show := negative
	switch f.signs {
	case "never":
		show = false
	case "exceptZero":
		show = negative && !zero
	case "negative":
		show = negative && !zero
	}
	positive := !negative && (f.signs == "always" || f.signs == "exceptZero" && !zero && x == x)
	if f.style == "currency" {
		return f.money(body, show, positive, x)
	}
	switch {
	case show:
		return l.Minus + body
	case positive:
		return l.Plus + body
	}
	return body
}

// magnitude writes the digits of a number in the notation that was asked for, and
// returns the pattern of a compact one.
func (f *numberFormat) magnitude(d decimal) (body, pattern string, zero bool) {
	l := &f.locale.Number
	exponent := ""
	switch f.notation {
	case "scientific", "engineering":
		e := 0
		if len(d.digits) > 0 {
			e = d.point - 1
			if f.notation == "engineering" {
				e = int(math.Floor(float64(e)/3)) * 3
			}
		}
		shifted := decimal{d.digits, d.point - e, d.negative}
		if rounded, _, _ := f.rounded(shifted); len(d.digits) > 0 && rounded.point > shifted.point && (f.notation == "scientific" || rounded.point > 3) {
			// 9.9999 is 10, which is the next power.
			e += 1 + 2*toInt(f.notation == "engineering")
		}
		if d.point -= e; len(d.digits) == 0 {
			d.point = 0
		}
		exponent = l.Exponent + strings.Replace(strconv.Itoa(e), "-", l.Minus, 1)
	case "compact":
		d, pattern = f.compactForm(d)
	}
	rounded, whole, fraction := f.rounded(d)
	point, group := l.Decimal, l.Group
	if f.style == "currency" {
		point, group = l.MoneyDecimal, l.MoneyGroup
	}
	switch {
	case f.grouping == "always":
		whole = l.inGroups(whole, group, true)
	case f.grouping == "min2" && len(whole) < l.First+2, f.grouping == "never":
	default:
		whole = l.inGroups(whole, group, false)
	}
	if body = whole; fraction != "" {
		body += point + fraction
	}
	return body + exponent, pattern, len(rounded.digits) == 0
}

// compactForm divides a number by the power that its short form names.
func (f *numberFormat) compactForm(d decimal) (decimal, string) {
	forms := f.locale.Number.Short
	if f.compact == "long" {
		forms = f.locale.Number.Long
	}
	for range 2 {
		power := min(max(d.point-1, 0), len(forms)-1)
		form := forms[power]
		divided := d
		if len(d.digits) > 0 {
			divided.point = d.point - power + form.zeros
		}
		rounded, _, _ := f.rounded(divided)
		if rounded.point > divided.point && power+1 < len(forms) && len(rounded.digits) > 0 {
			// 999,999 is a million by its digits.
			d = decimal{[]byte{'1'}, d.point + 1, d.negative}
			continue
		}
		if len(rounded.digits) == 1 && rounded.digits[0] == '1' && rounded.point == 1 {
			return divided, form.one
		}
		return divided, form.two
	}
	return d, ""
}

// money puts the currency to a number.
func (f *numberFormat) money(body string, negative, positive bool, x float64) string {
	l := &f.locale.Number
	symbol := f.currency
	if f.display == "symbol" || f.display == "narrowSymbol" {
		if s := l.Symbols[f.currency]; s != "" {
			symbol = s
		}
		if s := l.Narrow[f.currency]; s != "" && f.display == "narrowSymbol" {
			symbol = s
		}
	}
	sign := ""
	switch {
	case negative:
		sign = l.Minus
	case positive:
		sign = l.Plus
	}
	pattern := l.Money
	if sign != "" {
		pattern = strings.Replace(l.MoneyMinus, "-", sign, 1)
	}
	if negative && f.sign == "accounting" {
		pattern = strings.Replace(l.Accounting, "-", sign, 1)
	}
	if f.display == "name" {
		if names := l.Names[f.currency]; len(names) == 2 {
			if symbol = names[1]; math.Abs(x) == 1 && f.minFraction == 0 {
				symbol = names[0]
			}
		}
		pattern = sign + l.MoneyName
	}
	// Letters do not touch digits.
	letters := []rune(symbol)
	if n := len(letters); n > 0 && isFinite(x) {
		if isLetter(letters[n-1]) {
			pattern = strings.Replace(pattern, "{c}{n}", "{c}\u00a0{n}", 1)
		}
		if isLetter(letters[0]) {
			pattern = strings.Replace(pattern, "{n}{c}", "{n}\u00a0{c}", 1)
		}
	}
	return strings.NewReplacer("{n}", body, "{c}", symbol).Replace(pattern)
}

func isLetter(r rune) bool {
	return 'a' <= r|0x20 && r|0x20 <= 'z' || r >= 0x80 && strings.ToUpper(string(r)) != strings.ToLower(string(r))
}
