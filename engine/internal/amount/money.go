package amount

import (
	"errors"
	"math/big"
	"strings"

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

// maxDigits is how long an amount may be, point and sign too. The formatter counts in 39
// digits, and writes "NaN" where they are not enough.
const maxDigits = 32

// Format writes n, rounded to the digits that the currency has.
func (m Money) Format(n *big.Rat) (string, error) {
	digits := n.FloatString(int(m.digits))
	if len(digits) > maxDigits {
		return "", ErrRange
	}
	if strings.Trim(digits, "-0.") == "" {
		digits = strings.TrimPrefix(digits, "-") // what rounds to nothing has no sign
	}
	sum, err := currency.NewAmount(digits, m.code)
	if err != nil {
		return "", ErrRange
	}
	return currency.NewFormatter(m.locale).Format(sum), nil
}
