package main

import (
	"slices"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/engine"
)

// invocation is what calls of render and eval have in common: a source, what it is
// to be run with, and who runs it.
type invocation struct {
	executor
	// name is what the source is called in messages.
	name, source string
	vars         *engine.Object
	mode         api.Mode
	required     []string
}

// invocationFlags are the flags of an invocation around its own. kind is what the source is,
// result what comes out, and fields what --json shows of it.
func invocationFlags(kind, result, fields string, own ...cli.Flag) []cli.Flag {
	return slices.Concat([]cli.Flag{
		text("file", "", "read the "+kind+" from `FILE`; - is stdin", "f"),
		toggle("preview", "show [secrets.name] in place of values, and resolve none"),
		list("required-secrets", "allow these `ALIASES` alone, and insist that they exist; repeatable or separated by commas"),
	}, own, []cli.Flag{
		text("output", "", "write the "+result+" to `FILE`", "o"),
		toggle("json", "print JSON: "+fields),
	}, varFlags(), executorFlags())
}

// invocation reads what the flags of cmd name. The caller closes it.
func (a *app) invocation(cmd *cli.Command, kind string) (*invocation, error) {
	name, source, err := a.source(cmd, kind)
	if err != nil {
		return nil, err
	}
	vars, err := a.variables(cmd)
	if err != nil {
		return nil, err
	}
	e, err := a.executor(cmd)
	if err != nil {
		return nil, err
	}
	return &invocation{
		executor: e, name: name, source: source,
		vars: vars, mode: modeOf(cmd.Bool("preview")), required: split(cmd, "required-secrets"),
	}, nil
}
