package redact

import (
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
