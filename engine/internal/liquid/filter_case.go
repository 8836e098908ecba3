package liquid

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

// caseFilters map letters as Ruby does: by the full tables of Unicode, for no
// language, and without the other form of Σ at the end of a word.
var caseFilters = map[string]*filter{
	"upcase":     {run: func(c *call, in value, _ []value) value { return c.eachPart(in, upcase) }},
	"downcase":   {run: func(c *call, in value, _ []value) value { return c.eachPart(in, downcase) }},
	"capitalize": {run: capitalize},
}

func upcase(s string) string {
	if isASCII(s) {
		return strings.ToUpper(s)
	}
	return cases.Upper(language.Und).String(s)
}

func downcase(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	return cases.Lower(language.Und, cases.HandleFinalSigma(false)).String(s)
}

// titlecase maps one character.
func titlecase(s string) string {
	if isASCII(s) {
		return strings.ToUpper(s)
	}
	return cases.Title(language.Und, cases.NoLower).String(s)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func capitalize(c *call, in value, _ []value) value {
	begun := false
	return c.eachPart(in, func(s string) string {
		if begun {
			return downcase(s)
		}
		begun = s != ""
		_, size := utf8.DecodeRuneInString(s)
		return titlecase(s[:size]) + downcase(s[size:])
	})
}
