package main

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/urfave/cli/v3"
)

// accessToken is what the API tells of a token.
type accessToken struct {
	ID          string     `json:"id"`
	Role        string     `json:"role"`
	Scope       string     `json:"scope"`
	Description string     `json:"description"`
	CreatedAt   time.Time  `json:"created_at"`
	ExpiresAt   *time.Time `json:"expires_at"`
}

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
				Description: "Roles: admin does all, render sends and previews, preview previews. A token reaches its scope\n" +
					"and those below.\n\n" + examples(
					"sotto tokens create --role render --scope acme/shop --expires-in 720h -o shop.token",
					"sotto tokens create --role preview --description 'template editors'",
				),
				Flags: append([]cli.Flag{
					choice("role", "what the token may do: admin, render or preview", "render", "preview", "admin"),
					text("description", "", "who has the token, as a `TEXT` that all may read"),
					duration("expires-in", 0, "let the token end after this `TIME`"),
					text("output", "", "write the token's text to `FILE`", "o"),
					toggle("json", "print JSON"),
				}, managerFlags()...),
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
	tokens, err := listAll[accessToken](ctx, c, "/v1/tokens", inScope(cmd))
	if err != nil {
		return err
	}
	if cmd.Bool("json") {
		return a.deliver("", toJSON(tokens))
	}
	rows := [][]string{{"ID", "ROLE", "SCOPE", "CREATED", "EXPIRES", "DESCRIPTION"}}
	for _, t := range tokens {
		rows = append(rows, []string{t.ID, t.Role, t.Scope, when(&t.CreatedAt), when(t.ExpiresAt), t.Description})
	}
	return a.table(rows)
}

func (a *app) createToken(ctx context.Context, cmd *cli.Command) error {
	c, err := a.newManager(cmd)
	if err != nil {
		return err
	}
	draft := map[string]any{
		"role": cmd.String("role"), "scope": cmd.String("scope"), "description": cmd.String("description"),
	}
	if in := cmd.Duration("expires-in"); in > 0 {
		draft["expires_at"] = time.Now().Add(in).UTC().Format(time.RFC3339)
	}
	var made struct {
		accessToken
		Token string `json:"token"`
	}
	if err := c.do(ctx, http.MethodPost, "/v1/tokens", nil, draft, &made); err != nil {
		return err
	}
	if made.Token == "" {
		return c.lacks("token")
	}
	text := made.Token + "\n"
	if cmd.Bool("json") {
		text = toJSON(made)
	}
	if err := a.deliver(cmd.String("output"), text); err != nil {
		// Nobody has the text, so nobody can use the token.
		return errors.Join(err, c.do(ctx, http.MethodDelete, "/v1/tokens/"+url.PathEscape(made.ID), inScope(cmd), nil, nil))
	}
	a.print("token " + printable(made.ID) + " created; its text is not shown again\n")
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
	if err := c.do(ctx, http.MethodDelete, "/v1/tokens/"+url.PathEscape(id), inScope(cmd), nil, nil); err != nil {
		return err
	}
	return a.deliver("", id+" revoked\n")
}
