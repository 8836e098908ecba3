package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/engine"
)

func (a *app) lintCommand() *cli.Command {
	return &cli.Command{
		Name:      "lint",
		Usage:     "Check templates and flows",
		ArgsUsage: "FILE...",
		Description: "Reports syntax errors and secrets that do not exist, as FILE:LINE:COLUMN: SEVERITY: MESSAGE [CODE],\n" +
			"and exits 1 if there is an error. A file that ends in .cel or .js is an expression in CEL or\n" +
			"JavaScript, one that ends in .flow.json an object of named expressions, any other a template.\n\n" +
			"--canary renders the files instead, with made-up values for every secret, and fails if one of\n" +
			"them shows anywhere but in the output: in a preview, a trace, an error or a log.\n\n" + examples(
			"sotto lint templates/*.liquid flows/*.flow.json",
			"sotto lint --partials partials mail.liquid partials/*.liquid",
			"sotto lint --server https://sotto.internal --scope acme/shop mail.liquid",
			"sotto lint --canary --vars order.json templates/*.liquid",
		),
		Flags: append([]cli.Flag{
			choice("context", "where the output of templates goes: text, json, html, url or header", "text", "json", "html", "url", "header"),
			choice("syntax", "read templates as liquid, macros (<<...>> alone) or bare (macros and secrets.name)", "liquid", "macros", "bare"),
			list("required-secrets", "allow these `ALIASES` alone; repeatable or separated by commas"),
			toggle("json", "print a JSON object for each file"),
			toggle("canary", "look for secrets that show outside the output"),
			text("vars", "", "render with the variables of the JSON object in `FILE` (--canary)"),
			partialsFlag("without --server, which has stored templates"),
		}, executorFlags()...),
		Action: a.lint,
	}
}

func (a *app) lint(ctx context.Context, cmd *cli.Command) (err error) {
	files := cmd.Args().Slice()
	if len(files) == 0 {
		return wrongUsage(cmd, "give the files to check; - is stdin")
	}
	if cmd.String("partials") != "" && cmd.String("server") != "" {
		return wrongUsage(cmd, "%w", errServerHasPartials)
	}
	partials, err := partials(cmd)
	if err != nil {
		return err
	}
	var check func(file lintFile) (clean bool, err error)
	if cmd.Bool("canary") {
		vars, err := a.variables(cmd)
		if err != nil {
			return err
		}
		check = func(file lintFile) (bool, error) { return a.canary(ctx, cmd, file, vars, partials) }
	} else {
		b, err := a.executor(cmd)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, b.Close()) }()
		check = func(file lintFile) (bool, error) { return a.lintOne(ctx, cmd, b, file, partials) }
	}
	clean := true
	for _, name := range files {
		file, err := a.lintFile(cmd, name)
		if err != nil {
			return err
		}
		ok, err := check(file)
		var wrong *sourceError
		switch err = inSource(name, err); {
		case errors.As(err, &wrong):
			return err
		case err != nil:
			return fmt.Errorf("%s: %w", name, err)
		}
		clean = clean && ok
	}
	if !clean {
		return errReported
	}
	return nil
}

// lintFile is a source with what it is, by the end of its name.
type lintFile struct {
	name, text string
	// expressions are those of a flow, or one without a name; nil for a
	// template.
	expressions map[string]expressionAt
	// flow says that the expressions stand in JSON.
	flow bool
}

func (a *app) lintFile(cmd *cli.Command, name string) (lintFile, error) {
	text, err := a.read(cmd, name)
	if err != nil {
		return lintFile{}, err
	}
	file := lintFile{name: name, text: text}
	switch {
	case strings.HasSuffix(name, ".cel"), strings.HasSuffix(name, ".js"):
		file.expressions = map[string]expressionAt{"": {source: text, language: languageOf(cmd, name)}}
	case strings.HasSuffix(name, ".flow.json"):
		file.flow = true
		file.expressions, err = parseFlow(name, text)
	}
	return file, err
}

// lintOne prints what is wrong with file and reports whether nothing is.
func (a *app) lintOne(ctx context.Context, cmd *cli.Command, b executor, file lintFile, partials engine.Partials) (bool, error) {
	request := &lintRequest{partials: partials, LintRequest: api.LintRequest{
		Scope: cmd.String("scope"), RequiredSecrets: split(cmd, "required-secrets"),
	}}
	if file.expressions == nil {
		request.Template, request.Context, request.Syntax = &file.text, cmd.String("context"), cmd.String("syntax")
	} else {
		request.Expressions = make(map[string]string, len(file.expressions))
		request.Languages = make(map[string]api.Language)
		for name, e := range file.expressions {
			request.Expressions[name] = e.source
			if e.language == api.JavaScript {
				request.Languages[name] = e.language
			}
		}
	}
	answer, err := b.lint(ctx, request)
	if err != nil {
		return false, err
	}
	if cmd.Bool("json") {
		return answer.Valid, a.deliver("", toJSON(struct {
			File string `json:"file"`
			*api.LintResponse
		}{file.name, answer}))
	}
	var lines strings.Builder
	for _, d := range answer.Diagnostics {
		message := d.Message
		if d.Part != "" {
			message = d.Part + ": " + message
		}
		fmt.Fprintf(&lines, "%s:%s: %s: %s [%s]\n",
			terminalSafe(file.name), file.place(d.Part, d.Line, d.Column), terminalSafe(d.Severity), terminalSafe(message), terminalSafe(string(d.Code)))
	}
	return answer.Valid, a.deliver("", lines.String())
}
