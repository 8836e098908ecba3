package main

import (
	"context"
	"strconv"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/api"
)

// secretUsage shows the versions of a secret, what mentions it, and who used it when.
func (a *app) secretUsage(ctx context.Context, cmd *cli.Command) error {
	alias, c, err := a.aboutSecret(cmd)
	if err != nil {
		return err
	}
	usage, err := wholeUsage(ctx, c, alias)
	if err != nil {
		return err
	}
	if cmd.Bool("json") {
		return a.deliver("", toJSON(usage))
	}
	versions := [][]string{{"VERSION", "CREATED", "BY"}}
	for _, v := range usage.Versions {
		versions = append(versions, []string{strconv.FormatInt(v.Version, 10), when(&v.CreatedAt), v.By})
	}
	uses := [][]string{{"TOKEN", "USED", "WITHIN", "TIMES"}}
	for _, u := range usage.Uses {
		within := "a minute"
		switch {
		case u.Day:
			within = "a day"
		case u.Hour:
			within = "an hour"
		}
		uses = append(uses, []string{u.Token, when(&u.Minute), within, strconv.FormatInt(u.Count, 10)})
	}
	for i, rows := range [][][]string{versions, documentRows("TEMPLATE", usage.Templates), documentRows("FLOW", usage.Flows), uses} {
		if i > 0 {
			if err := a.deliver("", "\n"); err != nil {
				return err
			}
		}
		if err := a.table(rows); err != nil {
			return err
		}
	}
	return nil
}

// wholeUsage reads all pages of a secret's usage.
func wholeUsage(ctx context.Context, c *api.Client, alias string) (*api.SecretUsage, error) {
	usage, err := c.SecretUsage(ctx, alias, "")
	if err != nil {
		return nil, err
	}
	for usage.Next != "" {
		more, err := c.SecretUsage(ctx, alias, usage.Next)
		if err != nil {
			return nil, err
		}
		usage.Uses, usage.Next = append(usage.Uses, more.Uses...), more.Next
	}
	return usage, nil
}

func documentRows(kind string, documents []api.DocumentRef) [][]string {
	rows := [][]string{{kind, "SCOPE"}}
	for _, d := range documents {
		rows = append(rows, []string{d.ID, d.Scope})
	}
	return rows
}
