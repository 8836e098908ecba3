package cel

import (
	"strconv"
	"strings"

	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/macros"
)

const (
	// reservedPrefix starts the names that stand for what CEL cannot spell.
	// The scanner keeps them out of the author's reach, and the binder
	// replaces all of them.
	reservedPrefix = "__sotto_"
	textCall       = reservedPrefix + "text"
	aliasPrefix    = reservedPrefix + "alias"
)

// mention is an alias that is written out in the source.
type mention struct {
	display string
	// end is where the path of a macro ends; 0 for any other mention, whose
	// end the tree tells.
	end int
}

// rewritten is an expression that cel-go can parse.
type rewritten struct {
	source string
	tokens []token
	text   string
	// mentions are numbered as in the names that stand for them.
	mentions []mention
	spans    []span
}

// rewriter spells tokens in CEL.
type rewriter struct {
	out strings.Builder
	// brackets :: token -> how many brackets close behind it
	brackets map[int]int
	rewritten
}

func rewrite(source string, tokens []token) (*rewritten, *eval.Error) {
	w := &rewriter{rewritten: rewritten{source: source, tokens: tokens}}
	w.out.Grow(len(source) + 32)
	copied := 0
	for i, t := range tokens {
		if i > 0 && w.brackets[i-1] > 0 {
			copied = w.closeBrackets(i-1, copied)
		}
		switch t.kind {
		case word, number:
			continue
		case punct:
			if w.doublesSign(i) {
				w.copy(copied, t.pos)
				copied = t.pos
				w.openBracket(i)
			}
			continue
		case root:
			if source[t.pos:t.end] == "secrets" {
				continue
			}
		case alias:
			if isPlainAlias(source[t.pos:t.end]) {
				continue
			}
		case text:
			plain, err := w.isPlain(t)
			if err != nil {
				return nil, err
			}
			if plain {
				continue
			}
		}
		w.copy(copied, t.pos)
		copied = t.end
		if err := w.token(i, t); err != nil {
			return nil, err
		}
	}
	copied = w.closeBrackets(len(tokens)-1, copied)
	w.copy(copied, len(source))
	w.text = w.out.String()
	return &w.rewritten, nil
}

// openBracket puts the operand of the sign at i in brackets, sign included.
func (w *rewriter) openBracket(i int) {
	w.made(w.tokens[i].pos)
	w.out.WriteByte('(')
	if w.brackets == nil {
		w.brackets = make(map[int]int)
	}
	w.brackets[w.operandEnd(i+1)]++
}

// closeBrackets closes the brackets that end with the token at i, and returns up
// to where the source is copied.
func (w *rewriter) closeBrackets(i, copied int) int {
	if w.brackets[i] == 0 {
		return copied
	}
	t := w.tokens[i]
	w.copy(copied, t.end)
	w.made(t.pos)
	w.out.WriteString(strings.Repeat(")", w.brackets[i]))
	return max(copied, t.end)
}

func (w *rewriter) copy(from, to int) {
	if from < to {
		w.part(w.source[from])
		w.spans = append(w.spans, span{out: w.out.Len(), in: from, copied: true})
		w.out.WriteString(w.source[from:to])
	}
}

// part keeps words apart that the author's text does not: `in<<secrets.list>>`.
func (w *rewriter) part(next byte) {
	if text := w.out.String(); text != "" && isAlias(text[len(text)-1]) && isAlias(next) {
		w.out.WriteByte(' ')
	}
}

// made notes that what follows stands for the source at pos.
func (w *rewriter) made(pos int) {
	w.spans = append(w.spans, span{out: w.out.Len(), in: pos})
}

// isPlainAlias reports whether an alias can stand in CEL as it is.
func isPlainAlias(alias string) bool {
	return !isDigit(alias[0]) && !strings.Contains(alias, "-") && !celWords[alias] && !strings.HasPrefix(alias, reservedPrefix)
}

// celWords are the words that are no field in CEL.
var celWords = map[string]bool{
	"in": true, "true": true, "false": true, "null": true,
	"as": true, "break": true, "const": true, "continue": true, "else": true, "for": true, "function": true, "if": true,
	"import": true, "let": true, "loop": true, "package": true, "namespace": true, "return": true, "var": true,
	"void": true, "while": true,
}

func (w *rewriter) token(i int, t token) *eval.Error {
	w.part('s')
	w.made(t.pos)
	switch t.kind {
	case root:
		w.out.WriteString("secrets")
	case alias:
		w.alias(mention{display: w.source[t.pos:t.end]})
	case macro:
		w.macro(t.path)
	case text:
		return w.textWithMacros(t)
	case noSubstitutionTemplate:
		w.out.WriteString(textCall + "(")
		return w.lastPiece(t, true)
	case templateHead:
		w.out.WriteString(textCall + "(")
		return w.templatePiece(i, t)
	case templateMiddle:
		w.closeSubstitution(i)
		return w.templatePiece(i, t)
	case templateTail:
		w.closeSubstitution(i)
		return w.lastPiece(t, true)
	}
	return nil
}

// alias writes the name that stands for a mention. Its place is that of the
// root, which the binder knows.
func (w *rewriter) alias(m mention) {
	w.out.WriteString(aliasPrefix)
	w.out.WriteString(strconv.Itoa(len(w.mentions)))
	w.mentions = append(w.mentions, m)
}

func (w *rewriter) macro(path *macroPath) {
	w.made(path.pos)
	w.out.WriteString("secrets.")
	w.alias(mention{display: path.display, end: path.end})
	for _, field := range path.fields {
		w.made(int(field.Pos))
		w.out.WriteByte('[')
		if literal, ok := field.Index.(*macros.Literal); ok {
			w.out.WriteString(strconv.FormatInt(literal.Value.(int64), 10))
		} else {
			quoteText(&w.out, field.Key)
		}
		w.out.WriteByte(']')
	}
}
