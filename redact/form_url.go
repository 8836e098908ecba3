package redact

import (
	"bytes"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

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
		twice := i < percentedTwice && len(text) <= manyForms<<10
		if again := percentTwice(f.buf[f.end:]); twice && len(again) > len(f.buf)-f.end {
			f.keepAll()
			f.buf = append(f.buf, again...)
			if i < percentedThrice {
				f.keepAll()
				f.buf = append(f.buf, percentTwice(again)...)
			}
		}
		f.keepAll()
		if strings.Contains(text, " ") {
			f.buf = appendPercent(f.buf, text, &list[i], true)
			again := strings.NewReplacer("%", "%25", "+", "%2B").Replace(string(f.buf[f.end:]))
			f.keepAll()
			if twice {
				f.form(again)
			}
			if twice && i < percentedThrice {
				f.form(string(percentTwice([]byte(again))))
			}
		}
	}
	// RFC 3986 allows more in a path than any of these escapes.
	f.form((&url.URL{Path: text}).EscapedPath())
	f.buf = appendUnicodePercent(f.buf, text)
	f.keepAll()
}

// appendUnicodePercent appends text as escape() of JavaScript does, in units of
// UTF-16.
func appendUnicodePercent(dst []byte, text string) []byte {
	for _, unit := range utf16.Encode([]rune(text)) {
		switch c := byte(unit); {
		case unit > 0xff:
			dst = append(dst, '%', 'u', hexDigits[unit>>12], hexDigits[unit>>8&15], hexDigits[unit>>4&15], hexDigits[unit&15])
		case alphanumeric(c) || strings.IndexByte("@*_+-./", c) >= 0:
			dst = append(dst, c)
		default:
			dst = append(dst, '%', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return dst
}

// percentTwice is what is left of a text that was percent-encoded, when it is again.
func percentTwice(text []byte) []byte { return bytes.ReplaceAll(text, []byte("%"), []byte("%25")) }

// unescaped :: what URL encoders leave as it is, besides letters and digits
var unescaped = [...]byteSet{
	newByteSet("-_.~"),                 // RFC 3986, url.QueryEscape
	newByteSet("-_.!~*'()"),            // encodeURIComponent
	newByteSet("-_.*"),                 // forms of browsers and Java
	newByteSet(""),                     // all but letters and digits: jq, Rust's NON_ALPHANUMERIC
	newByteSet("-_.~$&+=:@"),           // url.PathEscape
	newByteSet("-_.~$&+,/:;=@"),        // the path of url.URL
	newByteSet("-_.~$&+,;="),           // the user information of url.URL
	newByteSet("-_.~$&+,/:;=?@!()*"),   // the fragment of url.URL
	newByteSet("-_.!~*'();/?:@&=+$,#"), // encodeURI
	newByteSet("-_.~/"),                // Python's quote
	newByteSet("-_."),                  // PHP's urlencode
	newByteSet("-_.!*()"),              // .NET's UrlEncode
	newByteSet("-"),
	newByteSet("_"),
	newByteSet("*-._+/"),                        // Perl's and Tcl's
	newByteSet("!$%&'()*+,-._~"),                // the user information of WHATWG
	newByteSet("!$%&'()*+,-./:;=@[\\]_|~"),      // the path of WHATWG
	newByteSet("!$%&'()*+,-./:;=@[\\]^_|~"),     // before ^ was added
	newByteSet("!$%&()*+,-./:;=?@[\\]^_`{|}~"),  // the query of WHATWG, http
	newByteSet("!$%&'()*+,-./:;=?@[\\]^_`{|}~"), // the query of WHATWG
	newByteSet("!#$%&'()*+,-./:;=?@[\\]^_{|}~"), // the fragment of WHATWG
	newByteSet("!'()*-._~"),                     // the component of WHATWG
	newByteSet("-_.~!$&'()*+,;=:@"),             // what RFC 3986 allows in a segment
	newByteSet("-_.~!$&'()*+,;=:@/"),            // in a path
	newByteSet("-_.~!$&'()*+,;=:@/?"),           // in a query
	newByteSet("-_.~!$&'()*+,;=:"),              // in user information
	newByteSet("%-_.~"),                         // with the percent signs of the value
	newByteSet("-_.~!*'();:@&=+$,/?#[]"),        // what curl and wget keep of a URL
	newByteSet("-_.~!*'();:@&=+$,/?#[]%"),
}

// percentedTwice is how many of these are written twice at times, as in the target of a
// redirect, and percentedThrice how many three times, as in one within another.
const (
	percentedTwice  = 4
	percentedThrice = 2
)

type byteSet [256]bool

// newByteSet returns a set of the bytes of text, ASCII letters and digits.
func newByteSet(text string) (s byteSet) {
	for i := range s {
		c := byte(i)
		s[i] = alphanumeric(c) || strings.IndexByte(text, c) >= 0
	}
	return s
}

// specialBytes returns the ASCII characters of text that are no letters or
// digits, each once.
func specialBytes(text string) (special []byte) {
	var seen [utf8.RuneSelf]bool
	for i := range len(text) {
		if c := text[i]; c < utf8.RuneSelf && !alphanumeric(c) && !seen[c] {
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

// percent adds the encoding of every byte.
func (f *forms) percent(text string) {
	f.buf = appendPercent(f.buf, text, new(byteSet), false)
	f.keepRun(3*len(text), true)
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

// alphanumeric reports whether c is an ASCII letter or digit.
func alphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}
