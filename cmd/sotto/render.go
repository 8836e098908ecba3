package main

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/urfave/cli/v3"
)

func (a *app) renderCommand() *cli.Command {
	return &cli.Command{
		Name:      "render",
		Usage:     "Render a template",
		ArgsUsage: "[TEMPLATE]",
		Description: "Renders the template and writes the message, whole or not at all.\n\n" + examples(
			"INTEGRATION_WEATHER_FX=... sotto render 'Bearer <<Secrets.weather_fx>>'",
			"sotto render -f mail.liquid --vars order.json -o mail.txt",
			"sotto render -f hook.json --context json --var city=Bern --preview",
			"sotto render -f mail.liquid --partials partials --var name=Ada",
			"sotto render -f values.yaml --syntax macros --provider dir:/run/secrets",
			"sotto render -f mail.liquid --server https://sotto.internal --token-file token",
		),
		Flags: append(append([]cli.Flag{
			text("file", "", "read the template from `FILE`; - is stdin", "f"),
			choice("context", "escape values for where the output goes: text, json, html, url or header", "text", "json", "html", "url", "header"),
			choice("syntax", "read the template as liquid, macros (<<...>> alone) or bare (macros and secrets.name)", "liquid", "macros", "bare"),
			toggle("preview", "show [secrets.name] in place of values, and resolve none"),
			toggle("strict-variables", "fail on a variable that is missing"),
			list("required-secrets", "allow these `ALIASES` alone, and insist that they exist; repeatable or separated by commas"),
			partialsFlag("without --server, which has stored templates"),
			text("output", "", "write the message to `FILE`", "o"),
			toggle("json", "print JSON: output, secrets, mode"),
		}, varFlags()...), backendFlags()...),
		Action: a.render,
	}
}

func (a *app) render(ctx context.Context, cmd *cli.Command) (err error) {
	name, template, err := a.source(cmd, "template")
	if err != nil {
		return err
	}
	vars, err := a.variables(cmd)
	if err != nil {
		return err
	}
	if cmd.String("partials") != "" && cmd.String("server") != "" {
		return wrongUsage(cmd, "--partials does not go with --server: a server calls its stored templates")
	}
	partials, err := partials(cmd)
	if err != nil {
		return err
	}
	b, err := a.backend(cmd)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	answer, err := b.render(ctx, &renderRequest{
		Template: template,
		Vars:     vars,
		Scope:    cmd.String("scope"),
		Context:  cmd.String("context"),
		Syntax:   cmd.String("syntax"),
		Mode:     modeOf(cmd),
		Required: split(cmd, "required-secrets"),
		Strict:   cmd.Bool("strict-variables"),
		partials: partials,
	})
	if err != nil {
		return inSource(name, err)
	}
	message := answer.Output.Reveal()
	if cmd.Bool("json") {
		message = toJSON(struct {
			Output  string   `json:"output"`
			Secrets []string `json:"secrets"`
			Mode    string   `json:"mode"`
		}{message, answer.Secrets, answer.Mode})
	}
	return a.deliver(cmd.String("output"), message)
}

// toJSON is v as a line of JSON that keeps <, > and & as they are.
func toJSON(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		// Answers are made of what JSON can say.
		panic("an answer that is not JSON")
	}
	return b.String()
}
