package main

import (
	"encoding/json"
	"strings"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/macros"
)

// expressionAt is an expression of a flow file and where it stands there.
type expressionAt struct {
	source string
	// at is the offset of the expression's first byte in the file.
	at macros.Pos
}

// parseFlow reads a flow: a JSON object of expressions by name.
func parseFlow(name, text string) (map[string]expressionAt, error) {
	wrong := func(at int64) error {
		place := macros.PlaceOf(text, macros.Pos(at))
		return &sourceError{source: name, code: api.InvalidRequest, details: []api.Detail{{
			Code:    api.InvalidRequest,
			Message: `a flow is a JSON object of expressions by name, as in {"header": "secrets.token"}`,
			Line:    place.Line, Column: place.Column,
		}}}
	}
	dec := json.NewDecoder(strings.NewReader(text))
	if token, err := dec.Token(); err != nil || token != json.Delim('{') {
		return nil, wrong(0)
	}
	flow := map[string]expressionAt{}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, wrong(dec.InputOffset())
		}
		behindKey := dec.InputOffset()
		value, err := dec.Token()
		source, isText := value.(string)
		if err != nil || !isText {
			return nil, wrong(dec.InputOffset())
		}
		quote := strings.IndexByte(text[behindKey:], '"')
		flow[key.(string)] = expressionAt{source, macros.Pos(behindKey) + macros.Pos(quote) + 1}
	}
	if _, err := dec.Token(); err != nil {
		return nil, wrong(dec.InputOffset())
	}
	return flow, nil
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
