package main

import (
	"context"
	"errors"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/api"
)

func (a *app) tokensCommand() *cli.Command {
	return &cli.Command{
		Name:  "tokens",
		Usage: "Manage who may use a server",
		Commands: []*cli.Command{
			{
				Name:   "list",
				Usage:  "List the tokens of a scope and of those below",
				Flags:  append([]cli.Flag{toggle("json", "print JSON")}, managerFlags()...),
				Action: a.listTokens,
			},
			{
				Name:  "create",
				Usage: "Create a token; its text is shown once",
				Description: "Roles: admin does all, render sends and previews, author writes templates and flows, preview previews. A token reaches its scope\n" +
					"and those below.\n\n" + examples(
					"sotto tokens create --role render --scope acme/shop --expires-in 720h -o shop.token",
					"sotto tokens create --role preview --description 'template editors'",
					"sotto tokens create --role render --scope acme --limit-rate 50 --limit-concurrency 8",
				),
				Flags: append(append(tokenLimitFlags(), []cli.Flag{
					choice("role", "what the token may do: admin, render, author or preview", "render", "author", "preview", "admin"),
					text("description", "", "who has the token, as a `TEXT` that all may read"),
					duration("expires-in", 0, "let the token end after this `TIME`"),
					text("output", "", "write the token's text to `FILE`", "o"),
					toggle("json", "print JSON"),
				}...), managerFlags()...),
				Action: a.createToken,
			},
			{
				Name:      "revoke",
				Usage:     "End a token",
				ArgsUsage: "ID",
				Flags:     managerFlags(),
				Action:    a.revokeToken,
			},
		},
	}
}

func (a *app) listTokens(ctx context.Context, cmd *cli.Command) error {
	c, err := a.newManager(cmd)
	if err != nil {
		return err
	}
	tokens, err := collect(c.Tokens(ctx))
	if err != nil {
		return err
	}
	if cmd.Bool("json") {
		return a.deliver("", toJSON(tokens))
	}
	rows := [][]string{{"ID", "ROLE", "SCOPE", "CREATED", "EXPIRES", "LIMITS", "DESCRIPTION"}}
	for _, t := range tokens {
		rows = append(rows, []string{t.ID, string(t.Role), t.Scope, when(&t.CreatedAt), when(t.ExpiresAt), limitsText(t.Limits), t.Description})
	}
	return a.table(rows)
}

func (a *app) createToken(ctx context.Context, cmd *cli.Command) error {
	c, err := a.newManager(cmd)
	if err != nil {
		return err
	}
	draft := api.TokenDraft{Role: api.Role(cmd.String("role")), Description: cmd.String("description"), Limits: tokenLimits(cmd)}
	if in := cmd.Duration("expires-in"); in > 0 {
		end := time.Now().Add(in).UTC().Truncate(time.Second)
		draft.ExpiresAt = &end
	}
	made, err := c.CreateToken(ctx, draft)
	if err != nil {
		return err
	}
	text := made.Text.Reveal() + "\n"
	if cmd.Bool("json") {
		text = toJSON(struct {
			api.Token
			Text string `json:"token"`
		}{made.Token, made.Text.Reveal()})
	}
	if err := a.deliver(cmd.String("output"), text); err != nil {
		// Nobody has the text, so nobody can use the token.
		return errors.Join(err, c.RevokeToken(ctx, made.ID))
	}
	a.print("token " + terminalSafe(made.ID) + " created; its text is not shown again\n")
	return nil
}

func (a *app) revokeToken(ctx context.Context, cmd *cli.Command) error {
	if cmd.Args().Len() != 1 {
		return wrongUsage(cmd, "give the id of one token, as `sotto tokens list` shows it")
	}
	c, err := a.newManager(cmd)
	if err != nil {
		return err
	}
	id := cmd.Args().First()
	if err := c.RevokeToken(ctx, id); err != nil {
		return err
	}
	return a.deliver("", id+" revoked\n")
}
