package js

import (
	"math"
	"strconv"
	"strings"
)

// numberFormat is what an Intl.NumberFormat does (ECMA-402, 15).
type numberFormat struct {
	locale                             *locale
	style, currency, display, sign     string
	notation, compact, signs, grouping string
	// rounding is the roundingMode, zeros the trailingZeroDisplay.
	rounding, zeros                    string
	minWhole, minFraction, maxFraction int
	minDigits, maxDigits               int
	// rough says that a compact number has two digits at least, and no fraction
	// beyond.
	rough bool
}

// currencyDigits :: currency -> digits behind the point, where there are not two
var currencyDigits = map[string]int{
	"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "PYG": 0, "UGX": 0, "XAF": 0, "XOF": 0, "XPF": 0, "RWF": 0, "KMF": 0, "GNF": 0, "DJF": 0, "BIF": 0, "VUV": 0,
	"KWD": 3, "BHD": 3, "TND": 3, "OMR": 3, "JOD": 3, "IQD": 3, "LYD": 3,
}

// newNumberFormat reads the options (ECMA-402, 15.1.2).
func (vm *machine) newNumberFormat(locales, options Value) (*numberFormat, error) {
	tags, err := localesOf(vm, locales)
	if err != nil {
		return nil, err
	}
	// What reading a locale for the first time takes is the program's.
	f := &numberFormat{}
	if f.locale, err = localeFor(tags); err != nil {
		return nil, err
	}
	if err := vm.step(20); err != nil {
		return nil, err
	}
	if options.isObject() {
		vm.seen = vm.seen || isTaintedRow(options)
	}
	read := func(to *string, name, fallback string, allowed ...string) {
		if err == nil {
			*to, err = vm.option(options, name, allowed, fallback)
		}
	}
	read(&f.style, "style", "decimal", "decimal", "percent", "currency", "unit")
	read(&f.display, "currencyDisplay", "symbol", "code", "symbol", "narrowSymbol", "name")
	read(&f.sign, "currencySign", "standard", "standard", "accounting")
	read(&f.notation, "notation", "standard", "standard", "scientific", "engineering", "compact")
	read(&f.compact, "compactDisplay", "short", "short", "long")
	read(&f.signs, "signDisplay", "auto", "auto", "never", "always", "exceptZero", "negative")
	read(&f.rounding, "roundingMode", "halfExpand", "ceil", "floor", "expand", "trunc", "halfCeil", "halfFloor", "halfExpand", "halfTrunc", "halfEven")
	read(&f.zeros, "trailingZeroDisplay", "auto", "auto", "stripIfInteger")
	if err != nil {
		return nil, err
	}
	if err := vm.onlyLatin(options); err != nil {
		return nil, err
	}
	if err := f.readCurrency(vm, options); err != nil {
		return nil, err
	}
	if err := f.readGrouping(vm, options); err != nil {
		return nil, err
	}
	return f, f.readDigits(vm, options)
}

func (f *numberFormat) readCurrency(vm *machine, options Value) error {
	v, err := vm.optionValue(options, "currency")
	if err != nil {
		return err
	}
	if f.style == "unit" {
		return typeError("Intl.NumberFormat of sotto has no units: write the unit yourself")
	}
	if v.kind == kindUndefined {
		if f.style == "currency" {
			return typeError("the style currency needs a currency, such as \"EUR\"")
		}
		return nil
	}
	s, err := toText(vm, v)
	if err != nil {
		return err
	}
	letter := func(r rune) bool { return 'A' <= r&^0x20 && r&^0x20 <= 'Z' && r < 0x80 }
	if len(s) != 3 || strings.ContainsFunc(s, func(r rune) bool { return !letter(r) }) {
		return rangeError("a currency is named by three letters, such as \"EUR\"")
	}
	f.currency = strings.ToUpper(s)
	return nil
}

func (f *numberFormat) readGrouping(vm *machine, options Value) error {
	v, err := vm.optionValue(options, "useGrouping")
	f.grouping = "auto"
	if f.notation == "compact" {
		f.grouping = "min2"
	}
	switch {
	case err != nil || v.kind == kindUndefined:
	case v.kind == kindString && (v.text == "always" || v.text == "auto" || v.text == "min2"):
		f.grouping = v.text
	case !truthy(v):
		f.grouping = "never"
	case v.kind == kindBool:
		f.grouping = "always"
	}
	return err
}

// digits reads an option that is a number between low and high; -1 where it is not
// given.
func (vm *machine) digitsOption(options Value, name string, low, high int) (int, error) {
	v, err := vm.optionValue(options, name)
	if err != nil || v.kind == kindUndefined {
		return -1, err
	}
	f, err := toNumber(vm, v)
	if err != nil {
		return 0, err
	}
	if !(f >= float64(low) && f <= float64(high)) {
		return 0, rangeError("the option " + name + " is out of range")
	}
	return int(f), nil
}

// readDigits is SetNumberFormatDigitOptions (ECMA-402, 15.1.3).
func (f *numberFormat) readDigits(vm *machine, options Value) error {
	low, high := 0, 3
	switch f.style {
	case "percent":
		high = 0
	case "currency":
		low = 2
		if n, ok := currencyDigits[f.currency]; ok {
			low = n
		}
		high = low
	}
	if f.notation != "standard" && f.style == "currency" {
		low = 0
	}
	if err := refuseRounding(vm, options); err != nil {
		return err
	}
	var err error
	if f.minWhole, err = vm.digitsOption(options, "minimumIntegerDigits", 1, 21); err != nil {
		return err
	}
	f.minWhole = max(1, f.minWhole)
	minimum, err := vm.digitsOption(options, "minimumFractionDigits", 0, 100)
	if err != nil {
		return err
	}
	maximum, err := vm.digitsOption(options, "maximumFractionDigits", 0, 100)
	if err != nil {
		return err
	}
	if f.minDigits, err = vm.digitsOption(options, "minimumSignificantDigits", 1, 21); err != nil {
		return err
	}
	if f.maxDigits, err = vm.digitsOption(options, "maximumSignificantDigits", max(1, f.minDigits), 21); err != nil {
		return err
	}
	if f.minDigits > 0 || f.maxDigits > 0 {
		f.minDigits = max(1, f.minDigits)
		if f.maxDigits < 0 {
			f.maxDigits = 21
		}
		return nil
	}
	f.rough = f.notation == "compact" && minimum < 0 && maximum < 0
	switch {
	case minimum < 0 && maximum < 0:
		minimum, maximum = low, high
	case minimum < 0:
		minimum = min(low, maximum)
	case maximum < 0:
		maximum = max(high, minimum)
	case minimum > maximum:
		return rangeError("the option maximumFractionDigits is out of range")
	}
	f.minFraction, f.maxFraction = minimum, maximum
	return nil
}

// refuseRounding refuses the options of rounding that are not there.
func refuseRounding(vm *machine, options Value) error {
	step, err := vm.digitsOption(options, "roundingIncrement", 1, 5000)
	if err != nil {
		return err
	}
	if step > 1 {
		return rangeError("sotto rounds to digits alone: round the number yourself, as in Math.round(x / 5) * 5, and leave roundingIncrement out")
	}
	priority, err := vm.option(options, "roundingPriority", []string{"auto", "morePrecision", "lessPrecision"}, "auto")
	if err == nil && priority != "auto" {
		return rangeError("the only roundingPriority is auto: leave it out")
	}
	return err
}

// rounded rounds a number and returns its digits.
func (f *numberFormat) rounded(d decimal) (decimal, string, string) {
	minimum := f.minFraction
	switch {
	case f.maxDigits > 0:
		d = d.rounded(f.maxDigits-d.point, f.rounding)
		// A zero has one digit before the point.
		minimum = f.minDigits - max(d.point, 1)
		if d.point < 1 && len(d.digits) > 0 {
			minimum = f.minDigits - d.point
		}
	case f.rough:
		d = d.rounded(max(0, 2-d.point), f.rounding)
		minimum = 0
	default:
		d = d.rounded(f.maxFraction, f.rounding)
	}
	whole, fraction := d.parts()
	if n := minimum - len(fraction); n > 0 {
		fraction += strings.Repeat("0", n)
	}
	if f.zeros == "stripIfInteger" && strings.Trim(fraction, "0") == "" {
		fraction = ""
	}
	if n := f.minWhole - len(whole); n > 0 {
		whole = strings.Repeat("0", n) + whole
	}
	return d, whole, fraction
}

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
