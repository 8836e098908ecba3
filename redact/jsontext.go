package redact

import (
	"bytes"
	"encoding/json"
)

const quotedMask = `"` + Mask + `"`

// cleanJSON returns JSON text redacted, and still valid. A mask alone breaks the
// syntax where it stands for digits of a number, or where a match begins within
// an escape, as the value `nabc` does in `\nabc`.
func (r *Redactor) cleanJSON(text []byte) []byte {
	if r.cleanBytes(text) {
		return text
	}
	plain := r.Append(nil, text)
	if json.Valid(plain) || !json.Valid(text) {
		return plain
	}
	if clean := r.cleanTokens(text); r.cleanBytes(clean) {
		return clean
	}
	// A match over several tokens.
	clean, _ := json.Marshal(string(plain)) // a string always encodes
	return clean
}

// cleanTokens redacts each string and each number of valid JSON by itself.
func (r *Redactor) cleanTokens(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		end := i + 1
		switch c := text[i]; {
		case c == '"':
			for text[end] != '"' {
				if text[end] == '\\' {
					end++
				}
				end++
			}
			end++
			out = append(out, r.cleanLiteral(text[i:end])...)
		case c == '-' || '0' <= c && c <= '9':
			for end < len(text) && bytes.IndexByte([]byte("+-.eE0123456789"), text[end]) >= 0 {
				end++
			}
			if r.cleanBytes(text[i:end]) {
				out = append(out, text[i:end]...)
			} else {
				out = append(out, quotedMask...)
			}
		default:
			out = append(out, c)
		}
		i = end
	}
	return out
}

// cleanLiteral redacts what a string literal says. A literal whose spelling has
// something to mask even then is masked whole.
func (r *Redactor) cleanLiteral(literal []byte) []byte {
	if r.cleanBytes(literal) {
		return literal
	}
	var said string
	if err := json.Unmarshal(literal, &said); err == nil {
		if clean, err := json.Marshal(r.String(said)); err == nil && r.cleanBytes(clean) {
			return clean
		}
	}
	return []byte(quotedMask)
}
