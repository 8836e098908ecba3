package engine

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// caseFilters and editFilters work on text, counted in code points.
var caseFilters = map[string]*filter{
	"upcase":     text(strings.ToUpper),
	"downcase":   text(strings.ToLower),
	"capitalize": text(capitalize),
}

var editFilters = map[string]*filter{
	"append":         {run: appendText, min: 1, max: 1},
	"prepend":        {run: prependText, min: 1, max: 1},
	"strip":          trimming(func(s string) string { return strings.Trim(s, stripped) }),
	"lstrip":         trimming(func(s string) string { return strings.TrimLeft(s, stripped) }),
	"rstrip":         trimming(func(s string) string { return strings.TrimRight(s, stripped) }),
	"squish":         text(func(s string) string { return strings.Join(strings.FieldsFunc(s, unicode.IsSpace), " ") }),
	"strip_newlines": trimming(stripNewlines),
	"replace":        {run: replacing(replaceAll), min: 1, max: 2},
	"replace_first":  {run: replacing(replaceFirst), min: 1, max: 2},
	"replace_last":   {run: replacing(replaceLast), min: 2, max: 2},
	"remove":         {run: replacing(replaceAll), min: 1, max: 1},
	"remove_first":   {run: replacing(replaceFirst), min: 1, max: 1},
	"remove_last":    {run: replacing(replaceLast), min: 1, max: 1},
	"truncate":       {run: truncate, max: 2},
	"truncatewords":  {run: truncateWords, max: 2},
	"slice":          {run: slice, min: 1, max: 2},
	"split":          {run: split, min: 1, max: 1},
}

// stripped is the white space that Ruby's strip removes.
const stripped = " \t\n\v\f\r\x00"

// trimming is text for a filter that takes white space away and nothing else:
// what was escaped before it still is.
func trimming(run func(string) string) *filter {
	return &filter{run: func(_ *call, in value, _ []value) value {
		return value{kind: kindString, text: run(in.string()), done: in.done & (finishHTML | finishURL)}
	}}
}

func capitalize(s string) string {
	_, size := utf8.DecodeRuneInString(s)
	return strings.ToUpper(s[:size]) + strings.ToLower(s[size:])
}

// appendText and prependText keep HTML finished by escaping what joins it.
func appendText(c *call, in value, args []value) value {
	a, b, done := c.joined(in, args[0])
	return value{kind: kindString, text: a + b, done: done}
}

func prependText(c *call, in value, args []value) value {
	a, b, done := c.joined(in, args[0])
	return value{kind: kindString, text: b + a, done: done}
}

func (c *call) joined(in, arg value) (a, b string, done finish) {
	a, b = in.string(), arg.string()
	done = in.done & arg.done
	if c.template.context != HTMLContext || (in.done|arg.done)&finishHTML == 0 {
		return a, b, done
	}
	if in.done&finishHTML == 0 {
		a = escapeHTML(a)
	}
	if arg.done&finishHTML == 0 {
		b = escapeHTML(b)
	}
	return a, b, done | finishHTML
}

func stripNewlines(s string) string {
	if strings.IndexByte(s, '\n') < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "")
}

func replacing(replace func(c *call, s, old, with string) string) func(*call, value, []value) value {
	return func(c *call, in value, args []value) value {
		with := ""
		if len(args) > 1 {
			with = args[1].string()
		}
		return stringValue(replace(c, in.string(), args[0].string(), with))
	}
}

func replaceAll(c *call, s, old, with string) string {
	if grown := len(s) + strings.Count(s, old)*(len(with)-len(old)); grown > c.limits.OutputBytes {
		c.spend(grown)
		return ""
	}
	return strings.ReplaceAll(s, old, with)
}

func replaceFirst(_ *call, s, old, with string) string { return strings.Replace(s, old, with, 1) }

func replaceLast(_ *call, s, old, with string) string {
	at := strings.LastIndex(s, old)
	if at < 0 {
		return s
	}
	return s[:at] + with + s[at+len(old):]
}

func truncate(c *call, in value, args []value) value {
	limit, ending := int64(50), "..."
	if len(args) > 0 {
		limit = c.integerArg(args, 0)
	}
	if len(args) > 1 {
		ending = args[1].string()
	}
	s := in.string()
	if in.nothing() || int64(utf8.RuneCountInString(s)) <= limit {
		return stringValue(s)
	}
	keep := max(limit-int64(utf8.RuneCountInString(ending)), 0)
	return stringValue(s[:runeOffset(s, keep)] + ending)
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
	limit, ending := int64(15), "..."
	if len(args) > 0 {
		limit = max(c.integerArg(args, 0), 1)
	}
	if len(args) > 1 {
		ending = args[1].string()
	}
	s := in.string()
	words := strings.FieldsFunc(s, isASCIISpace)
	if int64(len(words)) <= limit {
		return stringValue(s)
	}
	return stringValue(strings.Join(words[:limit], " ") + ending)
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
		rest := s[runeOffset(s, from):]
		return stringValue(rest[:runeOffset(rest, length)])
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
	var parts []string
	switch by {
	case " ":
		parts = strings.FieldsFunc(s, isASCIISpace)
	default:
		parts = strings.Split(s, by)
	}
	for len(parts) > 0 && parts[len(parts)-1] == "" {
		parts = parts[:len(parts)-1]
	}
	list := make([]value, len(parts))
	for i, part := range parts {
		list[i] = stringValue(part)
	}
	return listValue(list)
}
