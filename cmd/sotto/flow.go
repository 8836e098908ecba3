package main

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/macros"
)

// expressionAt is an expression of a flow file and where it stands there.
type expressionAt struct {
	source   string
	language api.Language
	// at is the offset of the expression's first byte in the file.
	at macros.Pos
}

// engineLanguage returns the language as the engine calls it.
func engineLanguage(l api.Language) engine.Language {
	if l == api.JavaScript {
		return engine.JavaScript
	}
	return engine.CEL
}

// languageOf returns the language of an expression in a file of this name: that of
// --language, or the one that the name ends in.
func languageOf(cmd *cli.Command, name string) api.Language {
	switch {
	case cmd.IsSet("language"):
		return api.Language(cmd.String("language"))
	case strings.HasSuffix(name, ".js"):
		return api.JavaScript
	}
	return api.CEL
}

// flowReader reads a flow file. It keeps the place of each expression.
type flowReader struct {
	*json.Decoder
	text string
}

var errFlow = errors.New("no flow")

// parseFlow reads a flow: a JSON object of expressions by name, or one that has them
// in "expressions" and names their language. An expression may name its own.
func parseFlow(name, text string) (map[string]expressionAt, error) {
	r := flowReader{json.NewDecoder(strings.NewReader(text)), text}
	flow, err := r.flow()
	if err == nil {
		return flow, nil
	}
	at := r.InputOffset()
	if !strings.HasPrefix(strings.TrimSpace(text), "{") {
		at = 0
	}
	place := macros.PlaceOf(text, macros.Pos(at))
	return nil, &sourceError{source: name, code: api.InvalidRequest, details: []api.Detail{{
		Code: api.InvalidRequest,
		Message: `a flow is a JSON object of expressions by name, as in {"header": "secrets.token"}, ` +
			`or {"language": "js", "expressions": {...}}; an expression may be {"expression", "language"}, and a language is cel or js`,
		Line: place.Line, Column: place.Column,
	}}}
}

func (r flowReader) flow() (map[string]expressionAt, error) {
	flow := map[string]expressionAt{}
	var inside map[string]expressionAt
	err := r.object(func(key string) error {
		if key != "expressions" {
			e, err := r.expression()
			flow[key] = e
			return err
		}
		if r.isText() {
			e, err := r.expression()
			flow[key] = e
			return err
		}
		inside = map[string]expressionAt{}
		return r.object(func(key string) error {
			e, err := r.expression()
			inside[key] = e
			return err
		})
	})
	if err != nil || inside == nil {
		return flow, err
	}
	language, err := languageNamed(flow["language"].source)
	for key, e := range inside {
		if e.language == "" {
			e.language = language
			inside[key] = e
		}
	}
	return inside, err
}

func languageNamed(name string) (api.Language, error) {
	switch l := api.Language(name); l {
	case "", api.CEL, api.JavaScript:
		return l, nil
	}
	return "", errFlow
}

// object reads an object whose values each reads.
func (r flowReader) object(each func(key string) error) error {
	if token, err := r.Token(); err != nil || token != json.Delim('{') {
		return errFlow
	}
	for r.More() {
		key, err := r.Token()
		if err != nil {
			return errFlow
		}
		if err := each(key.(string)); err != nil {
			return err
		}
	}
	_, err := r.Token()
	return err
}

// isText reports whether a text comes next.
func (r flowReader) isText() bool {
	return strings.HasPrefix(strings.TrimLeft(r.text[r.InputOffset():], ": \t\r\n"), `"`)
}

// expression reads a text, or an object of an expression and its language.
func (r flowReader) expression() (expressionAt, error) {
	if r.isText() {
		return r.source()
	}
	var e expressionAt
	err := r.object(func(key string) error {
		value, err := r.source()
		switch {
		case err != nil:
			return err
		case key == "expression":
			e.source, e.at = value.source, value.at
			return nil
		case key == "language":
			e.language, err = languageNamed(value.source)
			return err
		}
		return errFlow
	})
	return e, err
}

func (r flowReader) source() (expressionAt, error) {
	before := r.InputOffset()
	value, err := r.Token()
	source, isText := value.(string)
	if err != nil || !isText {
		return expressionAt{}, errFlow
	}
	quote := strings.IndexByte(r.text[before:], '"')
	return expressionAt{source: source, at: macros.Pos(before) + macros.Pos(quote) + 1}, nil
}

// place is where in the file a mistake is. JSON escapes before it on the line
// move it to the left.
func (f lintFile) place(part string, line, column int) macros.Place {
	start := macros.PlaceOf(f.text, f.expressions[part].at)
	switch {
	case line <= 0:
		return start
	case line == 1:
		return macros.Place{Line: start.Line, Column: start.Column + column - 1}
	case f.flow:
		// The lines of an expression are one line of JSON.
		return start
	}
	return macros.Place{Line: line, Column: column}
}
