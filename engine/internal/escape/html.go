package escape

// appendMixedHTML escapes the parts of t that are not escaped yet.
func appendMixedHTML(dst []byte, t *Text) []byte {
	if t.Content&(HTMLContent|RawContent) != 0 {
		return append(dst, t.String...)
	}
	at := 0
	for _, s := range t.Escaped {
		dst = AppendHTML(dst, t.String[at:s.From])
		dst = append(dst, t.String[s.From:s.To]...)
		at = s.To
	}
	return AppendHTML(dst, t.String[at:])
}

// AppendHTML appends s with the escapes of Liquid's `escape`.
func AppendHTML(dst []byte, s string) []byte {
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
