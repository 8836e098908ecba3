package main

import (
	"slices"

	"github.com/urfave/cli/v3"
)

// job is what render and eval have in common: a source, what it is to be run
// with, and who runs it.
type job struct {
	backend
	// name is what the source is called in messages.
	name, source string
	common       common
}

// common are the fields that requests to render and to evaluate share.
type common struct {
	Vars     map[string]any `json:"vars,omitempty"`
	Scope    string         `json:"scope,omitempty"`
	Mode     string         `json:"mode,omitempty"`
	Required []string       `json:"required_secrets,omitempty"`
}

// jobFlags are the flags of a job around its own. kind is what the source is,
// result what comes out, and fields what --json shows of it.
func jobFlags(kind, result, fields string, own ...cli.Flag) []cli.Flag {
	return slices.Concat([]cli.Flag{
		text("file", "", "read the "+kind+" from `FILE`; - is stdin", "f"),
		toggle("preview", "show [secrets.name] in place of values, and resolve none"),
		list("required-secrets", "allow these `ALIASES` alone, and insist that they exist; repeatable or separated by commas"),
	}, own, []cli.Flag{
		text("output", "", "write the "+result+" to `FILE`", "o"),
		toggle("json", "print JSON: "+fields),
	}, varFlags(), backendFlags())
}

// job reads what the flags of cmd name. The caller closes it.
func (a *app) job(cmd *cli.Command, kind string) (*job, error) {
	name, source, err := a.source(cmd, kind)
	if err != nil {
		return nil, err
	}
	vars, err := a.variables(cmd)
	if err != nil {
		return nil, err
	}
	b, err := a.backend(cmd)
	if err != nil {
		return nil, err
	}
	return &job{backend: b, name: name, source: source, common: common{
		Vars: vars, Scope: cmd.String("scope"), Mode: modeName(cmd.Bool("preview")), Required: split(cmd, "required-secrets"),
	}}, nil
}
