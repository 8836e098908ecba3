package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/internal/answer"
	"github.com/sotto-render/sotto/macros"
)

func (a *app) explainCommand() *cli.Command {
	return &cli.Command{
		Name:      "explain",
		Usage:     "Show where a secret comes from, and what stands behind it",
		ArgsUsage: "ALIAS",
		Description: "Lists what each provider says of a secret, in the order in which it counts, and what a server\n" +
			"has cached of it. No value is shown. Exits 1 where the secret cannot be used.\n\n" + examples(
			"sotto explain weather-fx --provider dir:/run/secrets,env:INTEGRATION_",
			"sotto explain weather-fx --server https://sotto.internal --scope acme/shop",
		),
		Flags:  append([]cli.Flag{toggle("json", "print JSON")}, executorFlags()...),
		Action: a.explain,
	}
}

func (a *app) explain(ctx context.Context, cmd *cli.Command) (err error) {
	given := cmd.Args().First()
	alias, ok := macros.Canonical(given)
	if cmd.Args().Len() != 1 || !ok {
		return wrongUsage(cmd, "give one alias: letters, digits, _ and -")
	}
	e, err := a.executor(cmd)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	found, err := e.explain(ctx, alias)
	if err != nil {
		return err
	}
	if cmd.Bool("json") {
		if err := a.deliver("", toJSON(found)); err != nil {
			return err
		}
	} else if err := a.showResolution(found); err != nil {
		return err
	}
	if found.Status != "known" {
		return fmt.Errorf("%s is %s in %s", found.Alias, found.Status, found.Scope)
	}
	return nil
}

func (a *app) showResolution(found *api.Resolution) error {
	rows := [][]string{{"PROVIDER", "FOR", "FOUND IN", "VERSION", "STATUS", "OUTCOME"}}
	for _, s := range found.Answers {
		rows = append(rows, []string{s.Provider, dash(s.BoundTo), dash(s.Scope), number(s.Version), s.Status, s.Outcome})
	}
	if err := a.table(rows); err != nil {
		return err
	}
	c := found.Cached
	if c == nil {
		return nil
	}
	freshness := "stale"
	if c.Fresh {
		freshness = "fresh"
	}
	line := fmt.Sprintf("cached: %s, version %s, from %s, asked %s ago, %s\n",
		c.Status, number(c.Version), dash(c.Provider), time.Duration(c.AgeSeconds*float64(time.Second)).Round(time.Second), freshness)
	return a.deliver("", terminalSafeLines(line))
}

// number is a version as it is shown.
func number(version int64) string {
	if version == 0 {
		return "-"
	}
	return strconv.FormatInt(version, 10)
}

func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

func (l *local) explain(ctx context.Context, alias string) (*api.Resolution, error) {
	found, err := l.resolver.Explain(ctx, l.scope, alias)
	if err != nil {
		return nil, err
	}
	for _, a := range found.Answers {
		if a.Err != nil {
			l.warn(a.Err.Error())
		}
	}
	return answer.Resolution(l.scope, alias, found), nil
}

func (r remote) explain(ctx context.Context, alias string) (*api.Resolution, error) {
	return r.SecretResolution(ctx, alias)
}
