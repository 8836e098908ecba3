package redact

import (
	"bytes"
	"encoding/base64"
)

// base64 adds both alphabets at each of the three places where the text may
// begin within a longer one that is encoded. The characters that depend on the
// text alone have to match. If the text is the end, the character that holds
// its last bits follows, and padding or none: they are masked if they are there.
func (f *forms) base64(text string) {
	many, alone := len(text) <= manyForms<<10, true
	eachBase64([]byte(text), func(encoded []byte, need int) {
		f.buf = append(f.buf, encoded...)
		f.keepRun(need, false)
		if bytes.ContainsAny(encoded, "+/") {
			f.buf = appendMapped(f.buf, encoded, &urlAlphabet)
			f.keepRun(need, false)
		}
		if !many {
			return
		}
		// As a parameter of a URL, in JSON of PHP, in markup. Padding tells nothing: it
		// has a form of its own only in a URL, where it is by far the most common.
		if alone && encoded[len(encoded)-1] == '=' {
			f.buf = appendMarkup(f.buf, string(encoded), &base64Escapes[0])
			f.keepRun(len(appendMarkup(nil, string(encoded[:need]), &base64Escapes[0])), false)
		}
		alone = false
		if bytes.ContainsAny(encoded, "+/") {
			for i := range base64Escapes {
				e := &base64Escapes[i]
				f.buf = appendMarkup(f.buf, string(encoded), e)
				f.keepRun(len(appendMarkup(nil, string(encoded[:need]), e)), false)
			}
		}
		// Again; that of longer ones is decoded.
		if len(text) < shortestDecoded {
			eachBase64(encoded[:need], func(again []byte, need int) {
				f.buf = append(f.buf, again...)
				f.keepRun(need, false)
			})
		}
	})
}

// base64Escapes are how base64 is escaped where it is put into another text.
var base64Escapes = [...][256]string{
	{'+': "%2B", '/': "%2F", '=': "%3D"}, // URLs
	{'/': `\/`},                          // PHP's JSON
	{'/': "&#x2F;", '=': "&#x3D;"},       // Mustache
	{'+': "&#43;"},                       // html/template
	{'+': `\u002b`},                      // System.Text.Json
	{'+': "%252B", '/': "%252F", '=': "%253D"},
	{'+': `\+`, '/': `\/`, '=': `\=`}, // Telegram, regular expressions
	{'+': `\+`},                       // regular expressions
}

// urlAlphabet :: character of the standard alphabet -> that of the one for URLs
var urlAlphabet = func() (t [256]byte) {
	for i := range t {
		t[i] = byte(i)
	}
	t['+'], t['/'] = '-', '_'
	return t
}()

func appendMapped(dst, text []byte, table *[256]byte) []byte {
	for _, c := range text {
		dst = append(dst, table[c])
	}
	return dst
}

// eachBase64 calls visit for what text looks like at each of the three places, with
// how much of it depends on text alone.
func eachBase64(text []byte, visit func(encoded []byte, need int)) {
	padded := append(make([]byte, 2, 2+len(text)), text...)
	for shift := range 3 {
		source := padded[2-shift:]
		// Characters that hold bits of the bytes before the text.
		skip := (shift*8 + 5) / 6
		encoded := base64.StdEncoding.AppendEncode(nil, source)[skip:]
		if need := max(len(source)*8/6-skip, shortestForm); need <= len(encoded) {
			visit(encoded, need)
		}
	}
}
