package redact

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"net/url"
	"slices"
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
	if !isASCII(text) {
		relevant |= escapeNonASCII | keepInvalid
	}
	if strings.ContainsAny(text, "\u2028\u2029") {
		relevant |= keepSeparators
	}
	if len(text) > manyForms<<10 {
		relevant &= escapeHTML
	}
	for {
		f.buf = style.append(f.buf, text)
		f.keepAll()
		if len(text) <= manyForms<<10 && style&^escapeNonASCII == relevant&escapeHTML {
			for _, more := range forHTML {
				if strings.ContainsAny(text, more) {
					f.buf = appendForHTML(style.append(f.buf, text), f.end, more)
					f.keepAll()
				}
			}
		}
		// The next subset of relevant.
		if style = (style - relevant) & relevant; style == 0 {
			return
		}
	}
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// forHTML are what JSON encoders that escape for the sake of HTML write as \u00XX
// besides what encoding/json does.
var forHTML = [...]string{
	"'",     // Jinja, PHP's JSON_HEX_APOS
	"'=",    // Gson
	"'+`\"", // System.Text.Json
}

// appendForHTML escapes more characters in dst[from:], which is the contents of a
// string literal.
func appendForHTML(dst []byte, from int, more string) []byte {
	literal := string(dst[from:])
	dst = dst[:from]
	for i := 0; i < len(literal); i++ {
		c := literal[i]
		if c == '\\' {
			if i++; literal[i] != '"' || strings.IndexByte(more, '"') < 0 {
				dst = append(dst, c, literal[i])
				continue
			}
			c = '"'
		}
		if strings.IndexByte(more, c) >= 0 {
			dst = appendUnit(dst, uint16(c))
		} else {
			dst = append(dst, c)
		}
	}
	return dst
}

const hexDigits = "0123456789abcdef"

// appendUnit appends \uXXXX.
func appendUnit(dst []byte, unit uint16) []byte {
	return append(dst, '\\', 'u', hexDigits[unit>>12], hexDigits[unit>>8&15], hexDigits[unit>>4&15], hexDigits[unit&15])
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

func (s jsonStyle) append(dst []byte, text string) []byte {
	for i, r := range text {
		switch {
		case r == '"' || r == '\\' || r == '/' && s&escapeSlash != 0:
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, `\n`...)
		case r == '\r':
			dst = append(dst, `\r`...)
		case r == '\t':
			dst = append(dst, `\t`...)
		case r == '\b' && s&longControls == 0:
			dst = append(dst, `\b`...)
		case r == '\f' && s&longControls == 0:
			dst = append(dst, `\f`...)
		case r < ' ',
			r == 0x7f && s&longControls != 0,
			(r == '<' || r == '>' || r == '&') && s&escapeHTML != 0,
			(r == '\u2028' || r == '\u2029') && s&keepSeparators == 0,
			r == utf8.RuneError && s&keepInvalid == 0 && invalidAt(text, i),
			r >= utf8.RuneSelf && s&escapeNonASCII != 0:
			if r < 0x10000 {
				dst = appendUnit(dst, uint16(r))
			} else {
				high, low := utf16.EncodeRune(r)
				dst = appendUnit(appendUnit(dst, uint16(high)), uint16(low))
			}
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}

func invalidAt(text string, i int) bool {
	_, size := utf8.DecodeRuneInString(text[i:])
	return size == 1
}

// quoted adds what %q and %+q of fmt print.
func (f *forms) quoted(text string) {
	for _, quote := range [...]func([]byte, string) []byte{strconv.AppendQuote, strconv.AppendQuoteToASCII} {
		f.buf = quote(f.buf, text)
		n := copy(f.buf[f.end:], f.buf[f.end+1:len(f.buf)-1])
		f.buf = f.buf[:f.end+n]
		f.keepAll()
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
var unescaped = [...]byteSet{
	newByteSet("-_.~"),                 // RFC 3986, url.QueryEscape
	newByteSet("-_.~$&+=:@"),           // url.PathEscape
	newByteSet("-_.~$&+,/:;=@"),        // the path of url.URL
	newByteSet("-_.~$&+,;="),           // the user information of url.URL
	newByteSet("-_.~$&+,/:;=?@!()*"),   // the fragment of url.URL
	newByteSet("-_.!~*'()"),            // encodeURIComponent
	newByteSet("-_.!~*'();/?:@&=+$,#"), // encodeURI
	newByteSet("-_.*"),                 // forms of browsers and Java
	newByteSet("-_.~/"),                // Python's quote
	newByteSet("-_."),                  // PHP's urlencode
	newByteSet("-_.!*()"),              // .NET's UrlEncode
}

type byteSet [256]bool

// newByteSet returns a set of the bytes of text, ASCII letters and digits.
func newByteSet(text string) (s byteSet) {
	for i := range s {
		c := byte(i)
		s[i] = c != '_' && inWord(c) || strings.IndexByte(text, c) >= 0
	}
	return s
}

// specialBytes returns the ASCII characters of text that are no letters or
// digits, each once.
func specialBytes(text string) (special []byte) {
	var seen [utf8.RuneSelf]bool
	for i := range len(text) {
		if c := text[i]; c < utf8.RuneSelf && (c == '_' || !inWord(c)) && !seen[c] {
			seen[c] = true
			special = append(special, c)
		}
	}
	return special
}

// keeps returns a number that tells which of some special characters are in the
// set. Only printable ones can be, of which there are fewer than 64.
func (s *byteSet) keeps(special []byte) (kept uint64) {
	bit := uint64(1)
	for _, c := range special {
		if ' ' < c && c <= '~' {
			if s[c] {
				kept |= bit
			}
			bit <<= 1
		}
	}
	return kept
}

// url adds percent-encodings, with a space as %20 and as +.
func (f *forms) url(text string) {
	list := unescaped[:]
	if len(text) > manyForms<<10 {
		list = list[:1]
	}
	special := specialBytes(text)
	var done []uint64
	for i := range list {
		kept := list[i].keeps(special)
		if slices.Contains(done, kept) {
			continue
		}
		done = append(done, kept)
		f.buf = appendPercent(f.buf, text, &list[i], false)
		f.keepAll()
		if strings.Contains(text, " ") {
			f.buf = appendPercent(f.buf, text, &list[i], true)
			f.keepAll()
		}
	}
	// RFC 3986 allows more in a path than any of these escapes.
	f.form((&url.URL{Path: text}).EscapedPath())
}

// appendPercent appends text with all bytes encoded that are not in keep; a
// space becomes a plus if plus is set.
func appendPercent(dst []byte, text string, keep *byteSet, plus bool) []byte {
	for i := range len(text) {
		switch c := text[i]; {
		case keep[c]:
			dst = append(dst, c)
		case c == ' ' && plus:
			dst = append(dst, '+')
		default:
			dst = append(dst, '%', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return dst
}

// percent adds the encoding of every byte.
func (f *forms) percent(text string) {
	f.buf = appendPercent(f.buf, text, new(byteSet), false)
	f.keep(3*len(text), true)
}

// base64 adds both alphabets at each of the three places where the text may
// begin within a longer one that is encoded. The characters that depend on the
// text alone have to match. If the text is the end, the character that holds
// its last bits follows, and padding or none: they are masked if they are there.
func (f *forms) base64(text string) {
	padded := append(make([]byte, 2, 2+len(text)), text...)
	var scratch []byte
	for shift := range 3 {
		source := padded[2-shift:]
		// Characters that hold bits of the bytes before the text.
		skip := (shift*8 + 5) / 6
		need := len(source)*8/6 - skip
		scratch = base64.StdEncoding.AppendEncode(scratch[:0], source)
		encoded := scratch[skip:]
		if need = max(need, shortestForm); need > len(encoded) {
			continue
		}
		f.buf = append(f.buf, encoded...)
		f.keep(need, false)
		if bytes.ContainsAny(encoded, "+/") {
			f.buf = append(f.buf, base64.URLEncoding.AppendEncode(scratch[:0], source)[skip:]...)
			f.keep(need, false)
		}
	}
}
