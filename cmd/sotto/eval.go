package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/urfave/cli/v3"
)

func (a *app) evalCommand() *cli.Command {
	return &cli.Command{
		Name:      "eval",
		Usage:     "Evaluate a flow expression",
		ArgsUsage: "[EXPRESSION]",
		Description: "Evaluates the expression and prints the result: a string as it is, anything else as JSON.\n" +
			"--trace writes each step to stderr; what depends on a secret is masked there.\n\n" + examples(
			"sotto eval '\"Bearer \" + secrets.weather_fx'",
			"sotto eval 'has(user.name) ? user.name : \"friend\"' --vars event.json --trace",
			"sotto eval -f header.cel --json",
		),
		Flags: append(append([]cli.Flag{
			text("file", "", "read the expression from `FILE`; - is stdin", "f"),
			toggle("preview", "show [secrets.name] in place of values, and resolve none"),
			list("required-secrets", "allow these `ALIASES` alone, and insist that they exist; repeatable or separated by commas"),
			toggle("trace", "write each step with its place and value to stderr, also of an evaluation that fails"),
			text("output", "", "write the result to `FILE`", "o"),
			toggle("json", "print JSON: result, sensitive, secrets, trace"),
		}, varFlags()...), backendFlags()...),
		Action: a.eval,
	}
}

func (a *app) eval(ctx context.Context, cmd *cli.Command) (err error) {
	name, expression, err := a.source(cmd, "expression")
	if err != nil {
		return err
	}
	vars, err := a.variables(cmd)
	if err != nil {
		return err
	}
	b, err := a.backend(cmd)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	answer, err := b.evaluate(ctx, &evaluateRequest{
		Expression: expression,
		Vars:       vars,
		Scope:      cmd.String("scope"),
		Mode:       modeOf(cmd),
		Required:   split(cmd, "required-secrets"),
		Trace:      cmd.Bool("trace"),
	})
	if err != nil {
		if answer != nil {
			a.printTrace(name, answer.trace)
		}
		return inSource(name, err)
	}
	return a.deliver(cmd.String("output"), a.evaluated(cmd, name, answer))
}

// evaluated is the answer as text; unless it is to be JSON, the trace goes to
// stderr.
func (a *app) evaluated(cmd *cli.Command, name string, answer *evaluateAnswer) string {
	result := answer.Result.Reveal()
	if cmd.Bool("json") {
		return toJSON(struct {
			Result    any      `json:"result"`
			Sensitive bool     `json:"sensitive"`
			Secrets   []string `json:"secrets"`
			trace
		}{result, answer.Sensitive, answer.Secrets, answer.trace})
	}
	a.printTrace(name, answer.trace)
	if text, ok := result.(string); ok {
		return text
	}
	return toJSON(result)
}

// printTrace writes a line "name:line:column: source = value" for each step to
// stderr.
func (a *app) printTrace(name string, t trace) {
	var lines strings.Builder
	for _, step := range t.Steps {
		fmt.Fprintf(&lines, "%s:%d:%d: %s = %s\n",
			printable(name), step.Line, step.Column, printable(step.Source), printable(strings.TrimSuffix(toJSON(step.Value), "\n")))
	}
	if t.Truncated {
		fmt.Fprintf(&lines, "%s: the trace ends here, after %d steps: there were more\n", printable(name), len(t.Steps))
	}
	a.print(lines.String())
}
