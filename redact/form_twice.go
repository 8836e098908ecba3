package redact

import (
	"html"
	"net/url"
	"strings"
)

// twice adds encodings of encodings, as far as real tools make them.
func (f *forms) twice(text string, has features) {
	if has.any("\"\\/<>&") || has.wide || has.controls {
		f.jsonTwice(text, has)
	}
	if escaped := url.QueryEscape(text); escaped != text {
		// RFC 6749 2.3.1: id and secret are form-encoded, and then base64.
		f.formEncoded(escaped)
		f.formEncoded(strings.ReplaceAll(escaped, "+", "%20"))
	}
}

// jsonTwice adds JSON in a string of JSON, up to three deep, in logfmt and Go's
// quotes, in a URL, in HTML, in a shell's quotes.
func (f *forms) jsonTwice(text string, has features) {
	for _, inner := range [...]jsonStyle{keepSeparators, keepSeparators | escapeHTML, keepSeparators | escapeNonASCII, keepSeparators | escapeSlash,
		keepSeparators | escapeNonASCII | escapeSlash, escapeHTML | escapeNonASCII | keepSeparators} {
		once := string(inner.append(nil, text))
		for _, outer := range [...]jsonStyle{keepSeparators, keepSeparators | escapeHTML, keepSeparators | escapeNonASCII, keepSeparators | escapeSlash} {
			again := string(outer.append(nil, once))
			f.form(again)
			if inner == outer {
				f.form(string(outer.append(nil, again)))
			}
		}
		if once == text {
			continue
		}
		for i := range percentedTwice - 1 {
			f.buf = appendPercent(f.buf, once, &unescaped[i], false)
			f.keepAll()
			if has.any(" ") {
				f.buf = appendPercent(f.buf, once, &unescaped[i], true)
				f.keepAll()
			}
		}
		for _, quotes := range [...][2]string{{"&#34;", "&#39;"}, {"&quot;", "&#39;"}, {"&quot;", "&#x27;"}, {"&quot;", "&#039;"}, {"&quot;", "'"}} {
			f.form(strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, quotes[0], "'", quotes[1]).Replace(once))
		}
		f.form(strings.ReplaceAll(once, `'`, `'\''`))
		f.form(strings.ReplaceAll(once, `'`, `''`))
		f.form(strings.ReplaceAll(once, `'`, `\'`))
	}
	// Markup in a string of JSON.
	if escaped := html.EscapeString(text); escaped != text {
		f.form(string(escapeHTML.append(nil, escaped)))
		f.form(string(jsonStyle(0).append(nil, escaped)))
		f.form(html.EscapeString(escaped))
	}
	// A shell's quotes in a string of JSON.
	if strings.Contains(text, "'") {
		f.form(string(jsonStyle(0).append(nil, strings.ReplaceAll(text, `'`, `'\''`))))
		f.form(string(jsonStyle(0).append(nil, strings.ReplaceAll(text, `'`, `'"'"'`))))
	}
}

// formEncoded adds base64 of a text that is percent-encoded already.
func (f *forms) formEncoded(text string) {
	eachBase64([]byte(text), func(encoded []byte, need int) {
		f.buf = append(f.buf, encoded...)
		f.keepRun(need, false)
	})
}
