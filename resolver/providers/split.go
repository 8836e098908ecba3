package providers

import (
	"regexp"
	"strings"
)

var (
	// begins finds what a provider begins with, quotes the kind in which commas may
	// stand in quotes.
	begins = regexp.MustCompile(`^\s*([A-Za-z0-9_./-]+=)?[a-z]+:`)
	quotes = regexp.MustCompile(`^\s*([A-Za-z0-9_./-]+=)?exec:`)
)

// Split cuts a list at its commas. One behind which no provider begins, or which
// stands in the quotes of a command, belongs to the provider before it.
func Split(list string) []string {
	var specs []string
	add := func(spec string) {
		if spec = strings.Trim(spec, ", \t"); spec != "" {
			specs = append(specs, spec)
		}
	}
	start, quoting := 0, quotes.MatchString(list)
	var quote byte
	for i := 0; i < len(list); i++ {
		switch c := list[i]; {
		case quoting && c == '\\' && quote != '\'':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case quoting && (c == '\'' || c == '"'):
			quote = c
		case c == ',' && begins.MatchString(list[i+1:]):
			add(list[start:i])
			start = i + 1
			quoting = quotes.MatchString(list[start:])
		}
	}
	add(list[start:])
	return specs
}
