package liquid

import (
	"math/big"

	"github.com/sotto-render/sotto/engine/internal/amount"
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
		return stringValue(amount.Delimited(n, textArg(args, 0, ","), textArg(args, 1, ".")))
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
		return amount.Parse(v.text)
	}
	return nil, false
}

func withPrecision(c *call, in value, args []value) value {
	digits := int64(3)
	if len(args) > 0 && !args[0].nothing() {
		digits = c.integerArg(args, 0)
	}
	if digits < 0 || digits > amount.MaxDigits {
		return c.reject("the digits are out of range")
	}
	n, ok := in.decimal()
	if !ok {
		return in
	}
	return stringValue(amount.Fixed(n, int(digits), textArg(args, 1, ".")))
}

// money writes an amount as CLDR does for a locale, rounded to the digits that
// the currency has.
func money(c *call, in value, args []value) value {
	format, err := amount.MoneyOf(args[0].string(), textArg(args, 1, "en"))
	if err != nil {
		return c.reject(err.Error())
	}
	n, ok := in.decimal()
	if !ok {
		return in
	}
	return c.checked(format.Format(n))
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
