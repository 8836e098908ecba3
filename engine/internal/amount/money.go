package amount

import (
	"errors"
	"math/big"

	"github.com/bojanz/currency"
	"golang.org/x/text/language"
)

// The errors of [MoneyOf] and [Money.Format].
var (
	ErrCurrency = errors.New("there is no such currency")
	ErrLocale   = errors.New("there is no such locale")
	ErrRange    = errors.New("the amount is out of range")
)

// Money writes amounts of a currency as CLDR does for a locale.
type Money struct {
	code   string
	locale currency.Locale
	digits uint8
}

// MoneyOf returns how a currency, by its ISO 4217 code, is written in a locale.
func MoneyOf(code, locale string) (Money, error) {
	digits, ok := currency.GetDigits(code)
	if !ok {
		return Money{}, ErrCurrency
	}
	if _, err := language.Parse(locale); err != nil {
		return Money{}, ErrLocale
	}
	return Money{code, currency.NewLocale(locale), digits}, nil
}

// Format writes n, rounded to the digits that the currency has.
func (m Money) Format(n *big.Rat) (string, error) {
	sum, err := currency.NewAmount(n.FloatString(int(m.digits)), m.code)
	if err != nil {
		return "", ErrRange
	}
	return currency.NewFormatter(m.locale).Format(sum), nil
}
