package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// json adds the contents of string literals as JSON encoders write them. They
// differ in what they escape beyond the need.
func (f *forms) json(text string) {
	style := jsonStyle(0)
	// Only styles that tell something in this text apart are tried.
	var relevant jsonStyle
	if strings.ContainsAny(text, "<>&") {
		relevant |= escapeHTML
	}
	if strings.Contains(text, "/") {
		relevant |= escapeSlash
	}
	if strings.ContainsAny(text, "\b\f\x7f") {
		relevant |= longControls
	}
	if !utf8.ValidString(text) || strings.IndexFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 {
		relevant |= escapeNonASCII | keepInvalid
	}
	if strings.ContainsAny(text, "\u2028\u2029") {
		relevant |= keepSeparators
	}
	if len(text) > manyForms<<10 {
		relevant &= escapeHTML
	}
	for {
		escaped := style.escape(text)
		f.form(escaped)
		if len(text) <= manyForms<<10 && style&^escapeNonASCII == relevant&escapeHTML {
			for _, more := range forHTML {
				f.form(more.Replace(escaped))
			}
		}
		// The next subset of relevant.
		if style = (style - relevant) & relevant; style == 0 {
			return
		}
	}
}

// forHTML turns what encoding/json writes for HTML into what encoders write that
// escape more for its sake.
var forHTML = [...]*strings.Replacer{
	strings.NewReplacer("'", `\u0027`),                // Jinja, PHP's JSON_HEX_APOS
	strings.NewReplacer("'", `\u0027`, "=", `\u003d`), // Gson
	// System.Text.Json; the first pair keeps an escaped backslash from the next.
	strings.NewReplacer(`\\`, `\\`, `\"`, `\u0022`, "'", `\u0027`, "+", `\u002b`, "`", `\u0060`),
}

// jsonStyle is what a JSON encoder does beyond the need.
type jsonStyle uint8

const (
	escapeHTML     jsonStyle = 1 << iota // <, > and &, as encoding/json
	escapeNonASCII                       // as Python
	escapeSlash                          // as PHP
	longControls                         // \u0008 for \b, \u007f for DEL
	keepSeparators                       // U+2028 as it is, unlike encoding/json
	keepInvalid                          // U+FFFD for invalid UTF-8, not \ufffd
)

func (s jsonStyle) escape(text string) string {
	var b strings.Builder
	for i, r := range text {
		switch {
		case r == '"' || r == '\\' || r == '/' && s&escapeSlash != 0:
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\b' && s&longControls == 0:
			b.WriteString(`\b`)
		case r == '\f' && s&longControls == 0:
			b.WriteString(`\f`)
		case r < ' ',
			r == 0x7f && s&longControls != 0,
			(r == '<' || r == '>' || r == '&') && s&escapeHTML != 0,
			(r == '\u2028' || r == '\u2029') && s&keepSeparators == 0,
			r == utf8.RuneError && s&keepInvalid == 0 && invalidAt(text, i),
			r >= utf8.RuneSelf && s&escapeNonASCII != 0:
			for _, unit := range utf16.AppendRune(nil, r) {
				fmt.Fprintf(&b, `\u%04x`, unit)
			}
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func invalidAt(text string, i int) bool {
	_, size := utf8.DecodeRuneInString(text[i:])
	return size == 1
}

// quoted adds what %q and %+q of fmt print.
func (f *forms) quoted(text string) {
	for _, q := range [...]string{strconv.Quote(text), strconv.QuoteToASCII(text)} {
		f.form(q[1 : len(q)-1])
	}
}

// markup adds the escapes of HTML and XML: each character in each of its
// usual spellings.
func (f *forms) markup(text string) {
	if !strings.ContainsAny(text, "<>&\"'`+\t\n\r") {
		return
	}
	quotes := []string{`"`, "&#34;", "&quot;", "&#x22;"}
	apostrophes := []string{"'", "&#39;", "&apos;", "&#x27;", "&#039;"}
	pluses := []string{"+", "&#43;"} // html/template
	spaces := [][3]string{{"\t", "\n", "\r"}, {"&#x9;", "&#xA;", "&#xD;"}, {"\t", "\n", "&#13;"}}
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
	for _, quote := range quotes {
		for _, apostrophe := range apostrophes {
			for _, plus := range pluses {
				for _, space := range spaces {
					for _, gt := range [...]string{"&gt;", ">"} {
						f.form(strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", gt,
							`"`, quote, "'", apostrophe, "+", plus,
							"\t", space[0], "\n", space[1], "\r", space[2]).Replace(text))
					}
				}
			}
		}
	}
}

// references adds numeric character references, decimal and hexadecimal: of the
// characters that markup must escape, and of those that are not ASCII, as
// writers of ASCII output (Python's xmlcharrefreplace) put them.
func (f *forms) references(text string) {
	if len(text) > manyForms<<10 || !utf8.ValidString(text) {
		return
	}
	special := func(r rune) bool { return strings.ContainsRune("<>&\"'", r) }
	wide := func(r rune) bool { return r >= utf8.RuneSelf }
	if !strings.ContainsFunc(text, special) && !strings.ContainsFunc(text, wide) {
		return
	}
	named := html.EscapeString(text)
	for _, format := range [...]string{"&#%d;", "&#x%x;", "&#x%X;"} {
		f.form(characterReferences(text, format, special))
		f.form(characterReferences(text, format, wide))
		f.form(characterReferences(named, format, wide))
		f.form(characterReferences(text, format, func(r rune) bool { return special(r) || wide(r) }))
	}
}

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

// unescaped :: what URL encoders leave as it is, besides letters and digits
var unescaped = [...]string{
	"-_.~",                 // RFC 3986, url.QueryEscape
	"-_.~$&+=:@",           // url.PathEscape
	"-_.~$&+,/:;=@",        // the path of url.URL
	"-_.~$&+,;=",           // the user information of url.URL
	"-_.~$&+,/:;=?@!()*",   // the fragment of url.URL
	"-_.!~*'()",            // encodeURIComponent
	"-_.!~*'();/?:@&=+$,#", // encodeURI
	"-_.*",                 // forms of browsers and Java
	"-_.~/",                // Python's quote
}

// url adds percent-encodings, with a space as %20 and as +.
func (f *forms) url(text string) {
	list := unescaped[:]
	if len(text) > manyForms<<10 {
		list = list[:1]
	}
	for _, keep := range list {
		encoded := percentEncode(text, keep)
		f.form(encoded)
		if strings.Contains(text, " ") {
			f.form(strings.ReplaceAll(encoded, "%20", "+"))
		}
	}
	// RFC 3986 allows more in a path than any of these escapes.
	f.form((&url.URL{Path: text}).EscapedPath())
}

func percentEncode(text, keep string) string {
	const digits = "0123456789abcdef"
	out := make([]byte, 0, len(text)+len(text)/2)
	for i := range len(text) {
		c := text[i]
		if c != '_' && inWord(c) || strings.IndexByte(keep, c) >= 0 {
			out = append(out, c)
		} else {
			out = append(out, '%', digits[c>>4], digits[c&15])
		}
	}
	return string(out)
}

// percent adds the encoding of every byte.
func (f *forms) percent(text string) {
	out := make([]byte, 0, 3*len(text))
	for i := range len(text) {
		out = append(out, '%')
		out = hex.AppendEncode(out, bytesOf(text[i:i+1]))
	}
	f.add(out, len(out), false)
}

// base64 adds both alphabets at each of the three places where the text may
// begin within a longer one that is encoded. The characters that depend on the
// text alone have to match. If the text is the end, the character that holds
// its last bits follows, and padding or none: they are masked if they are there.
func (f *forms) base64(text string) {
	padded := append(make([]byte, 2, 2+len(text)), text...)
	for shift := range 3 {
		source := padded[2-shift:]
		// Characters that hold bits of the bytes before the text.
		skip := (shift*8 + 5) / 6
		need := len(source)*8/6 - skip
		encoded := base64.StdEncoding.AppendEncode(nil, source)[skip:]
		if need = max(need, shortestForm); need > len(encoded) {
			continue
		}
		if bytes.ContainsAny(encoded, "+/") {
			f.add(base64.URLEncoding.AppendEncode(nil, source)[skip:], need, false)
		}
		f.add(encoded, need, false)
	}
}
