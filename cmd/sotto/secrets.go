package main

import (
	"context"
	"strconv"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/api"
)

func (a *app) secretsCommand() *cli.Command {
	valueFile := text("value-file", "", "read the value from `FILE`; - is stdin")
	description := text("description", "", "what the secret is for, as a `TEXT` that all may read")
	unmask := text("unmask", "", "let logs show these `FIELDS`, with commas between them; none, or default: hosts, ports, regions and user names of JSON")
	force := toggle("force", "do it although stored templates use the secret")
	return &cli.Command{
		Name:  "secrets",
		Usage: "Manage the secrets that a server keeps",
		Description: "A value is read from --value-file, from stdin, or from a prompt that does not show it; never\n" +
			"from an argument. No command prints one.",
		Commands: []*cli.Command{
			{
				Name:  "list",
				Usage: "List the secrets of a scope",
				Flags: append([]cli.Flag{
					toggle("archived", "list archived secrets too"),
					toggle("unused", "list those alone that were never used"),
					text("search", "", "list those with `TEXT` in their alias or description"),
					choice("type", "list those of one type: token, username_password or json", "", "token", "username_password", "json"),
					toggle("json", "print JSON"),
				}, managerFlags()...),
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
					choice("type", "what the value is: token, username_password or json", "token", "username_password", "json"), description, valueFile, unmask,
					toggle("json", "print JSON"),
				}, managerFlags()...),
				Action: a.createSecret,
			},
			{
				Name:      "update",
				Usage:     "Rotate a secret, or describe it anew",
				ArgsUsage: "ALIAS",
				Description: "Reads a new value, which is used at once; with --description or --unmask alone the value stays.\n\n" + examples(
					"sotto secrets update weather-fx",
					"sotto secrets update weather-fx --value-file new.txt",
					"sotto secrets update weather-fx --description 'weather API'",
					"sotto secrets update postgres --unmask host,port",
				),
				Flags:  append([]cli.Flag{description, valueFile, unmask, toggle("json", "print JSON")}, managerFlags()...),
				Action: a.updateSecret,
			},
			{
				Name:        "archive",
				Usage:       "Make a secret unusable, and keep it",
				ArgsUsage:   "ALIAS",
				Description: "On a terminal it asks first, unless --yes is given.",
				Flags:       append([]cli.Flag{force, toggle("yes", "do not ask", "y")}, managerFlags()...),
				Action: a.changeSecret("archived", func(ctx context.Context, c *api.Client, cmd *cli.Command, alias string) error {
					if err := a.confirm(cmd, "Are you sure you want to archive "+alias+"? Any existing integrations using this secret will no longer function."); err != nil {
						return err
					}
					_, err := c.ArchiveSecret(ctx, alias, cmd.Bool("force"))
					return err
				}),
			},
			{
				Name:      "restore",
				Usage:     "Make an archived secret usable again",
				ArgsUsage: "ALIAS",
				Flags:     managerFlags(),
				Action: a.changeSecret("restored", func(ctx context.Context, c *api.Client, _ *cli.Command, alias string) error {
					_, err := c.RestoreSecret(ctx, alias)
					return err
				}),
			},
			{
				Name:      "delete",
				Usage:     "Delete a secret for ever",
				ArgsUsage: "ALIAS",
				Description: "What it held is masked for the grace time of the server, and nobody can resolve or restore it.\n" +
					"On a terminal it asks for the alias again, unless --confirm gives it.\n\n" +
					examples("sotto secrets delete weather-fx --confirm weather-fx"),
				Flags: append([]cli.Flag{
					text("confirm", "", "the `ALIAS` again"), force,
					toggle("purge", "forget at once what it holds and held, so that it is masked no more; also of a deleted one"),
				}, managerFlags()...),
				Action: a.changeSecret("deleted", func(ctx context.Context, c *api.Client, cmd *cli.Command, alias string) error {
					confirmed := cmd.String("confirm")
					if confirmed == "" && isTerminal(a.stdin) {
						var err error
						if confirmed, err = a.ask("This is for ever. Type " + alias + " to delete it: "); err != nil {
							return err
						}
						if !strings.EqualFold(confirmed, alias) {
							return errNotConfirmed
						}
					}
					if cmd.Bool("purge") {
						return c.PurgeSecret(ctx, alias, confirmed, cmd.Bool("force"))
					}
					return c.DeleteSecret(ctx, alias, confirmed, cmd.Bool("force"))
				}),
			},
			{
				Name:      "usage",
				Usage:     "Show a secret's versions, which templates and flows mention it, and who used it when",
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

// aboutSecret returns the alias of the one secret that cmd is about, and the
// client to ask.
func (a *app) aboutSecret(cmd *cli.Command) (alias string, c *api.Client, err error) {
	alias = cmd.Args().First()
	if cmd.Args().Len() != 1 || alias == "" {
		return "", nil, wrongUsage(cmd, "give one alias")
	}
	c, err = a.newManager(cmd)
	return alias, c, err
}

func (a *app) listSecrets(ctx context.Context, cmd *cli.Command) error {
	c, err := a.newManager(cmd)
	if err != nil {
		return err
	}
	secrets, err := collect(c.FindSecrets(ctx, api.SecretQuery{
		Text: cmd.String("search"), Type: api.SecretType(cmd.String("type")), Archived: cmd.Bool("archived"), Unused: cmd.Bool("unused"),
	}))
	if err != nil {
		return err
	}
	if cmd.Bool("json") {
		return a.deliver("", toJSON(secrets))
	}
	rows := [][]string{{"ALIAS", "TYPE", "VERSION", "CREATED", "UPDATED", "LAST USED", "STATE", "MASKING", "DESCRIPTION"}}
	for _, s := range secrets {
		state := "active"
		if s.Archived {
			state = "archived"
		}
		rows = append(rows, []string{
			s.Alias, string(s.Type), strconv.FormatInt(s.Version, 10), when(&s.CreatedAt), when(&s.UpdatedAt), when(s.LastUsedAt), state, maskingOf(s), s.Description,
		})
	}
	return a.table(rows)
}

// maskingOf says in a word what the redactor makes of a value, as far as it is told.
func maskingOf(s api.Secret) string {
	if s.Unmasked == nil {
		return "" // it is told to admins alone
	}
	word := "full"
	if len(s.Unmasked) > 0 {
		word = "but " + strings.Join(s.Unmasked, ",")
	}
	for _, w := range s.Warnings {
		if w.Code == api.CommonValue {
			return "weak: common"
		}
		word = "weak: short"
	}
	return word
}

func (a *app) createSecret(ctx context.Context, cmd *cli.Command) error {
	alias, c, err := a.aboutSecret(cmd)
	if err != nil {
		return err
	}
	kind := api.SecretType(cmd.String("type"))
	value, err := a.secretValue(cmd, kind)
	if err != nil {
		return err
	}
	draft := api.SecretDraft{Alias: alias, Type: kind, Value: value, Description: cmd.String("description")}
	if fields := unmasked(cmd); fields != nil {
		draft.Unmasked = *fields
	}
	made, err := c.CreateSecret(ctx, draft)
	if err != nil {
		return err
	}
	return a.told(cmd, made, "created")
}

func (a *app) updateSecret(ctx context.Context, cmd *cli.Command) error {
	alias, c, err := a.aboutSecret(cmd)
	if err != nil {
		return err
	}
	var patch api.SecretPatch
	if cmd.IsSet("description") {
		description := cmd.String("description")
		patch.Description = &description
	}
	patch.Unmasked = unmasked(cmd)
	if cmd.IsSet("value-file") || patch.Description == nil && patch.Unmasked == nil {
		// How a value is read depends on the type, which the server knows.
		present, err := c.Secret(ctx, alias)
		if err != nil {
			return err
		}
		if patch.Value, err = a.secretValue(cmd, present.Type); err != nil {
			return err
		}
	}
	changed, err := c.UpdateSecret(ctx, alias, patch)
	if err != nil {
		return err
	}
	return a.told(cmd, changed, "updated")
}

// unmasked returns the fields that --unmask names, nil where it is not given; a nil list is
// the default.
func unmasked(cmd *cli.Command) *[]string {
	fields := []string{}
	switch given := cmd.String("unmask"); given {
	case "":
		return nil
	case "none":
	case "default":
		fields = nil
	default:
		fields = strings.Split(given, ",")
	}
	return &fields
}

// changeSecret is the action of a command that takes an alias and no value.
func (a *app) changeSecret(
	done string, change func(ctx context.Context, c *api.Client, cmd *cli.Command, alias string) error,
) cli.ActionFunc {
	return func(ctx context.Context, cmd *cli.Command) error {
		alias, c, err := a.aboutSecret(cmd)
		if err != nil {
			return err
		}
		if err := change(ctx, c, cmd, alias); err != nil {
			return err
		}
		return a.deliver("", alias+" "+done+"\n")
	}
}

// told prints what became of a secret, and what its value is not good for.
func (a *app) told(cmd *cli.Command, s *api.Secret, done string) error {
	for _, w := range s.Warnings {
		a.print("sotto: warning: " + terminalSafe(w.Message) + "\n")
	}
	if cmd.Bool("json") {
		return a.deliver("", toJSON(s))
	}
	return a.deliver("", terminalSafe(s.Alias)+" "+done+", version "+strconv.FormatInt(s.Version, 10)+"\n")
}
