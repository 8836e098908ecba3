package escape

import (
	"strings"

	"github.com/sotto-render/sotto/internal/jsontext"
)

// appendJSValue writes a value where a script has an expression. JSON is one;
// any other text would be code.
func appendJSValue(dst []byte, t *Text) (out []byte, problem string) {
	text := t.String
	switch {
	case t.Placeholder && t.Content&JSONContent == 0:
		text = string(jsontext.AppendString(nil, text))
	case t.Content&JSONContent == 0:
		return dst, "a text in a script would be code: write it with `| json`, or inside quotes"
	}
	return appendJS(dst, text, ""), ""
}

// appendJSText writes a value inside a string literal of a script.
func appendJSText(dst []byte, text, quotes string) []byte {
	return appendJS(dst, string(jsontext.AppendText(nil, text)), quotes)
}

// appendJS appends JSON without what would end the script or its line, nor any
// of the bytes more. All of these stand in strings only.
func appendJS(dst []byte, json, more string) []byte {
	const hex = "0123456789abcdef"
	from := 0
	for i := 0; i < len(json); i++ {
		c := json[i]
		if strings.HasPrefix(json[i:], "\u2028") || strings.HasPrefix(json[i:], "\u2029") {
			dst = append(append(dst, json[from:i]...), `\u202`...)
			dst = append(dst, hex[json[i+2]&0xf])
			i += 2
			from = i + 1
			continue
		}
		if c != '<' && c != '>' && c != '&' && strings.IndexByte(more, c) < 0 {
			continue
		}
		dst = append(append(dst, json[from:i]...), '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		from = i + 1
	}
	return append(dst, json[from:]...)
}
