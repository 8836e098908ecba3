package main

import (
	"context"
	"strconv"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/api"
)

func (a *app) templatesCommand() *cli.Command {
	asJSON, note := toggle("json", "print JSON"), text("note", "", "what the new version changes, as a `TEXT`")
	force := toggle("force", "overwrite what was changed meanwhile")
	return &cli.Command{
		Name:  "templates",
		Usage: "Manage the templates that a server keeps",
		Description: "A template in a file that ends in .json is as `get` prints it: template or parts, context, syntax,\n" +
			"required_secrets, translations, sample_vars, description. Where it says a version, it replaces\n" +
			"that one alone, so that nobody's work is lost.",
		Commands: []*cli.Command{
			{
				Name:   "list",
				Usage:  "List the templates of a scope",
				Flags:  append([]cli.Flag{asJSON}, managerFlags()...),
				Action: a.listTemplates,
			},
			{
				Name:      "get",
				Usage:     "Print a template, or an earlier version of it",
				ArgsUsage: "ID",
				Flags: append([]cli.Flag{
					count("of", 0, "print this `VERSION`"), toggle("text", "print the bare text of a template without parts"),
					text("output", "", "write to `FILE`", "o"),
				}, managerFlags()...),
				Action: a.getTemplate,
			},
			{
				Name:      "put",
				Usage:     "Store a template, or a new version of it",
				ArgsUsage: "ID FILE",
				Description: "Of a FILE that does not end in .json the text is the template; - is stdin. What does not compile is\nrefused, and where the same is stored " +
					"nothing changes.\n\n" + examples(
					"sotto templates put welcome welcome.liquid --description 'first mail' --note 'shorter'",
					"sotto templates put order order.json",
					"sotto templates put hook hook.liquid --context json --required-secrets hook_key --of 3",
				),
				Flags: append([]cli.Flag{
					choice("context", "where the output goes: text, json, html, url or header", "", "text", "json", "html", "url", "header"),
					choice("syntax", "read it as liquid, macros (<<...>> alone) or bare (macros and secrets.name)", "", "liquid", "macros", "bare"),
					list("required-secrets", "allow these `ALIASES` alone; repeatable or separated by commas"),
					text("description", "", "what the template is for, as a `TEXT` that all may read"), note,
					count("of", 0, "replace this `VERSION` alone"), toggle("new", "replace none"), asJSON,
				}, managerFlags()...),
				Action: a.putTemplate,
			},
			{
				Name:        "pull",
				Usage:       "Write the templates of a scope to a directory, each to ID.json",
				ArgsUsage:   "DIR",
				Description: "A file that was changed here stays, unless --force is given.",
				Flags:       append([]cli.Flag{force}, managerFlags()...),
				Action:      a.pullTemplates,
			},
			{
				Name:      "push",
				Usage:     "Store the templates of a directory",
				ArgsUsage: "DIR",
				Description: "Stores each ID.json, with what it replaces: one that somebody else changed since it was pulled is\nrefused, unless --force is given, and " +
					"the others are stored. The files say the new versions then.\nTemplates without a file stay.",
				Flags:  append([]cli.Flag{force, note}, managerFlags()...),
				Action: a.pushTemplates,
			},
			{
				Name:        "diff",
				Usage:       "Compare the templates of a directory with those of a server",
				ArgsUsage:   "DIR",
				Description: "Shows what push would change, and exits 1 if there is anything.",
				Flags:       append([]cli.Flag{toggle("json", "print a JSON list of what differs")}, managerFlags()...),
				Action:      a.diffTemplates,
			},
			{
				Name:      "versions",
				Usage:     "List the versions of a template that are kept",
				ArgsUsage: "ID",
				Flags:     append([]cli.Flag{asJSON}, managerFlags()...),
				Action:    a.templateVersions,
			},
			{
				Name:      "restore",
				Usage:     "Make an earlier version the newest once more",
				ArgsUsage: "ID VERSION",
				Flags:     append([]cli.Flag{asJSON}, managerFlags()...),
				Action:    a.restoreTemplate,
			},
		},
	}
}

// aboutTemplate returns the arguments of a command, of which there are n, and the client
// to ask.
func (a *app) aboutTemplate(cmd *cli.Command, n int, usage string) ([]string, *api.Client, error) {
	args := cmd.Args().Slice()
	if len(args) != n || args[0] == "" {
		return nil, nil, wrongUsage(cmd, "give %s", usage)
	}
	c, err := a.newManager(cmd)
	return args, c, err
}

func (a *app) listTemplates(ctx context.Context, cmd *cli.Command) error {
	c, err := a.newManager(cmd)
	if err != nil {
		return err
	}
	templates, err := collect(c.Templates(ctx))
	if err != nil {
		return err
	}
	if cmd.Bool("json") {
		return a.deliver("", toJSON(templates))
	}
	rows := [][]string{{"ID", "VERSION", "STORED", "BY", "SECRETS", "DESCRIPTION"}}
	for _, t := range templates {
		rows = append(rows, []string{
			t.ID, strconv.FormatInt(t.Version, 10), when(&t.UpdatedAt), t.Author, strings.Join(t.Secrets, ","), t.Description,
		})
	}
	return a.table(rows)
}

func (a *app) getTemplate(ctx context.Context, cmd *cli.Command) error {
	args, c, err := a.aboutTemplate(cmd, 1, "the id of one template")
	if err != nil {
		return err
	}
	get := c.Template
	if of := int64(cmd.Int("of")); of > 0 {
		get = func(ctx context.Context, id string) (*api.Template, error) { return c.TemplateVersion(ctx, id, of) }
	}
	t, err := get(ctx, args[0])
	if err != nil {
		return err
	}
	if !cmd.Bool("text") {
		return a.deliver(cmd.String("output"), fileOf(t).String())
	}
	if t.Template == nil {
		return wrongUsage(cmd, "the template has parts: leave out --text")
	}
	return a.deliver(cmd.String("output"), *t.Template)
}

func (a *app) putTemplate(ctx context.Context, cmd *cli.Command) error {
	args, c, err := a.aboutTemplate(cmd, 2, "the id of a template, and the file of it")
	if err != nil {
		return err
	}
	source, err := a.read(cmd, args[1])
	if err != nil {
		return err
	}
	file := &templateFile{TemplateSource: api.TemplateSource{Template: &source}}
	if strings.HasSuffix(args[1], ".json") {
		if file, err = parseTemplateFile(args[1], source); err != nil {
			return err
		}
	}
	draft := file.draft()
	draft.Note, draft.New = cmd.String("note"), cmd.Bool("new")
	for flag, field := range map[string]*string{"context": &draft.Context, "syntax": &draft.Syntax, "description": &draft.Description} {
		if cmd.IsSet(flag) {
			*field = cmd.String(flag)
		}
	}
	if cmd.IsSet("required-secrets") {
		draft.RequiredSecrets = split(cmd, "required-secrets")
	}
	if cmd.IsSet("of") {
		draft.Of = int64(cmd.Int("of"))
	}
	stored, err := c.PutTemplate(ctx, args[0], draft)
	if err != nil {
		return inSource(args[1], err)
	}
	return a.toldOfTemplate(cmd, stored, "stored")
}

func (a *app) templateVersions(ctx context.Context, cmd *cli.Command) error {
	args, c, err := a.aboutTemplate(cmd, 1, "the id of one template")
	if err != nil {
		return err
	}
	versions, err := c.TemplateVersions(ctx, args[0])
	if err != nil {
		return err
	}
	if cmd.Bool("json") {
		return a.deliver("", toJSON(versions))
	}
	rows := [][]string{{"VERSION", "STORED", "BY", "NOTE"}}
	for _, v := range versions {
		rows = append(rows, []string{strconv.FormatInt(v.Version, 10), when(&v.UpdatedAt), v.Author, v.Note})
	}
	return a.table(rows)
}

func (a *app) restoreTemplate(ctx context.Context, cmd *cli.Command) error {
	args, c, err := a.aboutTemplate(cmd, 2, "the id of a template, and the version to restore")
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(args[1], 10, 64)
	if err != nil || version < 1 {
		return wrongUsage(cmd, "the version is a number, as `sotto templates versions` shows it")
	}
	stored, err := c.RestoreTemplate(ctx, args[0], version)
	if err != nil {
		return err
	}
	return a.toldOfTemplate(cmd, stored, "restored")
}

// toldOfTemplate prints what became of a template.
func (a *app) toldOfTemplate(cmd *cli.Command, t *api.Template, done string) error {
	if cmd.Bool("json") {
		return a.deliver("", toJSON(t))
	}
	return a.deliver("", terminalSafe(t.ID)+" "+done+", version "+strconv.FormatInt(t.Version, 10)+"\n")
}
