package cel

import (
	"strconv"
	"strings"

	"github.com/sotto-render/sotto/macros"
)

// macroPath is what stands between `<<` and `>>`: `secrets.alias.field[0]`.
type macroPath struct {
	// pos is the offset of the first letter of `secrets`, end the one behind
	// the last byte of the path.
	pos, end int
	display  string
	fields   []macros.Segment
}

type macroState uint8

const (
	// macroText is a `<<` that opens no macro and is plain text.
	macroText macroState = iota
	macroFound
	// macroBroken names the secrets and is malformed.
	macroBroken
)

// readMacro reads the macro whose `<<` stands at pos and returns it with the
// offset behind its `>>`.
func readMacro(source string, pos int) (*macroPath, int, macroState) {
	r := pathReader{source: source, at: pos + len("<<")}
	r.space()
	start := r.at
	name := r.name(false)
	if !macros.IsRoot(name) || r.at >= len(source) || source[r.at] != '.' && source[r.at] != '[' {
		return nil, 0, macroText
	}
	path := &macroPath{pos: start}
	first, ok := r.segment()
	if !ok || first.Index != nil {
		return path, 0, macroBroken
	}
	if _, valid := macros.Canonical(first.Key); !valid {
		return path, 0, macroBroken
	}
	path.display = first.Key
	for r.at < len(source) && (source[r.at] == '.' || source[r.at] == '[') {
		field, ok := r.segment()
		if !ok {
			return path, 0, macroBroken
		}
		path.fields = append(path.fields, field)
	}
	path.end = r.at
	r.space()
	if !strings.HasPrefix(source[r.at:], ">>") {
		return path, 0, macroBroken
	}
	return path, r.at + len(">>"), macroFound
}

// pathReader reads the path of a macro.
type pathReader struct {
	source string
	at     int
}

func (r *pathReader) space() {
	for r.at < len(r.source) && strings.IndexByte(" \t\r\n", r.source[r.at]) >= 0 {
		r.at++
	}
}

func (r *pathReader) name(hyphens bool) string {
	start := r.at
	for r.at < len(r.source) && isAlias(r.source[r.at]) && (hyphens || r.source[r.at] != '-') {
		r.at++
	}
	return r.source[start:r.at]
}

// segment reads `.name`, `["key"]` or `[0]`.
func (r *pathReader) segment() (macros.Segment, bool) {
	pos := macros.Pos(r.at)
	dot := r.source[r.at] == '.'
	r.at++
	if dot {
		name := r.name(true)
		return macros.Segment{Pos: pos, Key: name}, name != ""
	}
	rest := r.source[r.at:]
	if quote := leadingQuote(rest); quote != "" {
		key, _, closed := strings.Cut(rest[len(quote):], quote)
		r.at += len(quote) + len(key) + len(quote)
		if !closed || !strings.HasPrefix(r.source[r.at:], "]") {
			return macros.Segment{}, false
		}
		r.at++
		return macros.Segment{Pos: pos, Key: key}, true
	}
	end := strings.IndexByte(rest, ']')
	if end < 0 {
		return macros.Segment{}, false
	}
	n, err := strconv.ParseInt(rest[:end], 10, 64)
	if err != nil {
		return macros.Segment{}, false
	}
	r.at += end + 1
	return macros.Segment{Pos: pos, Index: &macros.Literal{Value: n}}, true
}

// leadingQuote returns the quote that text starts with. A macro inside a string
// literal may have to escape it.
func leadingQuote(text string) string {
	for _, quote := range []string{`"`, `'`, `\"`, `\'`} {
		if strings.HasPrefix(text, quote) {
			return quote
		}
	}
	return ""
}
