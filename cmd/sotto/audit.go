package main

import (
	"context"
	"strconv"
	"time"

	"github.com/urfave/cli/v3"
)

func (a *app) auditCommand() *cli.Command {
	return &cli.Command{
		Name:        "audit",
		Usage:       "Show who did what, the newest first",
		Description: examples("sotto audit --since 24h", "sotto audit --scope acme/shop --json | jq 'select(.outcome != \"ok\")'"),
		Flags: append([]cli.Flag{
			duration("since", 0, "leave out what is older than this `TIME`"),
			toggle("json", "print one JSON object a line"),
		}, managerFlags()...),
		Action: a.audit,
	}
}

func (a *app) audit(ctx context.Context, cmd *cli.Command) error {
	c, err := a.newManager(cmd)
	if err != nil {
		return err
	}
	var since time.Time
	if ago := cmd.Duration("since"); ago > 0 {
		since = time.Now().Add(-ago)
	}
	events, err := collect(c.Audit(ctx, since))
	if err != nil {
		return err
	}
	if cmd.Bool("json") {
		for _, e := range events {
			if err := a.deliver("", toJSON(e)); err != nil {
				return err
			}
		}
		return nil
	}
	rows := [][]string{{"TIME", "WHO", "WHAT", "SCOPE", "ALIAS", "VERSION", "OUTCOME", "COUNT"}}
	for _, e := range events {
		version := ""
		if e.Version > 0 {
			version = strconv.FormatInt(e.Version, 10)
		}
		count := ""
		if e.Count > 0 {
			count = strconv.FormatInt(e.Count, 10)
		}
		rows = append(rows, []string{when(&e.Time), e.Who, e.What, e.Scope, e.Alias, version, e.Outcome, count})
	}
	return a.table(rows)
}
