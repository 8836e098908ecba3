package cel

import (
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

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
	text string
	// mentions are numbered as in the names that stand for them.
	mentions []mention
	spans    []span
}

// span says that text[out:] up to the next span came from source[in:]. Copied
// text maps byte by byte; made-up text maps to its start.
type span struct {
	out, in int
	copied  bool
}

// rewriter spells tokens in CEL.
type rewriter struct {
	source string
	tokens []token
	out    strings.Builder
	rewritten
}

func rewrite(source string, tokens []token) (*rewritten, *eval.Error) {
	w := &rewriter{source: source, tokens: tokens}
	w.out.Grow(len(source) + 32)
	copied := 0
	for i, t := range tokens {
		switch t.kind {
		case word, number, punct:
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
	w.copy(copied, len(source))
	w.text = w.out.String()
	return &w.rewritten, nil
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
	case templateWhole:
		w.out.WriteString(textCall + "(")
		return w.lastPiece(t, true)
	case templateHead:
		w.out.WriteString(textCall + "(")
		return w.templatePiece(i, t)
	case templateMid:
		w.closeHole(i)
		return w.templatePiece(i, t)
	case templateTail:
		w.closeHole(i)
		return w.lastPiece(t, true)
	}
	return nil
}

// templatePiece writes the text of a template literal up to the `${` that ends t.
func (w *rewriter) templatePiece(i int, t token) *eval.Error {
	if err := w.pieces(t.pos+1, t.end-2, true); err != nil {
		return err
	}
	w.comma()
	w.made(t.end)
	if !w.isPlainHole(i + 1) {
		w.out.WriteByte('(')
	}
	return nil
}

// closeHole ends what stands in a `${}` whose `}` is the token at i.
func (w *rewriter) closeHole(i int) {
	from := i - 1
	for from > 0 && w.tokens[from].kind != templateHead && w.tokens[from].kind != templateMid {
		from = w.tokens[from].match - 1
	}
	if !w.isPlainHole(from + 1) {
		w.out.WriteByte(')')
	}
}

// isPlainHole reports whether all from the token at i to the end of its `${}` is
// one path: it needs no brackets to be one argument.
func (w *rewriter) isPlainHole(i int) bool {
	start := i
	for i < len(w.tokens) && w.isPathToken(w.tokens[i]) {
		i++
	}
	return i > start && i < len(w.tokens) && (w.tokens[i].kind == templateMid || w.tokens[i].kind == templateTail)
}

func (w *rewriter) isPathToken(t token) bool {
	switch t.kind {
	case word, root, alias:
		return true
	}
	return t.kind == punct && w.source[t.pos] == '.'
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

// body returns where the text of a literal starts and ends, and whether it is
// raw or bytes, which nothing looks into.
func (w *rewriter) body(t token) (from, to int, opaque bool) {
	quote := t.pos + literalPrefix(w.source[t.pos:t.end])
	mark := 1
	if t.end-quote >= 6 && w.source[quote+1] == w.source[quote] && w.source[quote+2] == w.source[quote] {
		mark = 3
	}
	return quote + mark, t.end - mark, quote > t.pos
}

// isPlain reports whether a literal needs no rewriting.
func (w *rewriter) isPlain(t token) (bool, *eval.Error) {
	from, to, opaque := w.body(t)
	if opaque {
		return true, nil
	}
	if _, at := decodeText(w.source[from:to], false); at >= 0 {
		return false, invalidEscape(from + at)
	}
	if !strings.Contains(w.source[from:to], "<<") {
		return true, nil
	}
	found := false
	err := w.eachMacro(from, to, func(*macroPath, int, int) { found = true })
	return !found && !strings.Contains(w.source[from:to], `\<<`), err
}

func (w *rewriter) textWithMacros(t token) *eval.Error {
	w.out.WriteString(textCall + "(")
	return w.lastPiece(t, false)
}

// lastPiece writes the text of a literal that ends with t, and ends its call.
func (w *rewriter) lastPiece(t token, template bool) *eval.Error {
	from, to := t.pos+1, t.end-1
	if !template {
		from, to, _ = w.body(t)
	}
	err := w.pieces(from, to, template)
	w.made(t.pos)
	w.out.WriteByte(')')
	return err
}

// comma parts the arguments of a call: nothing stands before the first.
func (w *rewriter) comma() {
	if text := w.out.String(); text[len(text)-1] != '(' {
		w.out.WriteByte(',')
	}
}

// eachMacro calls found with each macro in source[from:to] and its offsets.
func (w *rewriter) eachMacro(from, to int, found func(path *macroPath, pos, end int)) *eval.Error {
	for at := from; at+1 < to; {
		switch {
		case w.source[at] == '\\':
			at += 2
		case strings.HasPrefix(w.source[at:to], "<<"):
			path, end, state := readMacro(w.source[:to], at)
			switch state {
			case macroBroken:
				return eval.SyntaxError(path.pos, "the macro is malformed: write <<Secrets.name>> or <<Secrets.name.field>>")
			case macroText:
				at += 2
			default:
				found(path, at, end)
				at = end
			}
		default:
			at++
		}
	}
	return nil
}

// pieces writes the text and macros of source[from:to] as arguments.
func (w *rewriter) pieces(from, to int, template bool) *eval.Error {
	var bad *eval.Error
	plain := func(from, to int) {
		if from >= to || bad != nil {
			return
		}
		decoded, at := decodeText(w.source[from:to], template)
		if at >= 0 {
			bad = invalidEscape(from + at)
			return
		}
		w.comma()
		w.made(from)
		quoteText(&w.out, decoded)
	}
	done := from
	err := w.eachMacro(from, to, func(path *macroPath, pos, end int) {
		plain(done, pos)
		w.comma()
		w.macro(path)
		done = end
	})
	plain(done, to)
	if err == nil {
		err = bad
	}
	return err
}

// offset returns where in the author's source the code point at out of the
// rewritten text came from.
func (r *rewritten) offset(codePoint int) int {
	out := codePoint
	if !isASCII(r.text) {
		out = 0
		for i := 0; i < codePoint && out < len(r.text); i++ {
			_, size := utf8.DecodeRuneInString(r.text[out:])
			out += size
		}
	}
	i := sort.Search(len(r.spans), func(i int) bool { return r.spans[i].out > out }) - 1
	if i < 0 {
		return 0
	}
	if s := r.spans[i]; s.copied {
		return s.in + out - s.out
	}
	return r.spans[i].in
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
