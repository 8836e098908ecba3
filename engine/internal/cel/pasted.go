package cel

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// What word processors, browsers and HTML make of source that is pasted through
// them.
var (
	// pastedQuotes are typographic quotes, and pastedSpaces spaces that are none
	// of CEL's.
	pastedQuotes = "“”„‟«»‘’‚‛‹›"
	pastedSpaces = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
	entity       = regexp.MustCompile(`^&(lt|gt|amp|quot|apos|nbsp|#0*3[49]|#x0*2[27]);`)
	// entities :: name of an entity -> what it stands for; any other is a quote
	entities = map[string]string{"lt": "<", "gt": ">", "amp": "&", "nbsp": "a space"}
)

// pasted says what is wrong at a place where no token starts, if it is one of
// these. No CEL holds them outside of a text.
func pasted(source string, at int) *eval.Error {
	if source[at] == '&' {
		found := entity.FindStringSubmatch(source[at:])
		if found == nil {
			return nil
		}
		meant, ok := entities[found[1]]
		if !ok {
			meant = "a quote"
		}
		return eval.SyntaxError(at, "`"+found[0]+"` is HTML: write "+strings.NewReplacer("<", "`<`", ">", "`>`", "&", "`&`").Replace(meant))
	}
	switch r, _ := utf8.DecodeRuneInString(source[at:]); {
	case strings.ContainsRune(pastedQuotes, r):
		return eval.SyntaxError(at, "this is a typographic quote: write \" or '")
	case strings.ContainsRune(pastedSpaces, r):
		return eval.SyntaxError(at, "this is a no-break or another special space: write a plain one")
	}
	return nil
}
