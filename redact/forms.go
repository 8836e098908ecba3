package redact

import (
	"bytes"
	"encoding/hex"
	"html"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/sotto-render/sotto/redact/internal/index"
)

// Limits of what is made into forms.
const (
	shortestForm  = 4  // bytes; shorter ones would mask what is no secret
	shortestWhole = 8  // bytes; shorter ones are known at the boundaries of words
	shortestLine  = 8  // bytes
	shortestNum   = 6  // digits of a number in a JSON secret
	manyForms     = 64 // KiB; longer values get the most common spellings only
)

// forms collects the patterns of one secret. What makes a spelling appends it to
// buf and then calls keep.
type forms struct {
	buf  []byte // the texts of list, one after the other, and then a new one
	end  int    // of the texts of list
	list []form
	// seen :: hash -> place in list; it is used for many.
	seen map[uint64]int
	// tag and runTag are what the forms of a short value depend on: as they are, and
	// where every byte is written anew.
	tag, runTag *index.Tag
	// bare is set where nothing that encoders make is wanted.
	bare bool
}

// form is what a pattern is made of. Its text begins where that of the form
// before it ends.
type form struct {
	end int
	index.Spelling
}

// makeForms returns the patterns by which a secret is known: of each text that it
// is made of the text itself and what encoders make of it. It is called once for a
// value, however many redactors know it. What was derived from another secret comes
// in many copies, so it gets the text and its escapes only. A bare one gets the texts
// that it is made of.
func makeForms(c *content, derived, bare bool) []index.Pattern {
	f := formsPool.Get().(*forms)
	defer f.release()
	f.bare = bare
	if derived {
		f.text(c.text, "", made)
	} else {
		for _, i := range c.material() {
			f.item(i)
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

// item adds the forms of one item.
func (f *forms) item(i item) {
	switch i.how {
	case body:
		f.body(i.text)
	case lines:
		f.lines(strings.Split(i.text, "\n"))
	default:
		f.text(i.text, i.names, i.how)
	}
}

// formsCache holds the forms of a value for those that learn of it.
type formsCache struct {
	mu    sync.Mutex
	forms []index.Pattern
}

func (c *formsCache) get(of *content, derived bool) []index.Pattern {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.forms == nil {
		c.forms = makeForms(of, derived, false)
	}
	return c.forms
}

func (c *formsCache) drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forms = nil
}

// makeFormsOf makes the forms of many secrets on all processors, where each of them
// has enough to do.
func makeFormsOf(secrets []Secret) {
	const enough = 32
	workers := min(runtime.GOMAXPROCS(0), len(secrets)/enough)
	if workers < 2 {
		return
	}
	var next atomic.Int64
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(secrets)); i = next.Add(1) - 1 {
				if p := secrets[i].payload; p != nil && p.root == nil {
					p.forms()
				}
			}
		})
	}
	all.Wait()
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

// text adds the forms of a text that is secret as a whole. A common one is known by
// its keys alone, one of 4 to 7 bytes at the boundaries of words.
func (f *forms) text(text, names string, how how) {
	trimmed := strings.TrimSpace(text)
	switch {
	case trimmed == "":
		return
	case isCommon(trimmed):
		f.tag = keyTag(names)
		f.enter(trimmed)
		f.tag = nil
		return
	case len(trimmed) < shortestWhole:
		f.tag, f.runTag = wordTag, runTag
		defer func() { f.tag, f.runTag = nil, nil }()
	}
	f.form(text)
	f.spellings(text, how)
	if trimmed != text {
		f.form(trimmed)
		f.spellings(trimmed, how)
	}
}

func (f *forms) spellings(text string, how how) {
	if f.bare {
		return
	}
	if how == bare {
		for _, style := range [...]jsonStyle{keepSeparators, escapeHTML, escapeNonASCII} {
			f.buf = style.append(f.buf, text)
			f.keepAll()
		}
		return
	}
	switch {
	case how == basic:
		f.base64(text)
		return
	case how == outer:
		f.usual(text)
	case how == armoured:
		f.json(text)
		f.formEncoded(url.QueryEscape(text))
	case how != made || strings.Trim(text, unreserved) != "":
		f.escapes(text)
	}
	if how != whole && how != outer && how != armoured {
		return
	}
	f.percent(text)
	f.base64(text)
	f.hex(text)
}

func (f *forms) hex(text string) {
	f.buf = hex.AppendEncode(f.buf, bytesOf(text))
	f.keepRun(2*len(text), true)
}

// escapes adds what encoders make of text that leave letters and digits alone.
func (f *forms) escapes(text string) {
	if plainText(text) {
		return
	}
	has := featuresOf(text)
	f.json(text)
	f.quoted(text)
	f.markup(text)
	f.references(text)
	f.url(text)
	if len(text) > manyForms<<10 {
		return
	}
	signs := signs{special: specialBytes(text)}
	for i := range encoders {
		if e := &encoders[i]; e.concerns(has) && signs.first(e) && !(e.lines && strings.Contains(text, armour)) {
			f.buf = e.append(f.buf, text)
			f.keepAll()
		}
	}
	f.literals(text, has)
	f.twice(text, has)
}

// usual adds what the most common encoders make of text.
func (f *forms) usual(text string) {
	f.json(text)
	f.quoted(text)
	f.url(text)
	f.form(html.EscapeString(text))
	f.form(xmlNamed.Replace(text))
	f.buf = appendQuotedPrintable(f.buf, text, "=\t", "\r\n")
	f.keepAll()
	once := string(keepSeparators.append(nil, text))
	f.form(string(keepSeparators.append(nil, once)))
}

// unreserved are the characters that hardly any encoder changes.
const unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."

// plainText reports whether every encoder but those of all bytes leaves text as it
// is.
func plainText(text string) bool {
	for i := range len(text) {
		if c := text[i]; !alphanumeric(c) {
			return false
		}
	}
	return true
}

// form adds a spelling of the value.
func (f *forms) form(text string) {
	f.buf = append(f.buf, text...)
	f.keepAll()
}

// enter adds a text however short.
func (f *forms) enter(text string) {
	f.buf = append(f.buf, text...)
	f.put(index.Spell(f.buf[f.end:], len(text), false))
}

// keepAll keeps the text at the end of buf, of which every byte has to match.
func (f *forms) keepAll() { f.keep(len(f.buf)-f.end, isHexValue(f.buf[f.end:])) }

// isHexValue reports whether text is hexadecimal digits alone, or a UUID: some tools
// write them in upper case, some in lower.
func isHexValue(text []byte) bool {
	if len(text) < 16 {
		return false
	}
	digits := 0
	for _, c := range text {
		if '0' <= c && c <= '9' {
			digits++
		} else if c != '-' && (c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
	}
	return digits > 0
}

// keep adds the text at the end of buf, of which need bytes have to match, unless
// it is too short.
func (f *forms) keep(need int, hex bool) {
	if need < shortestForm || need > len(f.buf)-f.end {
		f.buf = f.buf[:f.end]
		return
	}
	f.put(index.Spell(f.buf[f.end:], need, hex))
}

// keepRun is keep for a text in which every byte of the value is written anew, as in
// base64: such a text may be broken into lines anywhere.
func (f *forms) keepRun(need int, hex bool) {
	if need < shortestForm || need > len(f.buf)-f.end {
		f.buf = f.buf[:f.end]
		return
	}
	tag := f.tag
	f.tag = f.runTag
	f.put(index.Spell(f.buf[f.end:], need, hex).Broken())
	f.tag = tag
}

// put adds the text at the end of buf unless it is there already.
func (f *forms) put(s index.Spelling) {
	text := f.buf[f.end:]
	s = s.Tagged(f.tag)
	if i := f.find(s.Hash); i >= 0 && bytes.Equal(f.textOf(i), text) {
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

// textOf returns that of form i.
func (f *forms) textOf(i int) []byte {
	from := 0
	if i > 0 {
		from = f.list[i-1].end
	}
	return f.buf[from:f.list[i].end]
}
