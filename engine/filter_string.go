package engine

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// editFilters work on text, counted in code points. What is escaped in a text
// before one of them is not escaped again behind it.
var editFilters = map[string]*filter{
	"append":         {run: appendText, min: 1, max: 1},
	"prepend":        {run: prependText, min: 1, max: 1},
	"strip":          {run: func(c *call, in value, _ []value) value { return c.trim(in, true, true) }},
	"lstrip":         {run: func(c *call, in value, _ []value) value { return c.trim(in, true, false) }},
	"rstrip":         {run: func(c *call, in value, _ []value) value { return c.trim(in, false, true) }},
	"squish":         {run: squish},
	"strip_newlines": {run: func(c *call, in value, _ []value) value { return c.edit(in, lineEnds(in.string()), value{}) }},
	"replace":        {run: replaceAll, min: 1, max: 2},
	"replace_first":  {run: replacing(strings.Index), min: 1, max: 2},
	"replace_last":   {run: replacing(strings.LastIndex), min: 2, max: 2},
	"remove":         {run: replaceAll, min: 1, max: 1},
	"remove_first":   {run: replacing(strings.Index), min: 1, max: 1},
	"remove_last":    {run: replacing(strings.LastIndex), min: 1, max: 1},
	"truncate":       {run: truncate, max: 2},
	"truncatewords":  {run: truncateWords, max: 2},
	"slice":          {run: slice, min: 1, max: 2},
	"split":          {run: split, min: 1, max: 1},
}

// stripped is the white space that Ruby's strip removes.
const stripped = " \t\n\v\f\r\x00"

func appendText(c *call, in value, args []value) value  { return c.joined(in, args[0]) }
func prependText(c *call, in value, args []value) value { return c.joined(args[0], in) }

func (c *call) joined(a, b value) value {
	if c.plain(a, b) {
		return stringValue(a.string() + b.string())
	}
	w := &weave{context: c.template.context}
	w.join(a)
	w.join(b)
	return w.value()
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
	w := c.weave(in)
	for i, word := range fields(w.source, unicode.IsSpace) {
		if i > 0 {
			w.space(word.from)
		}
		w.keep(word.from, word.to)
	}
	return w.value()
}

// fields returns what stands between white space.
func fields(s string, isSpace func(rune) bool) []span {
	var words []span
	from := -1
	for i, r := range s {
		switch space := isSpace(r); {
		case space && from >= 0:
			words, from = append(words, span{from, i}), -1
		case !space && from < 0:
			from = i
		}
	}
	if from >= 0 {
		words = append(words, span{from, len(s)})
	}
	return words
}

// lineEnds yields each \n, with a \r before it.
func lineEnds(s string) iter.Seq[span] {
	return func(yield func(span) bool) {
		for found := range occurrences(s, "\n") {
			if found.from > 0 && s[found.from-1] == '\r' {
				found.from--
			}
			if !yield(found) {
				return
			}
		}
	}
}

// occurrences yields where old stands in s. An empty one stands before each
// code point and at the end.
func occurrences(s, old string) iter.Seq[span] {
	return func(yield func(span) bool) {
		for at := 0; ; {
			found := strings.Index(s[at:], old)
			if found < 0 || !yield(span{at + found, at + found + len(old)}) {
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

func replaceAll(c *call, in value, args []value) value {
	s, old, with := in.string(), args[0].string(), replacement(args)
	if grown := len(s) + strings.Count(s, old)*(len(with.string())-len(old)); grown > c.limits.OutputBytes {
		c.spend(grown)
		return value{}
	}
	return c.edit(in, occurrences(s, old), with)
}

// replacing builds a filter that replaces what find finds.
func replacing(find func(s, old string) int) func(*call, value, []value) value {
	return func(c *call, in value, args []value) value {
		old := args[0].string()
		return c.edit(in, func(yield func(span) bool) {
			if at := find(in.string(), old); at >= 0 {
				yield(span{at, at + len(old)})
			}
		}, replacement(args))
	}
}

// replacement is what `replace` puts, and `remove` does not.
func replacement(args []value) value {
	if len(args) > 1 {
		return args[1]
	}
	return value{}
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
	w := c.weave(in)
	w.keep(0, keep)
	w.skip(len(s))
	w.insert(ending)
	return w.value()
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
	w := c.weave(in)
	words := fields(w.source, isASCIISpace)
	if int64(len(words)) <= limit {
		return c.cut(in, 0, len(w.source))
	}
	for i, word := range words[:limit] {
		if i > 0 {
			w.space(word.from)
		}
		w.keep(word.from, word.to)
	}
	w.skip(len(w.source))
	w.insert(ending)
	return w.value()
}

func isASCIISpace(r rune) bool { return r < utf8.RuneSelf && strings.ContainsRune(stripped, r) }

func slice(c *call, in value, args []value) value {
	from, length := c.integerArg(args, 0), int64(1)
	if len(args) > 1 && !args[1].nothing() {
		length = c.integerArg(args, 1)
	}
	isList := in.kind == kindList
	s := in.string()
	size := int64(in.len())
	if !isList {
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
	var parts []span
	if by == " " {
		parts = fields(s, isASCIISpace)
	} else {
		parts = between(s, by)
	}
	for len(parts) > 0 && parts[len(parts)-1].from == parts[len(parts)-1].to {
		parts = parts[:len(parts)-1]
	}
	return listValue(c.cuts(in, parts))
}

// between returns what stands between the occurrences of by.
func between(s, by string) []span {
	var parts []span
	from := 0
	for found := range occurrences(s, by) {
		if by == "" && found.from == 0 {
			continue
		}
		parts, from = append(parts, span{from, found.from}), found.to
	}
	return append(parts, span{from, len(s)})
}
