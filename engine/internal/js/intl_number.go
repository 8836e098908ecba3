package js

import "strings"

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
