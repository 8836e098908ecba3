package redact

import (
	"strings"
)

// A value is made of parts, and each that is secret by itself is known too: logs
// show the password of a DSN, one line of a key, the token without its scheme. What
// follows is a grammar of values, each rule of which takes a text apart or leaves it
// to the next.

// Limits of what is taken apart.
const (
	deepest   = 5         // values inside values
	mostParts = 4096      // of one secret
	longest   = 256 << 10 // bytes of a text that is taken apart
	large     = 4 << 10   // bytes from which a text is taken for a document
)

// item is one text by which a secret is known.
type item struct {
	text string
	// names are the keys behind which a common value is masked besides those that
	// name a secret: its own field, its alias.
	names string
	how   how
}

// how says which forms of an item are made.
type how uint8

const (
	whole    how = iota // all
	plain               // the text and its escapes
	made                // by a filter: the same, but where most encoders change nothing
	bare                // the text and JSON of it: a line of a document
	basic               // the text and base64 of it: a user with a password, which is known by itself
	outer               // what holds others that are known by themselves: the forms that usual encoders make
	armoured            // what is made of bodies: the fewest
	body                // of a PEM, without its line breaks: any stretch of it
	lines               // short ones, known where two follow each other
)

// material is what a secret is made of. Its zero value is empty.
type material struct {
	items []item
	seen  map[item]bool
	// told :: documents of which all that is secret is known by itself
	told map[string]bool
}

func (m *material) add(text, names string, how how) bool {
	i := item{text, names, how}
	if strings.TrimSpace(text) == "" || m.seen[i] || len(m.items) >= mostParts {
		return false
	}
	if m.seen == nil {
		m.seen = make(map[item]bool)
	}
	m.seen[i] = true
	m.items = append(m.items, i)
	return true
}

// value adds a text that is secret as a whole, and its parts.
func (m *material) value(text, names string, depth int) {
	if !m.add(text, names, whole) || depth >= deepest || len(text) > longest {
		return
	}
	at := len(m.items) - 1
	m.parts(text, names, depth+1)
	switch {
	case isArmoured(text):
		m.items[at].how = armoured
	case isURL(text) || m.told[strings.TrimSpace(text)]:
		m.outer(at)
	}
}

// outer says that what is secret of the item at at is known by itself, if anything is:
// it is then masked in every form.
func (m *material) outer(at int) {
	for _, part := range m.items[at+1:] {
		if part.how == whole || part.how == body {
			m.items[at].how = outer
		}
	}
}

// isURL reports whether text is a URL alone, of which the rest is no secret.
func isURL(text string) bool {
	return strings.Contains(text, "://") && !strings.ContainsAny(text, " \t\r\n{[")
}

// part adds a text that is a secret part if it is long enough to be one: 8 bytes,
// and no common value, date or time.
func (m *material) part(text string, depth int) {
	if text = strings.TrimSpace(text); len(text) >= shortestPart && !isCommon(text) && !isTime(text) {
		m.value(text, "", depth)
	}
}

// shortestPart is the length in bytes from which a part is known that no key calls
// a secret.
const shortestPart = 8

// parts takes a text apart by the first rule that fits.
func (m *material) parts(text, names string, depth int) {
	trimmed := strings.TrimSpace(text)
	if trimmed == "" || isCommon(trimmed) {
		return
	}
	for i, rule := range [...]func(m *material, text, names string, depth int) bool{
		(*material).quoted, (*material).json, (*material).xml, (*material).written, (*material).pem, (*material).flow, (*material).multiline,
		(*material).url, (*material).header, (*material).account, (*material).pairs, (*material).list, (*material).colon,
	} {
		if len(text) > large && i > 6 {
			return // a document is no one-liner
		}
		if rule(m, trimmed, names, depth) {
			return
		}
	}
}

// quoted takes a text in quotes.
func (m *material) quoted(text, names string, depth int) bool {
	inner, ok := unquote(text)
	if ok {
		m.value(inner, names, depth)
	}
	return ok
}

// unquote returns what stands in the quotes of a text.
func unquote(text string) (inner string, ok bool) {
	n := len(text)
	if n < 2 || text[0] != text[n-1] || strings.IndexByte("\"'`", text[0]) < 0 {
		return text, false
	}
	inner = text[1 : n-1]
	if text[0] == '"' && strings.IndexByte(inner, '\\') >= 0 {
		if said, ok := jsonString(text); ok {
			return said, true
		}
	}
	return inner, strings.IndexByte(strings.ReplaceAll(inner, `\`+text[:1], ""), text[0]) < 0
}

// written takes a text in which line breaks are written out, as in the variable of
// an environment that holds a key.
func (m *material) written(text, _ string, depth int) bool {
	if strings.ContainsAny(text, "\r\n") || !strings.Contains(text, `\n`) {
		return false
	}
	m.parts(strings.NewReplacer(`\r\n`, "\n", `\n`, "\n").Replace(text), "", depth)
	return true
}

// multiline takes a text of several lines: assignments, or lines that are values.
func (m *material) multiline(text, _ string, depth int) bool {
	all := splitLines(text)
	if len(all) < 2 {
		return false
	}
	if m.assignments(all, depth) {
		return true
	}
	short, document := false, len(text) > large
	for _, line := range all {
		if short = short || len(line) < shortestLine; len(line) < shortestLine {
			continue
		}
		if document {
			m.add(line, "", bare)
		} else if m.add(line, "", plain) && depth < deepest {
			m.parts(line, "", depth+1)
		}
	}
	if short && !document {
		m.add(strings.Join(all, "\n"), "", lines)
	}
	return true
}

// splitLines returns the lines of a text that are not blank, without the white
// space around them.
func splitLines(text string) []string {
	var out []string
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// list takes a list with commas.
func (m *material) list(text, _ string, depth int) bool {
	separator := ","
	if !strings.Contains(text, separator) {
		if separator = ";"; !strings.Contains(text, separator) {
			return false
		}
	}
	for element := range strings.SplitSeq(text, separator) {
		m.part(strings.Trim(strings.TrimSpace(element), `"'`), depth)
	}
	return true
}

// colon takes `user:password`, `name: value` and the like: what stands behind the
// first colon, and behind the last.
func (m *material) colon(text, _ string, depth int) bool {
	key, value, ok := strings.Cut(text, ":")
	if !ok || key == "" || strings.HasPrefix(value, "//") {
		return false
	}
	if key = strings.TrimSpace(key); strings.ContainsAny(key, " \t") {
		m.part(value, depth)
		return true
	}
	value = strings.TrimSpace(value)
	if inner, ok := unquote(value); ok {
		value = inner
	}
	if !isTime(value) && !isSmallNumber(value) && value != "" {
		m.value(value, "", depth)
	}
	if at := strings.LastIndexByte(value, ':'); at >= 0 {
		m.part(value[at+1:], depth)
	}
	return true
}
