package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/cmd/sotto/internal/drive"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver/store"
)

func (a *app) benchCommand() *cli.Command {
	return &cli.Command{
		Name:  "bench",
		Usage: "Drive a server and tell how fast it answers",
		Description: "Sends previews and renders to a running server, as many clients would, and prints requests per second,\n" +
			"the times within which half, 99 % and 99.9 % were answered, and the errors. With --rate a request is sent\n" +
			"at its time whether or not the ones before were answered, so that a slow server does not look fast.\n\n" + examples(
			"sotto bench --server http://127.0.0.1:8080 --duration 30s",
			"sotto bench --server https://sotto.internal --rate 2000 --connections 64 --plot fleet.svg",
			"sotto bench --server https://sotto.internal --mix render=8,batch=1,evaluate=1 --recipients 1000 --template 'Hi <<Secrets.token>>'",
		),
		Flags: append(clientFlags(),
			duration("duration", 10*time.Second, "drive it for this `TIME`"),
			count("rate", 0, "send `N` requests in a second; 0: each connection the next one as soon as one was answered"),
			count("connections", 16, "use `N` connections"),
			count("recipients", 100, "let each batch have `N` recipients"),
			text("mix", "render=1", "send requests in these `PARTS`: preview, render, batch, evaluate, redact"),
			text("template", "Hello {{ name }}, your order {{ order }} is on its way.", "render `TEXT`"),
			text("expression", "'order ' + string(order)", "evaluate `TEXT`"),
			text("plot", "", "draw the times of answers into `FILE`, as SVG"),
			toggle("json", "print JSON"),
		),
		Action: a.bench,
	}
}

func (a *app) bench(ctx context.Context, cmd *cli.Command) error {
	if cmd.String("server") == "" {
		return wrongUsage(cmd, "--server says which server to drive")
	}
	mix, err := drive.ParseMix(cmd.String("mix"))
	if err != nil {
		return wrongUsage(cmd, "--mix: %w", err)
	}
	token, err := a.token(cmd)
	if err != nil {
		return err
	}
	client, err := a.clientWith(cmd, token)
	if err != nil {
		return err
	}
	client.Close() // the load has connections of its own
	if cmd.Int("connections") == 0 || cmd.Duration("duration") == 0 {
		return wrongUsage(cmd, "--connections and --duration are at least 1 and 1s")
	}
	var report *drive.Report
	seconds := int(cmd.Duration("duration").Round(time.Second) / time.Second)
	err = a.tracked("driven seconds:", func(tell store.Progress) error {
		report, err = drive.Run(ctx, drive.Options{
			Server: cmd.String("server"), Token: redact.NewSecret(token), Scope: cmd.String("scope"),
			Rate: cmd.Int("rate"), Connections: cmd.Int("connections"), Recipients: cmd.Int("recipients"), Duration: cmd.Duration("duration"),
			Mix: mix, Template: cmd.String("template"), Expression: cmd.String("expression"),
			Tick: func(second int) { tell(second, seconds) },
		})
		return err
	})
	if err != nil {
		return err
	}
	if file := cmd.String("plot"); file != "" {
		if err := a.deliverFrom(file, func(w io.Writer) error { return report.Plot(w) }); err != nil {
			return err
		}
	}
	if err := a.tell(cmd, report); err != nil {
		return err
	}
	if report.Requests == 0 || report.Errors == report.Requests {
		return errors.New("no request was answered with success")
	}
	return nil
}

// tell prints a report.
func (a *app) tell(cmd *cli.Command, report *drive.Report) error {
	if cmd.Bool("json") {
		encoded, err := json.Marshal(report)
		if err != nil {
			return err
		}
		return a.deliver("", string(encoded)+"\n")
	}
	text := fmt.Sprintf("requests   %d in %s, %.0f per second\n", report.Requests, report.Took.Round(time.Millisecond), report.PerSecond)
	if report.Recipients > 0 {
		text += fmt.Sprintf("recipients %d, %.0f per second\n", report.Recipients, report.RecipientsPerSecond)
	}
	text += fmt.Sprintf("answered   half within %s, 99 %% within %s, 99.9 %% within %s, all within %s\n", report.P50, report.P99, report.P999, report.Max)
	text += fmt.Sprintf("errors     %d\n", report.Errors)
	for _, e := range report.ErrorsBy {
		text += fmt.Sprintf("           %d %s\n", e.Count, e.What)
	}
	return a.deliver("", text)
}
