package jsontext

import (
	"bytes"
	"encoding/json"
)

// MaxIndent is how many spaces a level of JSON may be indented by.
const MaxIndent = 16

// Indent puts compact JSON on lines, indented by so many spaces a level.
func Indent(compact []byte, spaces int) []byte {
	var b bytes.Buffer
	b.Grow(IndentedSize(compact, spaces))
	if err := json.Indent(&b, compact, "", string(bytes.Repeat([]byte(" "), spaces))); err != nil {
		return compact // never: it is JSON
	}
	return b.Bytes()
}

// IndentedSize returns at least how long [Indent] makes compact JSON: a short one
// that is nested deep becomes very long.
func IndentedSize(compact []byte, spaces int) int {
	size, depth, quoted := len(compact), 0, false
	for i := 0; i < len(compact); i++ {
		switch c := compact[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			depth++
			size += 1 + depth*spaces
		case c == ']' || c == '}':
			depth--
			size += 1 + depth*spaces
		case c == ',':
			size += 1 + depth*spaces
		case c == ':':
			size++
		}
	}
	return size
}
