package escape

import (
	"strings"

	"github.com/sotto-render/sotto/internal/jsontext"
)

// Escaper says how a value is escaped for the place where it lands.
type Escaper uint8

const (
	AsIs Escaper = iota
	HTML
	Header
	JSONText  // inside a string literal
	JSONValue // where a value may stand
	JSONKey   // where the name of an object's member may stand
	Captured  // inside a capture, escaped where that is printed
	Live      // decided while rendering, by what stands before
	URLPart   // query, fragment, or an opaque part of a URL

	// The other places of a URL, which only a [States] or a [Scanner] chooses.
	urlAtStart     // nothing stands before it
	urlBeforeSlash // the same, and a slash stands behind it
	urlIsWhole     // nothing stands before it or behind it
	urlAtRoot      // behind a slash that begins the URL
	urlWholeHost   // a whole host, or its end behind a dot
	urlHostPart
	urlInPort
	urlInUser    // in the name or password before a host
	urlForbidden // where a value could change the scheme or the host, or run as code
	urlInPath

	// The places of HTML where not every text may stand.
	htmlLink     // where a URL in an attribute begins
	htmlLinkPart // where its scheme may still be
	htmlLinks    // among several URLs, in srcset
	htmlDigits   // in the name of a tag
	htmlByOutput // like Live, but what stands behind is known
	htmlInComment
	cssPart
	jsValue // where a script has an expression
	jsDoubleText
	jsSingleText
	jsTemplateText
)

// Doubt returns why a value may be refused here, and what to write instead; "" where
// each text may stand. JSON says that the value is JSON, whatever it holds.
func (e Escaper) Doubt(json bool) string {
	switch e {
	case jsValue:
		if !json {
			return "a text is refused here, where a script has code: write the value with `| json`"
		}
	case cssPart:
		return "only words, numbers and colors may stand here, in a style, and all else is refused: set a class in the template instead"
	}
	return ""
}

// AppendPlain appends a text of which nothing is known but its letters, and
// reports whether it could: it is the short way for the places where any text may
// stand.
func (e Escaper) AppendPlain(dst []byte, text string) (out []byte, ok bool) {
	switch e {
	case AsIs:
		return append(dst, text...), true
	case JSONText:
		return jsontext.AppendText(dst, text), true
	case JSONValue, JSONKey:
		return jsontext.AppendString(dst, text), true
	case HTML:
		return AppendHTML(dst, text), true
	case URLPart:
		return AppendPercent(dst, text), true
	case urlInPath:
		if text == "." || text == ".." {
			return dst, false
		}
		return AppendPercent(dst, text), true
	}
	return dst, false
}

// append appends t, which is a value as a whole. The problem says why t cannot
// stand here, or is ""; it never holds any of t.
func (e Escaper) append(dst []byte, t *Text) (out []byte, problem string) {
	switch e {
	case AsIs, Captured, Live:
		return append(dst, t.String...), ""
	case HTML:
		return appendMixedHTML(dst, t), ""
	case Header:
		if !t.Placeholder && !fitsHeader(t.String) {
			return dst, beyondHeader
		}
		return append(dst, t.String...), ""
	case JSONText, JSONValue, JSONKey:
		return e.appendJSON(dst, t)
	}
	if e >= htmlLink {
		return e.appendInHTML(dst, t)
	}
	return e.appendURL(dst, t)
}

// appendJSON appends a text, which as a value is a string.
func (e Escaper) appendJSON(dst []byte, t *Text) (out []byte, problem string) {
	switch {
	case t.Content&RawContent != 0:
		// The author answers for what it says, not for the JSON around it: a raw
		// text that closed the string or the object would break the promise that
		// the output is valid.
		if !e.whole(t.String) {
			return dst, "the raw value would break the JSON around it"
		}
		return append(dst, t.String...), ""
	case t.Content&JSONContent != 0 && (e == JSONValue || e == JSONKey && strings.HasPrefix(t.String, `"`)):
		return append(dst, t.String...), ""
	case e == JSONText:
		return jsontext.AppendText(dst, t.String), ""
	}
	return jsontext.AppendString(dst, t.String), ""
}
