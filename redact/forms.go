package redact

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/sotto-render/sotto/redact/internal/index"
)

// Limits of what is made into forms.
const (
	shortestForm = 4  // bytes; shorter ones would mask what is no secret
	shortestLine = 8  // bytes
	shortestNum  = 6  // digits of a number in a JSON secret
	manyForms    = 64 // KiB; longer values get the most common spellings only
)

// forms collects the patterns of one secret. What makes a spelling appends it to
// buf and then calls keep.
type forms struct {
	buf  []byte // the texts of list, one after the other, and then a new one
	end  int    // of the texts of list
	list []form
	// seen :: hash -> place in list; it is used for many.
	seen map[uint64]int
}

// form is what a pattern is made of. Its text begins where that of the form
// before it ends.
type form struct {
	end int
	index.Spelling
}

// makeForms returns the patterns by which a secret is known: of its text and of
// each string in it the text itself, its lines, and what the usual encoders
// make of it. It is called once for a value, however many redactors know it.
// What was derived from another secret comes in many copies, so it gets the
// text and its escapes only.
func makeForms(c *content, derived bool) []index.Pattern {
	f := formsPool.Get().(*forms)
	defer f.release()
	for _, text := range c.leaves() {
		if strings.TrimSpace(text) != "" {
			f.value(text, derived)
		}
	}
	// All texts in one piece of memory, as they go together.
	texts := bytes.Clone(f.buf[:f.end])
	patterns := make([]index.Pattern, len(f.list))
	from := 0
	for i, form := range f.list {
		patterns[i] = form.Pattern(texts[from:form.end:form.end])
		from = form.end
	}
	return patterns
}

var formsPool = sync.Pool{New: func() any { return new(forms) }}

// release empties f for the next secret.
func (f *forms) release() {
	const large = 256 << 10
	if cap(f.buf) > large {
		return
	}
	*f = forms{buf: f.buf[:0], list: f.list[:0]}
	formsPool.Put(f)
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
	f.buf = hex.AppendEncode(f.buf, bytesOf(text))
	f.keep(2*len(text), true)
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
		if c := text[i]; c >= utf8.RuneSelf || !alphanumeric(c) && c != '_' && c != '-' && c != '.' {
			return false
		}
	}
	return true
}

// raw adds the value itself, however short.
func (f *forms) raw(text string) {
	f.buf = append(f.buf, text...)
	f.enter(len(text), false)
}

// form adds a spelling of the value.
func (f *forms) form(text string) {
	f.buf = append(f.buf, text...)
	f.keepAll()
}

// keepAll is keep for a text of which every byte has to match.
func (f *forms) keepAll() { f.keep(len(f.buf)-f.end, false) }

// keep adds the text at the end of buf, of which need bytes have to match, unless
// it is too short.
func (f *forms) keep(need int, hex bool) {
	if need >= shortestForm && need <= len(f.buf)-f.end {
		f.enter(need, hex)
	} else {
		f.buf = f.buf[:f.end]
	}
}

// enter adds the text at the end of buf unless it is there already.
func (f *forms) enter(need int, hex bool) {
	text := f.buf[f.end:]
	s := index.Spell(text, need, hex)
	if i := f.find(s.Hash); i >= 0 && bytes.Equal(f.text(i), text) {
		f.buf = f.buf[:f.end]
		return
	}
	f.end = len(f.buf)
	f.list = append(f.list, form{f.end, s})
	if f.seen != nil {
		f.seen[s.Hash] = len(f.list) - 1
	}
}

// find returns the place of the form with a hash, or -1.
func (f *forms) find(hash uint64) int {
	const many = 32
	if len(f.list) < many {
		return slices.IndexFunc(f.list, func(g form) bool { return g.Hash == hash })
	}
	if f.seen == nil {
		f.seen = make(map[uint64]int, 4*many)
		for i, g := range f.list {
			f.seen[g.Hash] = i
		}
	}
	if i, ok := f.seen[hash]; ok {
		return i
	}
	return -1
}

// text returns that of form i.
func (f *forms) text(i int) []byte {
	from := 0
	if i > 0 {
		from = f.list[i-1].end
	}
	return f.buf[from:f.list[i].end]
}
