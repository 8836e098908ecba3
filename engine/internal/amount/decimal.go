package amount

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// MaxDigits is how many digits behind the point a number is written with at most.
const MaxDigits = 400

// maxSpelling bounds the spelling of a number, because arithmetic on long ones is
// slow.
const maxSpelling = 400

// Parse returns the number that all of text spells: digits, with a point and
// more digits where need be, and white space around them.
func Parse(text string) (*big.Rat, bool) {
	text = strings.TrimSpace(text)
	whole, fraction, hasPoint := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	if len(text) > maxSpelling || !isDigits(whole) || hasPoint && !isDigits(fraction) {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

func isDigits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// OfDouble returns f as the shortest decimal that means it; none is not finite.
func OfDouble(f float64) (*big.Rat, bool) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, false
	}
	return new(big.Rat).SetString(strconv.FormatFloat(f, 'g', -1, 64))
}

// Delimited writes n with all its digits, a delimiter between groups of three of
// them, and the separator where the point is.
func Delimited(n *big.Rat, delimiter, separator string) string {
	places, _ := n.FloatPrec()
	whole, fraction, hasPoint := strings.Cut(n.FloatString(min(places, MaxDigits)), ".")
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

// Fixed writes n rounded to so many digits, from 0 to [MaxDigits], behind the
// separator.
func Fixed(n *big.Rat, digits int, separator string) string {
	return strings.Replace(n.FloatString(digits), ".", separator, 1)
}
