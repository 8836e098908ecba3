package cel

import (
	"strings"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// templatePiece writes the text of a template literal up to the `${` that ends t.
func (w *rewriter) templatePiece(i int, t token) *eval.Error {
	if err := w.pieces(t.pos+1, t.end-2, true); err != nil {
		return err
	}
	w.comma()
	w.made(t.end)
	if !w.isPlainSubstitution(i + 1) {
		w.out.WriteByte('(')
	}
	return nil
}

// closeSubstitution ends what stands in a `${}` whose `}` is the token at i.
func (w *rewriter) closeSubstitution(i int) {
	from := i - 1
	for from > 0 && w.tokens[from].kind != templateHead && w.tokens[from].kind != templateMiddle {
		from = w.tokens[from].match - 1
	}
	if !w.isPlainSubstitution(from + 1) {
		w.out.WriteByte(')')
	}
}

// isPlainSubstitution reports whether all from the token at i to the end of its `${}` is
// one path: it needs no brackets to be one argument.
func (w *rewriter) isPlainSubstitution(i int) bool {
	start := i
	for i < len(w.tokens) && w.isPathToken(w.tokens[i]) {
		i++
	}
	return i > start && i < len(w.tokens) && (w.tokens[i].kind == templateMiddle || w.tokens[i].kind == templateTail)
}

func (w *rewriter) isPathToken(t token) bool {
	switch t.kind {
	case word, root, alias:
		return true
	}
	return t.kind == punct && w.source[t.pos] == '.'
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
