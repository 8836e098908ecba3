package program

import (
	"errors"
	"strings"
)

var errQuote = errors.New("a quote is not closed")

// Words cuts a command into its words at white space. What stands in single quotes
// is taken as it is; in double quotes `\"` and `\\` are a quote and a backslash, and
// outside of quotes a backslash takes the next character as it is. Nothing else is
// special: no variable, no pattern, no pipe.
func Words(command string) ([]string, error) {
	var all []string
	var word strings.Builder
	within := false
	var quote byte
	for i := 0; i < len(command); i++ {
		c := command[i]
		next := byte(0)
		if i+1 < len(command) {
			next = command[i+1]
		}
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote == '"' && c == '\\' && (next == '"' || next == '\\'), quote == 0 && c == '\\' && next != 0:
			word.WriteByte(next)
			within = true
			i++
		case quote != 0:
			word.WriteByte(c)
		case c == '\'' || c == '"':
			quote, within = c, true
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			if within {
				all = append(all, word.String())
				word.Reset()
				within = false
			}
		default:
			word.WriteByte(c)
			within = true
		}
	}
	if quote != 0 {
		return nil, errQuote
	}
	if within {
		all = append(all, word.String())
	}
	return all, nil
}
