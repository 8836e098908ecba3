package liquid

import (
	"math/big"
	"strings"

	"github.com/bojanz/currency"
	"golang.org/x/text/language"

	"github.com/sotto-render/sotto/engine/internal/escape"
)

// wordFilters write numbers and lists for people. What is no number stays as
// it is.
var wordFilters = map[string]*filter{
	"number_with_delimiter": {run: func(_ *call, in value, args []value) value {
		n, ok := in.decimal()
		if !ok {
			return in
		}
		digits, _ := n.FloatPrec()
		return stringValue(delimited(n.FloatString(min(digits, maxRoundDigits)), textArg(args, 0, ","), textArg(args, 1, ".")))
	}},
	"number_with_precision": {run: withPrecision},
	"currency":              {run: money},
	"pluralize": {run: func(_ *call, in value, args []value) value {
		if in.number().compare(number{small: 1}) == 0 {
			return args[0]
		}
		return args[1]
	}},
	"to_sentence": {run: toSentence},
}

// decimal returns v where it is a number or spelled as one.
func (v value) decimal() (*big.Rat, bool) {
	switch v.kind {
	case kindInt, kindFloat, kindBig:
		return v.number().rat(), true
	case kindString:
		text := strings.TrimSpace(v.text)
		digits := strings.TrimPrefix(text, "-")
		if len(text) <= maxNumberBytes && (allDigits(digits) || isDecimal(digits)) {
			return new(big.Rat).SetString(text)
		}
	}
	return nil, false
}

// delimited puts a delimiter between groups of three digits, and the separator
// where the point is.
func delimited(text, delimiter, separator string) string {
	whole, fraction, hasPoint := strings.Cut(text, ".")
	digits := strings.TrimPrefix(whole, "-")
	var b strings.Builder
	b.WriteString(whole[:len(whole)-len(digits)])
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(delimiter)
		}
		b.WriteByte(digits[i])
	}
	if hasPoint {
		b.WriteString(separator + fraction)
	}
	return b.String()
}

func withPrecision(c *call, in value, args []value) value {
	digits := int64(3)
	if len(args) > 0 && !args[0].nothing() {
		digits = c.integerArg(args, 0)
	}
	if digits < 0 || digits > maxRoundDigits {
		return c.reject("the digits are out of range")
	}
	n, ok := in.decimal()
	if !ok {
		return in
	}
	return stringValue(strings.Replace(n.FloatString(int(digits)), ".", textArg(args, 1, "."), 1))
}

// money writes an amount as CLDR does for a locale, rounded to the digits that
// the currency has.
func money(c *call, in value, args []value) value {
	code := args[0].string()
	digits, ok := currency.GetDigits(code)
	if !ok {
		return c.reject("there is no such currency")
	}
	locale := textArg(args, 1, "en")
	if _, err := language.Parse(locale); err != nil {
		return c.reject("there is no such locale")
	}
	n, ok := in.decimal()
	if !ok {
		return in
	}
	amount, err := currency.NewAmount(n.FloatString(int(digits)), code)
	if err != nil {
		return c.reject("the amount is out of range")
	}
	return stringValue(currency.NewFormatter(currency.NewLocale(locale)).Format(amount))
}

// toSentence joins items as English does, or with other connectors.
func toSentence(c *call, in value, args []value) value {
	connectors := [3]value{stringValue(", "), stringValue(" and "), stringValue(", and ")}
	copy(connectors[:], args)
	list := c.list(in)
	e := escape.NewEditor(c.escaping(), escape.Text{})
	for i, item := range list {
		switch {
		case i == 0:
		case len(list) == 2:
			e.Join(c.text(connectors[1]))
		case i == len(list)-1:
			e.Join(c.text(connectors[2]))
		default:
			e.Join(c.text(connectors[0]))
		}
		e.Join(c.text(item))
		if e.Len() > c.limits.OutputBytes {
			break
		}
	}
	return textOf(e.Text())
}
