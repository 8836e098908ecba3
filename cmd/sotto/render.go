package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/api"
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
			"sotto render -f mail.liquid --batch people.ndjson -o mails.ndjson",
			"sotto render -f mail.liquid --server https://sotto.internal --token-file token",
		),
		Flags: invocationFlags("template", "message", "output, secrets, mode",
			choice("context", "escape values for where the output goes: text, json, html, url or header", "text", "json", "html", "url", "header"),
			choice("syntax", "read the template as liquid, macros (<<...>> alone) or bare (macros and secrets.name)", "liquid", "macros", "bare"),
			toggle("strict-variables", "fail on a variable that is missing"),
			text("translations", "", "read the texts of the filter t from the JSON object in `FILE`; - is stdin"),
			batchFlag("render"),
			partialsFlag("without --server, which has stored templates"),
		),
		Action: a.render,
	}
}

func (a *app) render(ctx context.Context, cmd *cli.Command) (err error) {
	if cmd.String("partials") != "" && cmd.String("server") != "" {
		return wrongUsage(cmd, "%w", errServerHasPartials)
	}
	partials, err := partials(cmd)
	if err != nil {
		return err
	}
	batched := cmd.IsSet("batch")
	if batched {
		if err := checkBatch(cmd); err != nil {
			return err
		}
	}
	run, err := a.invocation(cmd, "template")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, run.Close()) }()
	translations, err := a.translations(cmd)
	if err != nil {
		return err
	}
	q := &renderRequest{partials: partials, RenderRequest: api.RenderRequest{
		Template: &run.source, Vars: run.vars.Map(), Mode: run.mode, RequiredSecrets: run.required,
		Context: cmd.String("context"), Syntax: cmd.String("syntax"), StrictVariables: cmd.Bool("strict-variables"), Translations: translations,
	}}
	if batched {
		return inSource(run.name, a.runBatch(cmd, func(in io.Reader, out io.Writer) (*api.BatchDone, error) {
			return run.renderBatch(ctx, q, in, out)
		}))
	}
	answer, err := run.render(ctx, q)
	if err != nil {
		return inSource(run.name, err)
	}
	message := answer.Output.Reveal()
	if cmd.Bool("json") {
		message = toJSON(struct {
			Output  string   `json:"output"`
			Secrets []string `json:"secrets"`
			Mode    api.Mode `json:"mode"`
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
