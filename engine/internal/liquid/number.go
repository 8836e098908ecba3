package liquid

import (
	"errors"
	"math"
	"math/big"
	"math/bits"
	"strconv"
	"strings"
)

// number is the operand of arithmetic: an int64, a big integer, or an exact
// fraction. Liquid computes in decimals, so 10.1 minus 2.2 is 7.9.
type number struct {
	small int64
	big   *big.Int // nil: small counts
	frac  *big.Rat // not nil: frac counts, and the result is printed as a float
}

// number returns v as a number: strings by their leading digits, and 0 for
// what is none.
func (v value) number() number {
	switch v.kind {
	case kindInt:
		return number{small: v.num}
	case kindBig:
		return number{big: v.ref.(*big.Int)}
	case kindFloat:
		return fraction(v)
	case kindString:
		return parseNumber(v.text)
	}
	return number{}
}

func fraction(v value) number {
	f := v.float()
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return number{frac: new(big.Rat)}
	}
	text := v.text
	if text == "" || strings.ContainsAny(text, "eE") {
		text = strconv.FormatFloat(f, 'g', -1, 64)
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return number{frac: new(big.Rat)}
	}
	return number{frac: r}
}

// parseNumber reads a number off the start of text as Ruby does: an exact
// decimal if all of text is one, else the leading integer.
func parseNumber(text string) number {
	text = strings.Trim(text, " \t\n\v\f\r\x00")
	if len(text) > maxNumberBytes {
		text = text[:maxNumberBytes]
	}
	if isDecimal(text) {
		r, _ := new(big.Rat).SetString(text)
		return number{frac: r}
	}
	digits := leadingInteger(text)
	if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
		return number{small: n}
	}
	if n, ok := new(big.Int).SetString(digits, 10); ok {
		return number{big: n}
	}
	return number{}
}

// isDecimal reports whether text is digits, a point and digits.
func isDecimal(text string) bool {
	whole, rest, ok := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	return ok && allDigits(whole) && allDigits(rest)
}

func allDigits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}

func leadingInteger(text string) string {
	i := 0
	if i < len(text) && (text[i] == '-' || text[i] == '+') {
		i++
	}
	for i < len(text) && '0' <= text[i] && text[i] <= '9' {
		i++
	}
	return text[:i]
}

// parseInteger reads text as Ruby's Integer does where all of it must be one:
// white space around it, a sign, and _ between digits.
func parseInteger(text string) (int64, bool) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "_") || strings.HasSuffix(text, "_") || strings.Contains(text, "__") {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(text, "_", ""), 10, 64)
	return n, err == nil || errors.Is(err, strconv.ErrRange)
}

// integer returns v where it is a whole number or spelled as one. What is
// larger than an int64 becomes the largest.
func (v value) integer() (int64, bool) {
	switch v.kind {
	case kindInt:
		return v.num, true
	case kindBig:
		if v.ref.(*big.Int).Sign() < 0 {
			return math.MinInt64, true
		}
		return math.MaxInt64, true
	case kindString:
		return parseInteger(v.text)
	}
	return 0, false
}

func (n number) whole() bool { return n.frac == nil }

func (n number) bigInt() *big.Int {
	if n.big != nil {
		return n.big
	}
	return big.NewInt(n.small)
}

func (n number) rat() *big.Rat {
	if n.frac != nil {
		return n.frac
	}
	return new(big.Rat).SetInt(n.bigInt())
}

func (n number) sign() int {
	switch {
	case n.frac != nil:
		return n.frac.Sign()
	case n.big != nil:
		return n.big.Sign()
	case n.small < 0:
		return -1
	case n.small > 0:
		return 1
	}
	return 0
}

func (n number) compare(m number) int {
	if n.frac == nil && m.frac == nil {
		if n.big == nil && m.big == nil {
			switch {
			case n.small < m.small:
				return -1
			case n.small > m.small:
				return 1
			}
			return 0
		}
		return n.bigInt().Cmp(m.bigInt())
	}
	return n.rat().Cmp(m.rat())
}

func (n number) value() value {
	switch {
	case n.frac != nil:
		f, _ := n.frac.Float64()
		return floatValue(f)
	case n.big != nil:
		return bigValue(n.big)
	}
	return intValue(n.small)
}

// maxNumberBits bounds the numbers that arithmetic makes.
const maxNumberBits = 4096

func (n number) tooLarge() bool {
	switch {
	case n.frac != nil:
		return n.frac.Num().BitLen() > maxNumberBits || n.frac.Denom().BitLen() > maxNumberBits
	case n.big != nil:
		return n.big.BitLen() > maxNumberBits
	}
	return false
}

func (n number) plus(m number) number {
	if n.frac != nil || m.frac != nil {
		return number{frac: new(big.Rat).Add(n.rat(), m.rat())}
	}
	if n.big == nil && m.big == nil {
		if sum := n.small + m.small; (sum > n.small) == (m.small > 0) {
			return number{small: sum}
		}
	}
	return number{big: new(big.Int).Add(n.bigInt(), m.bigInt())}
}

func (n number) negated() number {
	switch {
	case n.frac != nil:
		return number{frac: new(big.Rat).Neg(n.frac)}
	case n.big == nil && n.small != math.MinInt64:
		return number{small: -n.small}
	}
	return number{big: new(big.Int).Neg(n.bigInt())}
}

func (n number) abs() number {
	if n.sign() < 0 {
		return n.negated()
	}
	return n
}

func (n number) times(m number) number {
	if n.frac != nil || m.frac != nil {
		return number{frac: new(big.Rat).Mul(n.rat(), m.rat())}
	}
	if n.big == nil && m.big == nil && n.small != math.MinInt64 && m.small != math.MinInt64 {
		high, low := bits.Mul64(uint64(max(n.small, -n.small)), uint64(max(m.small, -m.small)))
		if high == 0 && low <= math.MaxInt64 {
			return number{small: n.small * m.small}
		}
	}
	return number{big: new(big.Int).Mul(n.bigInt(), m.bigInt())}
}

// dividedBy rounds down between integers. m must not be zero.
func (n number) dividedBy(m number) number {
	if n.frac != nil || m.frac != nil {
		return number{frac: new(big.Rat).Quo(n.rat(), m.rat())}
	}
	quotient, _ := floorDivision(n.bigInt(), m.bigInt())
	return number{big: quotient}
}

// modulo has the sign of m, which must not be zero.
func (n number) modulo(m number) number {
	if n.frac != nil || m.frac != nil {
		times := number{frac: new(big.Rat).Quo(n.rat(), m.rat())}.floor()
		return n.plus(times.times(m).negated()).asFraction()
	}
	_, rest := floorDivision(n.bigInt(), m.bigInt())
	return number{big: rest}
}

func (n number) asFraction() number { return number{frac: n.rat()} }

func floorDivision(n, m *big.Int) (quotient, rest *big.Int) {
	quotient, rest = new(big.Int).QuoRem(n, m, new(big.Int))
	if rest.Sign() != 0 && rest.Sign() != m.Sign() {
		quotient.Sub(quotient, big.NewInt(1))
		rest.Add(rest, m)
	}
	return quotient, rest
}

func (n number) floor() number {
	if n.frac == nil {
		return n
	}
	quotient, _ := floorDivision(n.frac.Num(), n.frac.Denom())
	return number{big: quotient}
}

// truncated drops what is behind the point.
func (n number) truncated() number {
	if n.frac != nil {
		if n.sign() < 0 {
			n = n.ceil()
		} else {
			n = n.floor()
		}
	}
	if n.big != nil && n.big.IsInt64() {
		return number{small: n.big.Int64()}
	}
	return n
}

func (n number) ceil() number { return n.negated().floor().negated() }

// maxRoundDigits is the most digits that round keeps or drops.
const maxRoundDigits = 400

// round rounds half away from zero to digits behind the point, and yields an
// integer where digits is 0 or less.
func (n number) round(digits int64) number {
	if digits > 0 && n.whole() {
		return n
	}
	digits = max(min(digits, maxRoundDigits), -maxRoundDigits)
	shift := number{big: new(big.Int).Exp(big.NewInt(10), big.NewInt(max(digits, -digits)), nil)}
	half := number{frac: big.NewRat(1, 2)}
	scaled := n.abs().asFraction()
	if digits >= 0 {
		scaled = scaled.times(shift)
	} else {
		scaled = scaled.dividedBy(shift)
	}
	rounded := scaled.plus(half).floor()
	if digits > 0 {
		rounded = rounded.asFraction().dividedBy(shift)
	} else if digits < 0 {
		rounded = rounded.times(shift)
	}
	if n.sign() < 0 {
		return rounded.negated()
	}
	return rounded
}
