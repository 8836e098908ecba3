package engine

import (
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/sotto-render/sotto/macros"
)

// maxVarsDepth bounds the nesting of variables.
const maxVarsDepth = 1000

// DecodeVars decodes the variables of a request from a JSON object. Objects
// inside it become [*Object] and keep the order of their keys; numbers become
// json.Number and keep every digit. It refuses what JSON readers do not agree
// on: names that stand twice in one object, half of a surrogate pair, text that
// is not UTF-8. The error is an [*Error] with the place; it never quotes data.
func DecodeVars(data []byte) (map[string]any, error) {
	d := &varsDecoder{text: string(data)}
	if err := d.check(); err != nil {
		return nil, err
	}
	d.tokens = json.NewDecoder(strings.NewReader(d.text))
	d.tokens.UseNumber()
	if t, _, err := d.next(); err != nil || t != json.Delim('{') {
		return nil, d.wrong(0, `the variables are one JSON object, as in {"name": "Ada"}`)
	}
	object, err := d.object(0)
	if err != nil {
		return nil, err
	}
	if object.values == nil {
		return map[string]any{}, nil
	}
	return object.values, nil
}

// varsDecoder reads text, which check has found to be one JSON value, token by
// token.
type varsDecoder struct {
	text   string
	tokens *json.Decoder
}

// wrong is the error for a mistake at an offset of the text.
func (d *varsDecoder) wrong(at int, message string) error {
	place := macros.PlaceOf(d.text, macros.Pos(at))
	return &Error{Code: InvalidRequest, Details: []Detail{{
		Code: InvalidRequest, Message: message, Line: place.Line, Column: place.Column,
	}}}
}

// check refuses what is not JSON, or more than one value of it.
func (d *varsDecoder) check() error {
	if !utf8.ValidString(d.text) {
		at := 0
		for r, size := rune(0), 0; r != utf8.RuneError || size != 1; at += size {
			r, size = utf8.DecodeRuneInString(d.text[at:])
		}
		return d.wrong(at-1, "this is not UTF-8 text, so not the JSON object that the variables are read from")
	}
	dec := json.NewDecoder(strings.NewReader(d.text))
	var raw json.RawMessage
	var syntax *json.SyntaxError
	switch err := dec.Decode(&raw); {
	case errors.As(err, &syntax):
		return d.wrong(int(syntax.Offset)-1, "the JSON of the variables is broken here")
	case err != nil:
		return d.wrong(len(d.text), "the JSON of the variables ends too early")
	}
	if rest := strings.TrimLeft(d.text[dec.InputOffset():], " \t\r\n"); rest != "" {
		return d.wrong(len(d.text)-len(rest), "the JSON object of the variables has ended; nothing may follow it")
	}
	return nil
}

// next returns the next token and where it starts.
func (d *varsDecoder) next() (token json.Token, at int, err error) {
	at = int(d.tokens.InputOffset())
	at += len(d.text[at:]) - len(strings.TrimLeft(d.text[at:], " \t\r\n,:"))
	token, err = d.tokens.Token()
	if text, ok := token.(string); ok && strings.ContainsRune(text, utf8.RuneError) {
		if half := loneSurrogate(d.text[at:d.tokens.InputOffset()]); half >= 0 {
			return nil, at, d.wrong(at+half, "half of a surrogate pair is no character")
		}
	}
	return token, at, err
}

// loneSurrogate returns where a JSON string, in its quotes, holds half of a
// surrogate pair, or -1. The decoder has put U+FFFD in its place.
func loneSurrogate(literal string) int {
	for i := 0; i < len(literal); i++ {
		if literal[i] != '\\' {
			continue
		}
		if i++; literal[i] != 'u' {
			continue
		}
		switch half := strings.ToLower(literal[i+1 : i+3]); {
		case half < "d8", half > "df":
		case half < "dc" && strings.HasPrefix(literal[i+5:], `\u`) && isLowSurrogate(literal[i+7:]):
			i += 6
		default:
			return i - 1
		}
	}
	return -1
}

// isLowSurrogate reports whether digits start as those of a second half do.
func isLowSurrogate(digits string) bool {
	half := strings.ToLower(digits[:2])
	return "dc" <= half && half <= "df"
}

func (d *varsDecoder) object(depth int) (*Object, error) {
	object := &Object{}
	for d.tokens.More() {
		key, at, err := d.next()
		if err != nil {
			return nil, err
		}
		x, err := d.value(depth)
		if err != nil {
			return nil, err
		}
		before := object.Len()
		if object.Set(key.(string), x); object.Len() == before {
			return nil, d.wrong(at, "a name stands twice in one object: keep one")
		}
	}
	_, _, err := d.next()
	return object, err
}

func (d *varsDecoder) value(depth int) (any, error) {
	t, at, err := d.next()
	if err != nil {
		return nil, err
	}
	if depth >= maxVarsDepth && (t == json.Delim('{') || t == json.Delim('[')) {
		return nil, d.wrong(at, "the variables nest too deep")
	}
	switch t {
	case json.Delim('{'):
		return d.object(depth + 1)
	case json.Delim('['):
		list := []any{}
		for d.tokens.More() {
			x, err := d.value(depth + 1)
			if err != nil {
				return nil, err
			}
			list = append(list, x)
		}
		_, _, err := d.next()
		return list, err
	}
	return t, nil
}
