package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/api"
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
			"sotto eval --language js '`Bearer ${secrets.weather_fx}`'",
		),
		Flags: invocationFlags("expression", "result", "result, sensitive, secrets, trace",
			choice("language", "read the expression as cel or js; a file that ends in .js is js", string(api.CEL), string(api.JavaScript)),
			batchFlag("evaluate"),
			toggle("trace", "write each step with its place and value to stderr, also of an evaluation that fails"),
		),
		Action: a.eval,
	}
}

func (a *app) eval(ctx context.Context, cmd *cli.Command) (err error) {
	batched := cmd.IsSet("batch")
	if batched {
		if err := checkBatch(cmd); err != nil {
			return err
		}
	}
	run, err := a.invocation(cmd, "expression")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, run.Close()) }()
	q := &api.EvaluateRequest{
		Expression: &run.source, Language: languageOf(cmd, run.name), Vars: run.vars.Map(), Order: run.vars.Keys(), Mode: run.mode, RequiredSecrets: run.required, Trace: cmd.Bool("trace"),
	}
	if batched {
		return inSource(run.name, a.runBatch(cmd, func(in io.Reader, out io.Writer) (*api.BatchDone, error) {
			return run.evaluateBatch(ctx, q, in, out)
		}))
	}
	answer, err := run.evaluate(ctx, q)
	if err != nil {
		if answer != nil {
			a.printTrace(run.name, answer.Trace)
		}
		return pointed(run.name, run.source, err)
	}
	return a.deliver(cmd.String("output"), a.evaluated(cmd, run.name, answer))
}

// evaluated is the answer as text; unless it is to be JSON, the trace goes to
// stderr.
func (a *app) evaluated(cmd *cli.Command, name string, answer *api.EvaluateResponse) string {
	result := answer.Result.Reveal()
	if cmd.Bool("json") {
		return toJSON(struct {
			Result    any      `json:"result"`
			Sensitive bool     `json:"sensitive"`
			Secrets   []string `json:"secrets"`
			api.Trace
		}{result, answer.Sensitive, answer.Secrets, answer.Trace})
	}
	a.printTrace(name, answer.Trace)
	if text, ok := result.(string); ok {
		return text
	}
	return toJSON(result)
}

// printTrace writes a line "name:line:column: source = value" for each step to
// stderr.
func (a *app) printTrace(name string, t api.Trace) {
	var lines strings.Builder
	for _, step := range t.Steps {
		fmt.Fprintf(&lines, "%s:%d:%d: %s = %s\n",
			terminalSafe(name), step.Line, step.Column, terminalSafe(step.Source), terminalSafe(strings.TrimSuffix(toJSON(step.Value), "\n")))
	}
	if t.Truncated {
		fmt.Fprintf(&lines, "%s: the trace ends here, after %d steps: there were more\n", terminalSafe(name), len(t.Steps))
	}
	a.print(lines.String())
}
