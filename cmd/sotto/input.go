package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/macros"
)

// maxInput is the most that is read of one file: 64 MiB, far above the
// engine's own limits, so that reading a device ends.
const maxInput = 64 << 20

// read returns the content of the file called path; "-" is stdin.
func (a *app) read(path string) (string, error) {
	from := a.stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return "", err
		}
		defer func() { _ = f.Close() }() // only read from
		from = f
	}
	return bounded(path, from)
}

// bounded reads all of from, if it is no more than maxInput.
func bounded(name string, from io.Reader) (string, error) {
	data, err := io.ReadAll(io.LimitReader(from, maxInput+1))
	if err != nil {
		return "", err
	}
	if len(data) > maxInput {
		return "", fmt.Errorf("%s is larger than %d MiB", name, maxInput>>20)
	}
	return string(data), nil
}

// source returns the text to work on and what to call it in messages: the one
// argument, or the file of --file.
func (a *app) source(cmd *cli.Command, kind string) (name, text string, err error) {
	file := cmd.String("file")
	switch {
	case file != "" && cmd.Args().Present():
		return "", "", wrongUsage(cmd, "give the %s as an argument or with --file, not both", kind)
	case file != "":
		text, err := a.read(file)
		return file, text, err
	case cmd.Args().Len() != 1:
		return "", "", wrongUsage(cmd, "give one %s, in quotes, or --file FILE", kind)
	}
	return kind, cmd.Args().First(), nil
}

func varFlags() []cli.Flag {
	return []cli.Flag{
		text("vars", "", "read the variables from the JSON object in `FILE`; - is stdin"),
		list("var", "set a variable to a string: `NAME=TEXT`; repeatable, wins over --vars"),
	}
}

// variables returns what --vars and --var say.
func (a *app) variables(cmd *cli.Command) (map[string]any, error) {
	vars := map[string]any{}
	if file := cmd.String("vars"); file != "" {
		text, err := a.read(file)
		if err != nil {
			return nil, err
		}
		if vars, err = parseVariables(file, text); err != nil {
			return nil, err
		}
	}
	for _, assignment := range cmd.StringSlice("var") {
		name, value, ok := strings.Cut(assignment, "=")
		if !ok || name == "" {
			return nil, wrongUsage(cmd, "--var wants NAME=TEXT")
		}
		vars[name] = value
	}
	return vars, nil
}

// parseVariables reads a JSON object. Its errors say where it is broken and
// quote nothing: variables may be as private as secrets.
func parseVariables(file, text string) (map[string]any, error) {
	wrong := func(at int64, message string) error {
		place := macros.PlaceOf(text, macros.Pos(at))
		return &mistakes{source: file, code: string(engine.InvalidRequest), details: []engine.Detail{{
			Code: engine.InvalidRequest, Message: message, Line: place.Line, Column: place.Column,
		}}}
	}
	if at := invalidUTF8(text); at >= 0 {
		return nil, wrong(int64(at), "this is not UTF-8 text, so not the JSON object that the variables are read from")
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var vars map[string]any
	err := dec.Decode(&vars)
	var (
		syntax *json.SyntaxError
		kind   *json.UnmarshalTypeError
	)
	switch {
	case errors.As(err, &syntax):
		return nil, wrong(syntax.Offset-1, "the JSON of the variables is broken here")
	case errors.As(err, &kind), err == nil && vars == nil:
		return nil, wrong(0, "the variables are one JSON object, as in {\"name\": \"Ada\"}")
	case err != nil:
		return nil, wrong(int64(len(text)), "the JSON of the variables ends too early")
	}
	end := dec.InputOffset()
	if rest := strings.TrimLeft(text[end:], " \t\r\n"); rest != "" {
		return nil, wrong(int64(len(text)-len(rest)), "the JSON object of the variables has ended; nothing may follow it")
	}
	// Once more, for loops over a hash see its keys in this order.
	ordered, err := engine.DecodeVars([]byte(text))
	if err != nil {
		return nil, wrong(0, "the variables nest too deep")
	}
	return ordered, nil
}

// invalidUTF8 returns the offset of the first byte that is not UTF-8, or -1.
func invalidUTF8(text string) int {
	if utf8.ValidString(text) {
		return -1
	}
	for at, r := range text {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(text[at:]); size == 1 {
				return at
			}
		}
	}
	return -1
}
