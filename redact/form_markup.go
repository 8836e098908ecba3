package redact

import (
	"fmt"
	"html"
	"strings"
	"unicode/utf8"
)

// markup adds the escapes of HTML and XML: each character in each of its
// usual spellings.
func (f *forms) markup(text string) {
	f.templates(text)
	if !strings.ContainsAny(text, "<>&\"'`+\t\n\r") {
		return
	}
	quotes := []string{`"`, "&#34;", "&quot;", "&#x22;"}
	apostrophes := []string{"'", "&#39;", "&apos;", "&#x27;", "&#039;"}
	pluses := []string{"+", "&#43;"} // html/template
	spaces := [][3]string{{"\t", "\n", "\r"}, {"&#x9;", "&#xA;", "&#xD;"}, {"\t", "\n", "&#13;"}, {"&#9;", "&#10;", "&#13;"}}
	if !strings.Contains(text, `"`) {
		quotes = quotes[:1]
	}
	if !strings.Contains(text, "'") {
		apostrophes = apostrophes[:1]
	}
	if !strings.Contains(text, "+") {
		pluses = pluses[:1]
	}
	if !strings.ContainsAny(text, "\t\n\r") {
		spaces = spaces[:1]
	}
	if len(text) > manyForms<<10 {
		f.form(html.EscapeString(text))
		return
	}
	gts := []string{"&gt;", ">"}
	if !strings.Contains(text, ">") {
		gts = gts[:1]
	}
	for _, quote := range quotes {
		for _, apostrophe := range apostrophes {
			for _, plus := range pluses {
				for _, space := range spaces {
					for _, gt := range gts {
						f.buf = appendMarkup(f.buf, text, &[256]string{'&': "&amp;", '<': "&lt;", '>': gt,
							'"': quote, '\'': apostrophe, '+': plus, '\t': space[0], '\n': space[1], '\r': space[2]})
						f.keepAll()
					}
				}
			}
		}
	}
}

// appendMarkup appends text with the bytes spelled that have a spelling.
func appendMarkup(dst []byte, text string, spelled *[256]string) []byte {
	for i := range len(text) {
		if s := spelled[text[i]]; s != "" {
			dst = append(dst, s...)
		} else {
			dst = append(dst, text[i])
		}
	}
	return dst
}

// references adds numeric character references, decimal and hexadecimal: of the
// characters that markup must escape, and of those that are not ASCII, as
// writers of ASCII output (Python's xmlcharrefreplace) put them.
func (f *forms) references(text string) {
	const escaped = "<>&\"'"
	if len(text) > manyForms<<10 || isASCII(text) && !strings.ContainsAny(text, escaped) || !utf8.ValidString(text) {
		return
	}
	special := func(r rune) bool { return strings.ContainsRune(escaped, r) }
	wide := func(r rune) bool { return r >= utf8.RuneSelf }
	named := html.EscapeString(text)
	for _, format := range [...]string{"&#%d;", "&#x%x;", "&#x%X;"} {
		f.form(characterReferences(text, format, special))
		f.form(characterReferences(text, format, wide))
		f.form(characterReferences(named, format, wide))
		f.form(characterReferences(pythonNamed.Replace(text), format, wide))
		f.form(characterReferences(xmlNamed.Replace(text), format, wide))
		f.form(characterReferences(text, format, func(r rune) bool { return special(r) || wide(r) }))
	}
}

// What is escaped by name before the rest is by number, besides html.EscapeString.
var (
	pythonNamed = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#x27;")
	xmlNamed    = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")
)

// characterReferences writes the characters of text that escape picks in format.
func characterReferences(text, format string, escape func(rune) bool) string {
	var b strings.Builder
	for _, r := range text {
		if escape(r) {
			fmt.Fprintf(&b, format, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// templates adds the escapes of template engines that write more than markup needs.
func (f *forms) templates(text string) {
	if len(text) > manyForms<<10 || !strings.ContainsAny(text, "<>&\"'`+=/@") {
		return
	}
	for i := range templateEscapes {
		f.buf = appendMarkup(f.buf, text, &templateEscapes[i])
		f.keepAll()
	}
}

// templateEscapes :: what template engines write, by character
var templateEscapes = [...][256]string{
	// mustache.js
	{'&': "&amp;", '<': "&lt;", '>': "&gt;", '"': "&quot;", '\'': "&#39;", '/': "&#x2F;", '`': "&#x60;", '=': "&#x3D;"},
	// Handlebars
	{'&': "&amp;", '<': "&lt;", '>': "&gt;", '"': "&quot;", '\'': "&#x27;", '`': "&#x60;", '=': "&#x3D;"},
	// lodash before 4, underscore
	{'&': "&amp;", '<': "&lt;", '>': "&gt;", '"': "&quot;", '\'': "&#39;", '`': "&#96;"},
	{'&': "&amp;", '<': "&lt;", '>': "&gt;", '"': "&quot;", '\'': "&#x27;", '`': "&#x60;"},
	// OWASP, Google Closure, ERB::Util of old, Dust
	{'&': "&amp;", '<': "&lt;", '>': "&gt;", '"': "&quot;", '\'': "&#x27;", '/': "&#x2F;"},
	{'&': "&amp;", '<': "&lt;", '>': "&gt;", '"': "&quot;", '\'': "&#39;", '/': "&#47;"},
	{'&': "&amp;", '<': "&lt;", '>': "&gt;", '"': "&quot;", '\'': "&#39;", '/': "&#x2F;"},
	// OWASP's older list, with what ends an attribute
	{'&': "&amp;", '<': "&lt;", '>': "&gt;", '"': "&#34;", '\'': "&#39;", '`': "&#96;", '=': "&#61;", '+': "&#43;", '@': "&#64;"},
	{'&': "&amp;", '<': "&lt;", '>': "&gt;", '"': "&#34;", '\'': "&#39;", '+': "&#43;"},
	{'&': "&amp;", '<': "&lt;", '>': "&gt;", '"': "&quot;", '\'': "&#039;", '/': "&#x2F;", '`': "&#x60;", '=': "&#x3D;"},
}
