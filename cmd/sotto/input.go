package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/engine"
)

// maxInput is the most that is read of one file: 64 MiB, far above the
// engine's own limits, so that reading a device ends.
const maxInput = 64 << 20

// read returns the content of the file called path; "-" is stdin.
func (a *app) read(cmd *cli.Command, path string) (string, error) {
	if path == "-" {
		from, err := a.input(cmd)
		if err != nil {
			return "", err
		}
		return bounded("stdin", from)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // only read from
	return bounded(path, f)
}

// input is stdin, for one use: whoever came second would find it empty.
func (a *app) input(cmd *cli.Command) (io.Reader, error) {
	if a.stdinUsed {
		return nil, wrongUsage(cmd, "stdin can be read once: give a file in one of the places")
	}
	a.stdinUsed = true
	return a.stdin, nil
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
		text, err := a.read(cmd, file)
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
func (a *app) variables(cmd *cli.Command) (*engine.Object, error) {
	vars := new(engine.Object)
	if file := cmd.String("vars"); file != "" {
		text, err := a.read(cmd, file)
		if err != nil {
			return nil, err
		}
		if vars, err = engine.DecodeObject([]byte(text)); err != nil {
			return nil, inSource(file, err)
		}
	}
	for _, assignment := range cmd.StringSlice("var") {
		name, value, ok := strings.Cut(assignment, "=")
		if !ok || name == "" {
			return nil, wrongUsage(cmd, "--var wants NAME=TEXT")
		}
		vars.Set(name, value)
	}
	return vars, nil
}

// translations returns what --translations says.
func (a *app) translations(cmd *cli.Command) (map[string]any, error) {
	file := cmd.String("translations")
	if file == "" {
		return nil, nil
	}
	source, err := a.read(cmd, file)
	if err != nil {
		return nil, err
	}
	translations, err := engine.DecodeVars([]byte(source))
	if err != nil {
		return nil, inSource(file, err)
	}
	return translations, nil
}
