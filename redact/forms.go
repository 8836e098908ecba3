package redact

import (
	"encoding/hex"
	"strings"
	"unicode/utf8"
)

// Limits of what is made into forms.
const (
	shortestForm = 4  // bytes; shorter ones would mask what is no secret
	shortestLine = 8  // bytes
	shortestNum  = 6  // digits of a number in a JSON secret
	manyForms    = 64 // KiB; longer values get the most common spellings only
)

// forms collects the patterns of one secret.
type forms struct {
	patterns []*pattern
	// seen is used from manyPatterns on.
	seen map[patternKey]bool
}

// makeForms returns the patterns by which a secret is known: of its text and of
// each string in it the text itself, its lines, and what the usual encoders
// make of it. It is called once for a value, however many redactors know it.
// What was derived from another secret comes in many copies, so it gets the
// text and its escapes only.
func makeForms(c *content, derived bool) []*pattern {
	var f forms
	for _, text := range c.leaves() {
		if strings.TrimSpace(text) != "" {
			f.value(text, derived)
		}
	}
	return f.patterns
}

// leaves returns every text that the secret is made of.
func (c *content) leaves() []string {
	var list []string
	if c.text != "" {
		list = append(list, c.text)
	}
	switch c.kind {
	case JSON:
		list = appendLeaves(list, c.tree)
	case Credentials:
		tree := c.tree.(map[string]any)
		user, password := tree["username"].(string), tree["password"].(string)
		list = append(list, user, password)
		if user != "" && password != "" {
			// As in `Authorization: Basic`, where it is one base64 text.
			list = append(list, user+":"+password)
		}
	}
	return list
}

func appendLeaves(list []string, tree any) []string {
	switch t := tree.(type) {
	case string:
		list = append(list, t)
	case interface{ String() string }: // json.Number
		if text := t.String(); len(text) >= shortestNum {
			list = append(list, text)
		}
	case []any:
		for _, v := range t {
			list = appendLeaves(list, v)
		}
	case map[string]any:
		for _, v := range t {
			list = appendLeaves(list, v)
		}
	}
	return list
}

// value adds the forms of one text.
func (f *forms) value(text string, derived bool) {
	f.raw(text)
	f.spellings(text, derived)
	if trimmed := strings.TrimSpace(text); trimmed != text {
		f.form(trimmed)
		f.spellings(trimmed, derived)
	}
	if !strings.ContainsAny(text, "\r\n") {
		return
	}
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if trimmed := strings.TrimSpace(line); len(trimmed) >= shortestLine {
			f.form(trimmed)
			f.escapes(trimmed)
		}
		if len(line) >= shortestLine && strings.TrimSpace(line) != "" {
			f.form(line)
			f.escapes(line)
		}
	}
}

func (f *forms) spellings(text string, derived bool) {
	f.escapes(text)
	if derived {
		return
	}
	f.percent(text)
	f.base64(text)
	f.add(hex.AppendEncode(nil, bytesOf(text)), 2*len(text), true)
}

// escapes adds what encoders make of text that leave plain letters alone.
func (f *forms) escapes(text string) {
	if plain(text) {
		return
	}
	f.json(text)
	f.quoted(text)
	f.markup(text)
	f.references(text)
	f.url(text)
}

// plain reports whether every encoder but those of all bytes leaves text as it
// is.
func plain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c >= utf8.RuneSelf || !inWord(c) && c != '-' && c != '.' {
			return false
		}
	}
	return true
}

// raw adds the value itself, however short.
func (f *forms) raw(text string) { f.keep(newPattern([]byte(text), len(text), false)) }

// form adds a spelling of the value.
func (f *forms) form(text string) {
	if len(text) >= shortestForm {
		f.keep(newPattern([]byte(text), len(text), false))
	}
}

// add adds a spelling of which need bytes have to match, and keeps text.
func (f *forms) add(text []byte, need int, hex bool) {
	if need >= shortestForm && need <= len(text) {
		f.keep(newPattern(text, need, hex))
	}
}

// keep adds p unless it is there already.
func (f *forms) keep(p *pattern) {
	const manyPatterns = 32
	key := p.key()
	if f.seen == nil {
		for _, q := range f.patterns {
			if q.key() == key {
				return
			}
		}
		if len(f.patterns) == manyPatterns {
			f.seen = make(map[patternKey]bool)
			for _, q := range f.patterns {
				f.seen[q.key()] = true
			}
		}
	}
	if f.seen != nil {
		if f.seen[key] {
			return
		}
		f.seen[key] = true
	}
	f.patterns = append(f.patterns, p)
}
