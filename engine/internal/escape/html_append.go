package escape

import (
	"html"
	"strings"
)

// appendInHTML appends t at a place of HTML where not every text may stand.
func (e Escaper) appendInHTML(dst []byte, t *Text) (out []byte, problem string) {
	text := t.String
	if t.Content&RawContent != 0 {
		return append(dst, text...), ""
	}
	switch e {
	case jsValue:
		return appendJSValue(dst, t)
	case jsDoubleText:
		return appendJSText(dst, text, ""), ""
	case jsSingleText:
		return appendJSText(dst, text, "'"), ""
	case jsTemplateText:
		return appendJSText(dst, text, "`${"), ""
	case htmlInComment:
		return append(dst, strings.ReplaceAll(string(appendMixedHTML(nil, t)), "-", "&#45;")...), ""
	case cssPart, htmlDigits:
		if t.Placeholder {
			return AppendPercent(dst, text), ""
		}
		if e == htmlDigits && !allDigits(text) {
			return dst, "a value in the name of a tag must be digits"
		}
		if e == cssPart && !fitsCSS(text) {
			return dst, "a value in a style may hold letters, digits, spaces and # % . , + - _ only: write the rest of the style in the template"
		}
		return append(dst, text...), ""
	}
	// What was escaped before, a browser reads as what it was.
	plain := text
	if t.Content&HTMLContent != 0 || len(t.Escaped) > 0 {
		plain = html.UnescapeString(text)
	}
	if problem := mayLink(e, plain); problem != "" && !t.Placeholder {
		return dst, problem
	}
	return appendMixedHTML(dst, t), ""
}

// fitsCSS reports whether text is no more than words and numbers in a style, so
// that it ends nothing, calls nothing and loads nothing.
func fitsCSS(text string) bool {
	for i := range len(text) {
		c := text[i]
		if !isLetter(c) && (c < '0' || c > '9') && c < 0x80 && strings.IndexByte(" #%.,+-_", c) < 0 {
			return false
		}
	}
	return true
}
