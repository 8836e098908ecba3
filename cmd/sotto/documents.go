package main

import (
	"context"
	"iter"
	"strconv"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/api"
)

// documents is one kind of what authors store, and the commands about it.
type documents struct {
	app *app
	// kind is what one is called, as in "template", and group what the commands are.
	kind, group string
	// about says what a file holds, at length, and holds says it in a word.
	about, holds string
	// put is the command of that name without what all kinds share.
	put cli.Command
	// read makes a draft of the file of put, as the flags say.
	read func(cmd *cli.Command, name string) (documentFile, error)
	// fresh is an empty file.
	fresh func() documentFile
	// list, version, store, versions and restore are the calls. Version 0 is the newest.
	list     func(*api.Client, context.Context) iter.Seq2[api.DocumentInfo, error]
	version  func(c *api.Client, ctx context.Context, id string, version int64) (*storedDocument, error)
	store    func(c *api.Client, ctx context.Context, id string, f documentFile, as storing) (*storedDocument, error)
	versions func(c *api.Client, ctx context.Context, id string) ([]api.DocumentInfo, error)
	restore  func(c *api.Client, ctx context.Context, id string, version int64) (*storedDocument, error)
}

// storing is what a version says besides its source, and what it is to replace.
type storing struct {
	note string
	of   int64
	new  bool
}

// storedDocument is what a server keeps.
type storedDocument struct {
	api.DocumentInfo
	file documentFile
	// shown is all that was answered, for --json.
	shown any
}

func (d *documents) command() *cli.Command {
	asJSON, note := toggle("json", "print JSON"), text("note", "", "what the new version changes, as a `TEXT`")
	force := toggle("force", "overwrite what was changed meanwhile")
	get := []cli.Flag{count("of", 0, "print this `VERSION`"), text("output", "", "write to `FILE`", "o")}
	if d.kind == templateKind {
		get = append(get, toggle("text", "print the bare text of a template without parts"))
	}
	put := d.put
	put.Name, put.Usage, put.ArgsUsage = "put", "Store a "+d.kind+", or a new version of it", "ID FILE"
	put.Flags = append(append(put.Flags,
		list("required-secrets", "allow these `ALIASES` alone; repeatable or separated by commas"),
		text("description", "", "what the "+d.kind+" is for, as a `TEXT` that all may read"), note,
		count("of", 0, "replace this `VERSION` alone"), toggle("new", "replace none"), asJSON,
	), managerFlags()...)
	put.Action = d.putOne
	return &cli.Command{
		Name:  d.group,
		Usage: "Manage the " + d.group + " that a server keeps",
		Description: d.about + " Where it says a version, it replaces that one alone,\n" +
			"so that nobody's work is lost.",
		Commands: []*cli.Command{
			{
				Name:        "list",
				Usage:       "List the " + d.group + " of a scope",
				Description: d.examples("list", "list --scope acme/shop --json"),
				Flags:       append([]cli.Flag{asJSON}, managerFlags()...),
				Action:      d.listAll,
			},
			{
				Name:        "get",
				Usage:       "Print a " + d.kind + ", or an earlier version of it",
				ArgsUsage:   "ID",
				Description: d.examples("get order -o order.json", "get order --of 3"),
				Flags:       append(get, managerFlags()...),
				Action:      d.getOne,
			},
			&put,
			{
				Name:        "pull",
				Usage:       "Write the " + d.group + " of a scope to a directory, each to ID.json",
				ArgsUsage:   "DIR",
				Description: "A file that was changed here stays, unless --force is given.\n\n" + d.examples("pull "+d.group+" --scope acme/shop"),
				Flags:       append([]cli.Flag{force}, managerFlags()...),
				Action:      d.pull,
			},
			{
				Name:      "push",
				Usage:     "Store the " + d.group + " of a directory",
				ArgsUsage: "DIR",
				Description: "Stores each ID.json, with what it replaces, behind those that it calls: one that somebody else changed\nsince it was pulled is " +
					"refused, unless --force is given, and so is what calls it; the others are stored.\nThe files say the new versions then. What has no file stays.\n\n" +
					d.examples("push "+d.group+" --note 'new address'"),
				Flags:  append([]cli.Flag{force, note}, managerFlags()...),
				Action: d.push,
			},
			{
				Name:        "diff",
				Usage:       "Compare the " + d.group + " of a directory with those of a server",
				ArgsUsage:   "DIR",
				Description: "Shows what push would change, and exits 1 if there is anything.\n\n" + d.examples("diff "+d.group),
				Flags:       append([]cli.Flag{toggle("json", "print a JSON list of what differs")}, managerFlags()...),
				Action:      d.diff,
			},
			{
				Name:        "versions",
				Usage:       "List the versions of a " + d.kind + " that are kept",
				ArgsUsage:   "ID",
				Description: d.examples("versions order"),
				Flags:       append([]cli.Flag{asJSON}, managerFlags()...),
				Action:      d.listVersions,
			},
			{
				Name:        "restore",
				Usage:       "Make an earlier version the newest once more",
				ArgsUsage:   "ID VERSION",
				Description: d.examples("restore order 3"),
				Flags:       append([]cli.Flag{asJSON}, managerFlags()...),
				Action:      d.restoreOne,
			},
		},
	}
}

// examples are lines of these commands.
func (d *documents) examples(lines ...string) string {
	for i := range lines {
		lines[i] = "sotto " + d.group + " " + lines[i]
	}
	return examples(lines...)
}

// arguments returns those of a command, of which there are n, and the client to ask.
func (d *documents) arguments(cmd *cli.Command, n int, usage string) ([]string, *api.Client, error) {
	args := cmd.Args().Slice()
	if len(args) != n || args[0] == "" {
		return nil, nil, wrongUsage(cmd, "give %s", usage)
	}
	c, err := d.app.newManager(cmd)
	return args, c, err
}

func (d *documents) listAll(ctx context.Context, cmd *cli.Command) error {
	c, err := d.app.newManager(cmd)
	if err != nil {
		return err
	}
	all, err := collect(d.list(c, ctx))
	if err != nil {
		return err
	}
	if cmd.Bool("json") {
		return d.app.deliver("", toJSON(all))
	}
	rows := [][]string{{"ID", "VERSION", "STORED", "BY", "SECRETS", "DESCRIPTION"}}
	for _, one := range all {
		rows = append(rows, []string{
			one.ID, strconv.FormatInt(one.Version, 10), when(&one.UpdatedAt), one.Author, strings.Join(one.Secrets, ","), one.Description,
		})
	}
	return d.app.table(rows)
}

func (d *documents) getOne(ctx context.Context, cmd *cli.Command) error {
	args, c, err := d.arguments(cmd, 1, "the id of one "+d.kind)
	if err != nil {
		return err
	}
	found, err := d.version(c, ctx, args[0], int64(cmd.Int("of")))
	if err != nil {
		return err
	}
	if !cmd.Bool("text") {
		return d.app.deliver(cmd.String("output"), documentText(found.file))
	}
	template, ok := found.file.(*templateFile)
	if !ok || template.Template == nil {
		return wrongUsage(cmd, "the template has parts: leave out --text")
	}
	return d.app.deliver(cmd.String("output"), *template.Template)
}

func (d *documents) putOne(ctx context.Context, cmd *cli.Command) error {
	args, c, err := d.arguments(cmd, 2, "the id of a "+d.kind+", and the file of it")
	if err != nil {
		return err
	}
	file, err := d.read(cmd, args[1])
	if err != nil {
		return err
	}
	head := file.head()
	if cmd.IsSet("description") {
		head.Description = cmd.String("description")
	}
	if cmd.IsSet("of") {
		head.Version = int64(cmd.Int("of"))
	}
	if cmd.IsSet("required-secrets") {
		*file.required() = split(cmd, "required-secrets")
	}
	stored, err := d.store(c, ctx, args[0], file, storing{note: cmd.String("note"), of: head.Version, new: cmd.Bool("new")})
	if err != nil {
		return inSource(args[1], err)
	}
	return d.told(cmd, stored, "stored")
}

func (d *documents) listVersions(ctx context.Context, cmd *cli.Command) error {
	args, c, err := d.arguments(cmd, 1, "the id of one "+d.kind)
	if err != nil {
		return err
	}
	versions, err := d.versions(c, ctx, args[0])
	if err != nil {
		return err
	}
	if cmd.Bool("json") {
		return d.app.deliver("", toJSON(versions))
	}
	rows := [][]string{{"VERSION", "STORED", "BY", "NOTE"}}
	for _, v := range versions {
		rows = append(rows, []string{strconv.FormatInt(v.Version, 10), when(&v.UpdatedAt), v.Author, v.Note})
	}
	return d.app.table(rows)
}

func (d *documents) restoreOne(ctx context.Context, cmd *cli.Command) error {
	args, c, err := d.arguments(cmd, 2, "the id of a "+d.kind+", and the version to restore")
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(args[1], 10, 64)
	if err != nil || version < 1 {
		return wrongUsage(cmd, "the version is a number, as `sotto %s versions` shows it", d.group)
	}
	stored, err := d.restore(c, ctx, args[0], version)
	if err != nil {
		return err
	}
	return d.told(cmd, stored, "restored")
}

// told prints what became of a document.
func (d *documents) told(cmd *cli.Command, stored *storedDocument, done string) error {
	if cmd.Bool("json") {
		return d.app.deliver("", toJSON(stored.shown))
	}
	return d.app.deliver("", terminalSafe(stored.ID)+" "+done+", version "+strconv.FormatInt(stored.Version, 10)+"\n")
}
