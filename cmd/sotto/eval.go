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
		Flags: jobFlags("expression", "result", "result, sensitive, secrets, trace",
			toggle("trace", "write each step with its place and value to stderr, also of an evaluation that fails"),
		),
		Action: a.eval,
	}
}

func (a *app) eval(ctx context.Context, cmd *cli.Command) (err error) {
	j, err := a.job(cmd, "expression")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	answer, err := j.evaluate(ctx, &evaluateRequest{common: j.common, Expression: j.source, Trace: cmd.Bool("trace")})
	if err != nil {
		if answer != nil {
			a.printTrace(j.name, answer.trace)
		}
		return inSource(j.name, err)
	}
	return a.deliver(cmd.String("output"), a.evaluated(cmd, j.name, answer))
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
