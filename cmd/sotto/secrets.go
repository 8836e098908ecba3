package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/urfave/cli/v3"
)

// secretMetadata is what the API tells of a secret.
type secretMetadata struct {
	Alias       string     `json:"alias"`
	Type        string     `json:"type"`
	Description string     `json:"description"`
	Scope       string     `json:"scope"`
	Version     int64      `json:"version"`
	Fields      []string   `json:"fields"`
	CreatedAt   time.Time  `json:"created_at"`
	UpdatedAt   time.Time  `json:"updated_at"`
	LastUsedAt  *time.Time `json:"last_used_at"`
	Archived    bool       `json:"archived"`
}

func (a *app) secretsCommand() *cli.Command {
	valueFile := text("value-file", "", "read the value from `FILE`; - is stdin")
	description := text("description", "", "what the secret is for, as a `TEXT` that all may read")
	force := toggle("force", "do it although stored templates use the secret")
	return &cli.Command{
		Name:  "secrets",
		Usage: "Manage the secrets that a server keeps",
		Description: "A value is read from --value-file, from stdin, or from a prompt that does not show it; never\n" +
			"from an argument. No command prints one.",
		Commands: []*cli.Command{
			{
				Name:   "list",
				Usage:  "List the secrets of a scope",
				Flags:  append([]cli.Flag{toggle("json", "print JSON")}, managerFlags()...),
				Action: a.listSecrets,
			},
			{
				Name:      "create",
				Usage:     "Create a secret",
				ArgsUsage: "ALIAS",
				Description: examples(
					"sotto secrets create weather-fx --description 'weather API, read only'",
					"sotto secrets create smtp --type username_password",
					"sotto secrets create firebase --type json --value-file service-account.json",
					"pass show weather | sotto secrets create weather-fx --scope acme/shop",
				),
				Flags: append([]cli.Flag{
					choice("type", "what the value is: token, username_password or json", "token", "username_password", "json"), description, valueFile,
					toggle("json", "print JSON"),
				}, managerFlags()...),
				Action: a.createSecret,
			},
			{
				Name:      "update",
				Usage:     "Rotate a secret, or describe it anew",
				ArgsUsage: "ALIAS",
				Description: "Reads a new value, which is used at once; with --description alone the value stays.\n\n" + examples(
					"sotto secrets update weather-fx",
					"sotto secrets update weather-fx --value-file new.txt",
					"sotto secrets update weather-fx --description 'weather API'",
				),
				Flags:  append([]cli.Flag{description, valueFile, toggle("json", "print JSON")}, managerFlags()...),
				Action: a.updateSecret,
			},
			{
				Name:      "archive",
				Usage:     "Make a secret unusable, and keep it",
				ArgsUsage: "ALIAS",
				Flags:     append([]cli.Flag{force}, managerFlags()...),
				Action:    a.changeSecret(http.MethodPost, "archive", "archived"),
			},
			{
				Name:      "restore",
				Usage:     "Make an archived secret usable again",
				ArgsUsage: "ALIAS",
				Flags:     managerFlags(),
				Action:    a.changeSecret(http.MethodPost, "restore", "restored"),
			},
			{
				Name:        "delete",
				Usage:       "Delete a secret for ever",
				ArgsUsage:   "ALIAS",
				Description: examples("sotto secrets delete weather-fx --confirm weather-fx"),
				Flags:       append([]cli.Flag{text("confirm", "", "the `ALIAS` again"), force}, managerFlags()...),
				Action:      a.changeSecret(http.MethodDelete, "", "deleted"),
			},
			{
				Name:      "usage",
				Usage:     "Show which stored templates use a secret, and who used it when",
				ArgsUsage: "ALIAS",
				Flags:     append([]cli.Flag{toggle("json", "print JSON")}, managerFlags()...),
				Action:    a.secretUsage,
			},
			a.exportCommand(),
			a.importCommand(),
			a.verifyCommand(),
			a.repairCommand(),
		},
	}
}

// inScope is the query of a call, with --scope in it.
func inScope(cmd *cli.Command) url.Values {
	query := url.Values{}
	if scope := cmd.String("scope"); scope != "" {
		query.Set("scope", scope)
	}
	return query
}

// aboutSecret returns the alias and the path of the one secret that cmd is
// about, and the client to ask.
func (a *app) aboutSecret(cmd *cli.Command) (alias, path string, c *client, err error) {
	alias = cmd.Args().First()
	if cmd.Args().Len() != 1 || alias == "" {
		return "", "", nil, wrongUsage(cmd, "give one alias")
	}
	c, err = a.newManager(cmd)
	return alias, "/v1/secrets/" + url.PathEscape(alias), c, err
}

func (a *app) listSecrets(ctx context.Context, cmd *cli.Command) error {
	c, err := a.newManager(cmd)
	if err != nil {
		return err
	}
	secrets, err := listAll[secretMetadata](ctx, c, "/v1/secrets", inScope(cmd))
	if err != nil {
		return err
	}
	if cmd.Bool("json") {
		return a.deliver("", toJSON(secrets))
	}
	rows := [][]string{{"ALIAS", "TYPE", "VERSION", "UPDATED", "LAST USED", "STATE", "DESCRIPTION"}}
	for _, s := range secrets {
		state := "active"
		if s.Archived {
			state = "archived"
		}
		rows = append(rows, []string{
			s.Alias, s.Type, strconv.FormatInt(s.Version, 10), when(&s.UpdatedAt), when(s.LastUsedAt), state, s.Description,
		})
	}
	return a.table(rows)
}

func (a *app) createSecret(ctx context.Context, cmd *cli.Command) error {
	alias, _, c, err := a.aboutSecret(cmd)
	if err != nil {
		return err
	}
	kind := cmd.String("type")
	value, err := a.secretValue(cmd, kind)
	if err != nil {
		return err
	}
	made, err := c.secret(ctx, http.MethodPost, "/v1/secrets", nil, map[string]any{
		"alias": alias, "type": kind, "value": value, "description": cmd.String("description"), "scope": cmd.String("scope"),
	})
	if err != nil {
		return err
	}
	return a.told(cmd, made, "created")
}

func (a *app) updateSecret(ctx context.Context, cmd *cli.Command) error {
	_, path, c, err := a.aboutSecret(cmd)
	if err != nil {
		return err
	}
	patch := map[string]any{"scope": cmd.String("scope")}
	if cmd.IsSet("description") {
		patch["description"] = cmd.String("description")
	}
	if cmd.IsSet("value-file") || !cmd.IsSet("description") {
		present, err := c.secret(ctx, http.MethodGet, path, inScope(cmd), nil)
		if err != nil {
			return err
		}
		if present.Type == "" {
			return c.lacks("type")
		}
		if patch["value"], err = a.secretValue(cmd, present.Type); err != nil {
			return err
		}
	}
	changed, err := c.secret(ctx, http.MethodPatch, path, nil, patch)
	if err != nil {
		return err
	}
	return a.told(cmd, changed, "updated")
}

// changeSecret is the action of a command that takes an alias and no value.
func (a *app) changeSecret(method, verb, done string) cli.ActionFunc {
	return func(ctx context.Context, cmd *cli.Command) error {
		alias, path, c, err := a.aboutSecret(cmd)
		if err != nil {
			return err
		}
		query := inScope(cmd)
		if cmd.Bool("force") {
			query.Set("force", "true")
		}
		if method == http.MethodDelete {
			query.Set("confirm", cmd.String("confirm"))
			err = c.do(ctx, method, path, query, nil, nil)
		} else {
			_, err = c.secret(ctx, method, path+"/"+verb, query, nil)
		}
		if err != nil {
			return err
		}
		return a.deliver("", alias+" "+done+"\n")
	}
}

// secret is do for an answer that is what the server tells of a secret.
func (c *client) secret(ctx context.Context, method, path string, query url.Values, in any) (secretMetadata, error) {
	var s secretMetadata
	err := c.do(ctx, method, path, query, in, &s)
	if err == nil && s.Version == 0 {
		err = c.lacks("version")
	}
	return s, err
}

// told prints what became of a secret.
func (a *app) told(cmd *cli.Command, s secretMetadata, done string) error {
	if cmd.Bool("json") {
		return a.deliver("", toJSON(s))
	}
	return a.deliver("", printable(s.Alias)+" "+done+", version "+strconv.FormatInt(s.Version, 10)+"\n")
}

func (a *app) secretUsage(ctx context.Context, cmd *cli.Command) error {
	_, path, c, err := a.aboutSecret(cmd)
	if err != nil {
		return err
	}
	var usage struct {
		Templates []struct {
			ID      string `json:"id"`
			Scope   string `json:"scope"`
			Version int64  `json:"version"`
		} `json:"templates"`
		Uses json.RawMessage `json:"uses"`
	}
	if err := c.do(ctx, http.MethodGet, path+"/usage", inScope(cmd), nil, &usage); err != nil {
		return err
	}
	if usage.Templates == nil {
		return c.lacks("templates")
	}
	if cmd.Bool("json") {
		return a.deliver("", toJSON(usage))
	}
	rows := [][]string{{"TEMPLATE", "SCOPE", "VERSION"}}
	for _, t := range usage.Templates {
		rows = append(rows, []string{t.ID, t.Scope, strconv.FormatInt(t.Version, 10)})
	}
	return a.table(rows)
}
