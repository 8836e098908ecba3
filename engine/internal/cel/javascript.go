package cel

import (
	"strings"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// foreignSigns are signs of JavaScript that CEL does not have, each before those
// that start like it. Only `?.` may stand in CEL, as in `a ?.b : c`, so that they
// are looked for where CEL does not parse.
var foreignSigns = []string{"=>", "===", "!==", "??", "?.", "..."}

// javaScript returns the mistakes of a source that CEL cannot parse because it is
// JavaScript, one for each sign of it.
func javaScript(source string, tokens []token) []*eval.Error {
	var wrong []*eval.Error
	for i := 0; i < len(tokens) && len(wrong) < eval.MaxMistakes; i++ {
		sign := foreignSign(source, tokens, i)
		if sign == "" {
			continue
		}
		wrong = append(wrong, eval.SyntaxError(tokens[i].pos,
			"`"+sign+"` is JavaScript, and this is CEL: choose language js, or write it as CEL does"))
		if tokens[i].kind == punct {
			i += len(sign) - 1 // one token each
		}
	}
	return wrong
}

func foreignSign(source string, tokens []token, i int) string {
	t := tokens[i]
	rest := source[t.pos:]
	switch t.kind {
	case punct:
		for _, sign := range foreignSigns {
			// In `a?.5:b` a number stands behind the question mark.
			if strings.HasPrefix(rest, sign) && (sign != "?." || len(rest) == len(sign) || !isDigit(rest[len(sign)])) {
				return sign
			}
		}
	case word:
		if source[t.pos:t.end] != "new" || i > 0 && tokens[i-1].kind == punct && source[tokens[i-1].pos] == '.' || i+1 == len(tokens) {
			return ""
		}
		next := tokens[i+1]
		if next.kind == root || next.kind == word && source[next.pos:next.end] != "in" {
			return "new"
		}
	}
	return ""
}
