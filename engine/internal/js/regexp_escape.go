package js

import (
	"strconv"
	"strings"
	"unicode"
)

// isIdentifier reports whether r may stand in the name of a group.
func isIdentifier(r rune, first bool) bool {
	if r == '$' || r == '_' || unicode.IsLetter(r) || unicode.Is(unicode.Nl, r) {
		return true
	}
	return !first && (unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Mc, r) || unicode.Is(unicode.Pc, r) || r == 0x200C || r == 0x200D)
}

// Classes as what stands between the brackets of Go's syntax.
const (
	digitClass    = `0-9`
	notDigitClass = `\x{0}-/:-\x{10FFFF}`
	wordClass     = `0-9A-Za-z_`
	notWordClass  = "\\x{0}-/:-@\\[-^`{-\\x{10FFFF}"
	spaceClass    = `\t-\r \x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}\x{FEFF}`
	notSpaceClass = `\x{0}-\x{8}\x{E}-\x{1F}!-\x{9F}\x{A1}-\x{167F}\x{1681}-\x{1FFF}\x{200B}-\x{2027}\x{202A}-\x{202E}\x{2030}-\x{205E}\x{2060}-\x{2FFF}\x{3001}-\x{FEFE}\x{FF00}-\x{10FFFF}`
)

var classEscapes = map[byte]string{
	'd': digitClass, 'D': notDigitClass, 'w': wordClass, 'W': notWordClass, 's': spaceClass, 'S': notSpaceClass,
}

// escape reads what starts with a backslash outside a class. It reports whether it
// is an assertion.
func (t *translator) escape() (assertion bool, err error) {
	if t.pos+1 >= len(t.source) {
		return false, errPattern
	}
	c := t.source[t.pos+1]
	switch {
	case c == 'b' || c == 'B':
		t.pos += 2
		t.out = append(t.out, '\\', c)
		return true, nil
	case classEscapes[c] != "":
		t.pos += 2
		t.write("[" + classEscapes[c] + "]")
		return false, nil
	case (c == 'p' || c == 'P') && t.unicode:
		class, err := t.property()
		if err != nil {
			return false, err
		}
		t.write("[" + class + "]")
		return false, nil
	case c == 'k' && (t.unicode || t.named):
		return false, errBackReference
	case '1' <= c && c <= '9':
		end := t.pos + 1
		for end < len(t.source) && isDecimal(t.source[end]) {
			end++
		}
		if n, err := strconv.Atoi(t.source[t.pos+1 : end]); err == nil && n <= t.groups {
			return false, errBackReference
		}
		if t.unicode {
			return false, errPattern
		}
	}
	r, err := t.character(false)
	if err == nil {
		t.literals(r)
	}
	return false, err
}

// character reads an escape that stands for one character (ECMA-262, 22.2.1,
// CharacterEscape, and B.1.2 without the flag u).
func (t *translator) character(inClass bool) (rune, error) {
	c := t.source[t.pos+1]
	t.pos += 2
	switch c {
	case 't':
		return '\t', nil
	case 'n':
		return '\n', nil
	case 'v':
		return '\v', nil
	case 'f':
		return '\f', nil
	case 'r':
		return '\r', nil
	case 'x':
		if r, ok := hexDigits(t.rest(), 2); ok {
			t.pos += 2
			return r, nil
		}
	case 'u':
		if r, size, ok := t.unicodeEscape(t.rest()); ok {
			t.pos += size
			return r, nil
		}
	case 'c':
		if t.pos < len(t.source) {
			if l := t.source[t.pos]; 'a' <= l|0x20 && l|0x20 <= 'z' || inClass && !t.unicode && isWord(l) {
				t.pos++
				return rune(l & 31), nil
			}
		}
		if !t.unicode {
			// The backslash stands for itself.
			t.pos--
			return '\\', nil
		}
	case '-':
		if inClass || !t.unicode {
			return '-', nil
		}
	}
	switch {
	case isDecimal(c):
		return t.octal(c)
	case strings.IndexByte(`^$\.*+?()[]{}|/`, c) >= 0:
		return rune(c), nil
	case t.unicode || c == 'k' && t.named:
		return 0, errPattern
	}
	r, size := decode(t.source[t.pos-1:])
	t.pos += size - 1
	return r, nil
}

// octal reads \0 and, without the flag u, octal numbers as they were.
func (t *translator) octal(c byte) (rune, error) {
	next := t.pos < len(t.source) && isDecimal(t.source[t.pos])
	if t.unicode {
		if c != '0' || next {
			return 0, errPattern
		}
		return 0, nil
	}
	if c >= '8' {
		return rune(c), nil
	}
	n := rune(c - '0')
	for digits := 1; digits < 3 && t.pos < len(t.source); digits++ {
		d := t.source[t.pos]
		if d < '0' || d > '7' || n*8+rune(d-'0') > 0o377 {
			break
		}
		n = n*8 + rune(d-'0')
		t.pos++
	}
	return n, nil
}

// hexDigits reads n digits.
func hexDigits(s string, n int) (rune, bool) {
	if len(s) < n {
		return 0, false
	}
	f, size := radixPrefix(s[:n], 16)
	return rune(f), size == n
}

// unicodeEscape reads what follows \u.
func (t *translator) unicodeEscape(s string) (r rune, size int, ok bool) {
	if t.unicode && strings.HasPrefix(s, "{") {
		end := strings.IndexByte(s, '}')
		if end < 2 {
			return 0, 0, false
		}
		f, n := radixPrefix(s[1:end], 16)
		return rune(min(f, 1<<30)), end + 1, n == end-1 && f <= 0x10FFFF
	}
	if r, ok = hexDigits(s, 4); !ok {
		return 0, 0, false
	}
	if t.unicode && isHigh(r) && strings.HasPrefix(s[4:], `\u`) {
		if low, ok := hexDigits(s[6:], 4); ok && isLow(low) {
			return pairOf(r, low), 10, true
		}
	}
	return r, 4, true
}

// categories :: long name of a general category -> short one
var categories = map[string]string{
	"Letter": "L", "Cased_Letter": "LC", "Uppercase_Letter": "Lu", "Lowercase_Letter": "Ll", "Titlecase_Letter": "Lt",
	"Modifier_Letter": "Lm", "Other_Letter": "Lo", "Mark": "M", "Nonspacing_Mark": "Mn", "Spacing_Mark": "Mc",
	"Enclosing_Mark": "Me", "Number": "N", "Decimal_Number": "Nd", "Letter_Number": "Nl", "Other_Number": "No",
	"Punctuation": "P", "Connector_Punctuation": "Pc", "Dash_Punctuation": "Pd", "Open_Punctuation": "Ps",
	"Close_Punctuation": "Pe", "Initial_Punctuation": "Pi", "Final_Punctuation": "Pf", "Other_Punctuation": "Po",
	"Symbol": "S", "Math_Symbol": "Sm", "Currency_Symbol": "Sc", "Modifier_Symbol": "Sk", "Other_Symbol": "So",
	"Separator": "Z", "Space_Separator": "Zs", "Line_Separator": "Zl", "Paragraph_Separator": "Zp",
	"Other": "C", "Control": "Cc", "Format": "Cf", "digit": "Nd", "punct": "P",
}

// binaryProperties :: property -> class in Go's syntax
var binaryProperties = map[string]string{
	"Alphabetic": `\p{L}\p{Nl}`, "Alpha": `\p{L}\p{Nl}`,
	"Uppercase": `\p{Lu}\x{2160}-\x{216F}\x{24B6}-\x{24CF}`, "Lowercase": `\p{Ll}\x{AA}\x{BA}\x{2170}-\x{217F}\x{24D0}-\x{24E9}`,
	"White_Space": spaceClass + `\x{85}`, "Any": `\x{0}-\x{10FFFF}`, "ASCII": `\x{0}-\x{7F}`,
	"ASCII_Hex_Digit":       `0-9A-Fa-f`,
	"Emoji":                 `#*0-9\x{A9}\x{AE}\x{203C}\x{2049}\x{2122}\x{2139}\x{2194}-\x{21AA}\x{231A}-\x{23FF}\x{24C2}\x{25AA}-\x{27BF}\x{2934}-\x{2B55}\x{3030}\x{303D}\x{3297}\x{3299}\x{1F004}\x{1F0CF}\x{1F170}-\x{1F251}\x{1F300}-\x{1FAFF}`,
	"Extended_Pictographic": `\x{A9}\x{AE}\x{203C}\x{2049}\x{2122}\x{2139}\x{2194}-\x{21AA}\x{231A}-\x{23FF}\x{24C2}\x{25AA}-\x{27BF}\x{2934}-\x{2B55}\x{3030}\x{303D}\x{3297}\x{3299}\x{1F000}-\x{1FAFF}`,
	"Emoji_Presentation":    `\x{231A}\x{231B}\x{23E9}-\x{23EC}\x{23F0}\x{23F3}\x{25FD}\x{25FE}\x{2614}\x{2615}\x{2648}-\x{2653}\x{267F}\x{2693}\x{26A1}\x{26AA}\x{26AB}\x{26BD}\x{26BE}\x{26C4}\x{26C5}\x{26CE}\x{26D4}\x{26EA}\x{26F2}\x{26F3}\x{26F5}\x{26FA}\x{26FD}\x{2705}\x{270A}\x{270B}\x{2728}\x{274C}\x{274E}\x{2753}-\x{2755}\x{2757}\x{2795}-\x{2797}\x{27B0}\x{27BF}\x{2B1B}\x{2B1C}\x{2B50}\x{2B55}\x{1F004}\x{1F0CF}\x{1F18E}\x{1F191}-\x{1F19A}\x{1F1E6}-\x{1F1FF}\x{1F300}-\x{1F64F}\x{1F680}-\x{1F6FC}\x{1F900}-\x{1FAFF}`,
}

// property reads \p{...} and returns what stands between brackets for it.
func (t *translator) property() (string, error) {
	negated := t.source[t.pos+1] == 'P'
	rest := t.source[t.pos+2:]
	end := strings.IndexByte(rest, '}')
	if !strings.HasPrefix(rest, "{") || end < 0 {
		return "", errPattern
	}
	t.pos += 2 + end + 1
	name, value, pair := strings.Cut(rest[1:end], "=")
	switch {
	case !pair && binaryProperties[name] != "":
		if negated {
			return "", errProperty
		}
		return binaryProperties[name], nil
	case !pair:
		value = name
	case name != "gc" && name != "General_Category" && name != "sc" && name != "Script" && name != "scx" && name != "Script_Extensions":
		return "", errProperty
	}
	if short := categories[value]; short != "" {
		value = short
	}
	letter := "p"
	if negated {
		letter = "P"
	}
	if value == "LC" && !negated {
		return `\p{Lu}\p{Ll}\p{Lt}`, nil
	}
	_, category := unicode.Categories[value]
	_, script := unicode.Scripts[value]
	if !category && !(script && pair) {
		return "", errProperty
	}
	return `\` + letter + `{` + value + `}`, nil
}
