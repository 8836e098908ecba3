package liquid

import (
	"iter"
	"strings"
	"unicode/utf8"

	"github.com/sotto-render/sotto/engine/internal/escape"
)

// editFilters work on text, counted in code points. What is escaped in a text
// before one of them is not escaped again behind it.
var editFilters = map[string]*filter{
	"append":         {run: appendText},
	"prepend":        {run: prependText},
	"strip":          {run: func(c *call, in value, _ []value) value { return c.trim(in, true, true) }},
	"lstrip":         {run: func(c *call, in value, _ []value) value { return c.trim(in, true, false) }},
	"rstrip":         {run: func(c *call, in value, _ []value) value { return c.trim(in, false, true) }},
	"squish":         {run: squish},
	"strip_newlines": {run: func(c *call, in value, _ []value) value { return c.edit(in, lineEnds(in.string()), value{}) }},
	"replace":        {run: replaceAll},
	"replace_first":  {run: replaceFirst},
	"replace_last":   {run: replacing(strings.LastIndex)},
	"remove":         {run: replaceAll},
	"remove_first":   {run: replacing(strings.Index)},
	"remove_last":    {run: replacing(strings.LastIndex)},
	"truncate":       {run: truncate},
	"truncatewords":  {run: truncateWords},
	"slice":          {run: slice},
	"split":          {run: split},
}

// stripped is the white space that Ruby's strip removes.
const stripped = " \t\n\v\f\r\x00"

func appendText(c *call, in value, args []value) value  { return c.joined(in, args[0]) }
func prependText(c *call, in value, args []value) value { return c.joined(args[0], in) }

func (c *call) joined(a, b value) value {
	if !c.affords(len(a.text) + len(b.text)) {
		return value{}
	}
	if c.plain(a, b) {
		return stringValue(a.string() + b.string())
	}
	e := escape.NewEditor(c.escaping(), escape.Text{})
	e.Join(c.text(a))
	e.Join(c.text(b))
	return textOf(e.Text())
}

func (c *call) trim(in value, left, right bool) value {
	s := in.string()
	from, to := 0, len(s)
	if right {
		to = len(strings.TrimRight(s, stripped))
	}
	if left {
		from = to - len(strings.TrimLeft(s[:to], stripped))
	}
	return c.cut(in, from, to)
}

func squish(c *call, in value, _ []value) value {
	e := c.editor(in)
	trimmed := strings.TrimRight(e.Source(), stripped)
	blank := len(trimmed) - len(strings.TrimLeft(trimmed, stripped))
	for i, word := range fields(trimmed[blank:], isASCIISpace) {
		word.From, word.To = word.From+blank, word.To+blank
		if i > 0 {
			e.Space(word.From)
		}
		e.Keep(word.From, word.To)
	}
	return textOf(e.Text())
}

// fields returns what stands between white space.
func fields(s string, isSpace func(rune) bool) []escape.Span {
	var words []escape.Span
	from := -1
	for i, r := range s {
		switch space := isSpace(r); {
		case space && from >= 0:
			words, from = append(words, escape.Span{From: from, To: i}), -1
		case !space && from < 0:
			from = i
		}
	}
	if from >= 0 {
		words = append(words, escape.Span{From: from, To: len(s)})
	}
	return words
}

// lineEnds yields each \n, with a \r before it.
func lineEnds(s string) iter.Seq[escape.Span] {
	return func(yield func(escape.Span) bool) {
		for found := range occurrences(s, "\n") {
			if found.From > 0 && s[found.From-1] == '\r' {
				found.From--
			}
			if !yield(found) {
				return
			}
		}
	}
}

// occurrences yields where old stands in s. An empty one stands before each
// code point and at the end.
func occurrences(s, old string) iter.Seq[escape.Span] {
	return func(yield func(escape.Span) bool) {
		for at := 0; ; {
			found := strings.Index(s[at:], old)
			if found < 0 || !yield(escape.Span{From: at + found, To: at + found + len(old)}) {
				return
			}
			at += found + len(old)
			if old == "" {
				if at == len(s) {
					return
				}
				_, size := utf8.DecodeRuneInString(s[at:])
				at += size
			}
		}
	}
}

func truncate(c *call, in value, args []value) value {
	limit, ending := int64(50), stringValue("...")
	if len(args) > 0 {
		limit = c.integerArg(args, 0)
	}
	if len(args) > 1 {
		ending = args[1]
	}
	s := in.string()
	if in.nothing() || int64(utf8.RuneCountInString(s)) <= limit {
		return c.cut(in, 0, len(s))
	}
	keep := runeOffset(s, max(limit-int64(utf8.RuneCountInString(ending.string())), 0))
	if c.plain(in, ending) {
		return stringValue(s[:keep] + ending.string())
	}
	e := c.editor(in)
	e.Keep(0, keep)
	e.Skip(len(s))
	e.Insert(c.text(ending))
	return textOf(e.Text())
}

// runeOffset returns the byte offset of code point n, or the end of s.
func runeOffset(s string, n int64) int {
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}

func truncateWords(c *call, in value, args []value) value {
	limit, ending := int64(15), stringValue("...")
	if len(args) > 0 {
		limit = max(c.integerArg(args, 0), 1)
	}
	if len(args) > 1 {
		ending = args[1]
	}
	e := c.editor(in)
	words := fields(e.Source(), isASCIISpace)
	if int64(len(words)) <= limit {
		return c.cut(in, 0, len(e.Source()))
	}
	for i, word := range words[:limit] {
		if i > 0 {
			e.Space(word.From)
		}
		e.Keep(word.From, word.To)
	}
	e.Skip(len(e.Source()))
	e.Insert(c.text(ending))
	return textOf(e.Text())
}

func isASCIISpace(r rune) bool { return r < utf8.RuneSelf && strings.ContainsRune(stripped, r) }

func slice(c *call, in value, args []value) value {
	from, length := c.integerArg(args, 0), int64(1)
	if len(args) > 1 && !args[1].nothing() {
		length = c.integerArg(args, 1)
	}
	isList := in.kind == kindList
	var s string
	size := int64(in.len())
	if !isList {
		s = in.string()
		size = int64(utf8.RuneCountInString(s))
	}
	if from < 0 {
		from += size
	}
	if from < 0 || from > size || length < 0 {
		from, length = 0, 0
	}
	length = min(length, size-from)
	if !isList {
		begin := runeOffset(s, from)
		return c.cut(in, begin, begin+runeOffset(s[begin:], length))
	}
	if !c.affords(int(length) * elementBytes) {
		return value{}
	}
	list := make([]value, length)
	for i := range list {
		list[i] = in.at(int(from) + i)
	}
	return listValue(list)
}

// split is Ruby's: a space splits at white space, "" between code points, and
// empty strings at the end are dropped.
func split(c *call, in value, args []value) value {
	s, by := in.string(), args[0].string()
	if !c.spend(elementBytes * (strings.Count(s, by) + 1)) {
		return value{}
	}
	var parts []escape.Span
	if by == " " {
		parts = fields(s, isASCIISpace)
	} else {
		parts = between(s, by)
	}
	for len(parts) > 0 && parts[len(parts)-1].From == parts[len(parts)-1].To {
		parts = parts[:len(parts)-1]
	}
	return listValue(c.cuts(in, parts))
}

// between returns what stands between the occurrences of by.
func between(s, by string) []escape.Span {
	var parts []escape.Span
	from := 0
	for found := range occurrences(s, by) {
		if by == "" && found.From == 0 {
			continue
		}
		parts, from = append(parts, escape.Span{From: from, To: found.From}), found.To
	}
	return append(parts, escape.Span{From: from, To: len(s)})
}
