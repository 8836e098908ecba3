package engine

import (
	"strings"
	"unicode/utf8"

	"github.com/sotto-render/sotto/engine/internal/jsontext"
)

// mode says how a value is escaped for the place where it lands.
type mode uint8

const (
	modeText mode = iota
	modeHTML
	modeHeader
	modeJSONText  // inside a string literal
	modeJSONValue // where a value may stand
	modeJSONKey   // where the name of an object's member may stand
	modeJSONLive  // decided while rendering, by what stands before
	modeHeld      // inside a capture, escaped where that is printed
	modeURLStart  // nothing before it
	modeURLRoot   // behind a slash that begins the URL
	modeURLHost   // a whole host, or its end behind a dot
	modeURLLabel  // a part of a host
	modeURLPort
	modeURLUser  // in the name or password before a host
	modeURLGlued // right behind a whole host
	modeURLPath
	modeURLPart // query, fragment, or an opaque part
	modeURLLive
)

// place appends v to dst as its mode asks.
func (st *state) place(dst []byte, v value, m mode) []byte {
	switch m {
	case modeText:
		if v.kind == kindString {
			return append(dst, v.text...)
		}
		return v.appendOutput(dst, 0)
	case modeHTML:
		return st.placeHTML(dst, v)
	case modeHeld:
		return st.hold(dst, v)
	case modeHeader:
		text := v.output()
		if strings.ContainsAny(text, lineBreaks) {
			st.refuse("a header must not hold a line break or a NUL byte")
			return dst
		}
		return append(dst, text...)
	case modeJSONText, modeJSONValue, modeJSONKey, modeJSONLive:
		return st.placeJSON(dst, v, m)
	}
	return st.placeURL(dst, v, m)
}

// lineBreaks end a header or cut a request in two.
const lineBreaks = "\r\n\x00"

// refuse ends the render because a value cannot stand where it would land.
// The caller adds the place.
func (st *state) refuse(message string) {
	st.stop(&Error{Code: ValueRejected, Details: []Detail{{Code: ValueRejected, Message: message}}})
}

// output returns the text that `{{ v }}` prints.
func (v value) output() string {
	if v.kind == kindString {
		return v.text
	}
	return string(v.appendOutput(nil, 0))
}

func (st *state) placeHTML(dst []byte, v value) []byte {
	if v.done&(finishHTML|finishRaw) != 0 {
		return append(dst, v.text...)
	}
	if v.kind == kindList && !v.secretTree() {
		v = st.concatenated(v, 0)
	}
	if v.kind != kindString {
		return appendHTML(dst, v.string())
	}
	from, _ := v.ref.(written)
	at := 0
	for _, s := range from {
		dst = appendHTML(dst, v.text[at:s.from])
		dst = append(dst, v.text[s.from:s.to]...)
		at = s.to
	}
	return appendHTML(dst, v.text[at:])
}

// appendHTML appends s with the escapes of Liquid's `escape`.
func appendHTML(dst []byte, s string) []byte {
	from := 0
	for i := range len(s) {
		var escape string
		switch s[i] {
		case '&':
			escape = "&amp;"
		case '<':
			escape = "&lt;"
		case '>':
			escape = "&gt;"
		case '"':
			escape = "&quot;"
		case '\'':
			escape = "&#39;"
		default:
			continue
		}
		dst = append(append(dst, s[from:i]...), escape...)
		from = i + 1
	}
	return append(dst, s[from:]...)
}

func escapeHTML(s string) string {
	if !strings.ContainsAny(s, `&<>"'`) {
		return s
	}
	return string(appendHTML(nil, s))
}

// live is how far the output was read, where only the output itself tells how
// the next value is to be escaped.
type live struct {
	at   int
	json jsonState
	url  urlState
}

func (st *state) placeJSON(dst []byte, v value, m mode) []byte {
	if m == modeJSONLive {
		var ok bool
		if m, ok = st.readOn(dst).json.mode(); !ok {
			st.refuse("no value can stand here: it would break the JSON around it")
			return dst
		}
	}
	if v.done&finishRaw != 0 && !validRaw(v.text, m) {
		st.refuse("the raw value would break the JSON around it")
		return dst
	}
	switch m {
	case modeJSONText:
		if v.done&finishRaw != 0 {
			return append(dst, v.text...)
		}
		return jsontext.AppendText(dst, v.output())
	case modeJSONKey:
		if v.done&finishRaw != 0 || v.done&finishJSON != 0 && strings.HasPrefix(v.text, `"`) {
			return append(dst, v.text...)
		}
		return jsontext.AppendString(dst, v.output())
	}
	if v.done&(finishRaw|finishJSON) != 0 {
		return append(dst, v.text...)
	}
	if !v.encodable(0) {
		st.refuse("the value holds a number that JSON does not have, or is nested too deep")
		return dst
	}
	return appendJSON(dst, v, 0)
}

// readOn reads the output up to its end and returns where it stands there.
func (st *state) readOn(dst []byte) *live {
	l := &st.live
	text := dst[max(l.at, st.start):]
	if st.template.context == JSONContext {
		l.json.read(text)
	} else {
		l.url.read(text)
	}
	l.at = len(dst)
	return l
}

// validRaw reports whether a raw text leaves the JSON around it whole.
func validRaw(text string, m mode) bool {
	var s jsonState
	if !utf8.ValidString(text) {
		return false
	}
	switch m {
	case modeJSONText:
		s.phase = inString
		s.read([]byte(text))
		return s.phase == inString
	case modeJSONKey:
		s.read([]byte(text))
		return s.complete() && strings.HasPrefix(text, `"`)
	}
	s.read([]byte(text))
	return s.complete() && !strings.ContainsAny(text[:min(len(text), 1)], " \t\r\n")
}
