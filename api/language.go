package api

import "encoding/json"

// Language is what expressions are written in.
type Language string

// The languages of expressions. CEL is meant where none is named.
const (
	CEL        Language = "cel"
	JavaScript Language = "js"
)

// writtenExpressions are expressions by name, of which some name a language of their
// own.
type writtenExpressions struct {
	sources   map[string]string
	languages map[string]Language
}

// IsZero leaves them out where there are none.
func (w writtenExpressions) IsZero() bool { return len(w.sources) == 0 }

// MarshalJSON writes a text for each, or an object with its language.
func (w writtenExpressions) MarshalJSON() ([]byte, error) {
	type written struct {
		Expression string   `json:"expression"`
		Language   Language `json:"language"`
	}
	entries := make(map[string]any, len(w.sources))
	for name, source := range w.sources {
		if language := w.languages[name]; language != "" {
			entries[name] = written{source, language}
		} else {
			entries[name] = source
		}
	}
	return json.Marshal(entries)
}
