package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/urfave/cli/v3"
)

// root returns the command tree.
func (a *app) root() *cli.Command {
	root := &cli.Command{
		Name:  "sotto",
		Usage: "put secrets into messages, and keep them out of everything else",
		Description: "sotto renders templates and evaluates expressions that mention secrets by name.\n" +
			"Without --server, render, eval, lint, redact and explain work on the spot, with the\n" +
			"secrets that --provider knows; with it, they ask a running `sotto serve`.",
		Writer:                a.stdout,
		ErrWriter:             a.stderr,
		Reader:                a.stdin,
		HideVersion:           true,
		HideHelpCommand:       true,
		EnableShellCompletion: true,
		ConfigureShellCompletionCommand: func(c *cli.Command) {
			c.Hidden = false
			c.Usage = "Print a completion script for bash, zsh, fish or PowerShell"
			prepare(c, c.Name)
		},
		// report prints, so the library must neither print nor exit.
		ExitErrHandler: func(context.Context, *cli.Command, error) {},
		Commands: []*cli.Command{
			a.serveCommand(),
			a.renderCommand(),
			a.evalCommand(),
			a.lintCommand(),
			a.redactCommand(),
			a.explainCommand(),
			a.secretsCommand(),
			a.templatesCommand(),
			a.flowsCommand(),
			a.tokensCommand(),
			a.keysCommand(),
			a.auditCommand(),
			a.doctorCommand(),
			a.benchCommand(),
			a.versionCommand(),
		},
	}
	// Setting the tree up makes the errors of every command the same.
	prepare(root, "")
	return root
}

// prepare gives command and those below it the settings that all share: what an
// action returns is a failure, a group of commands is no action itself, an
// argument that nobody reads is a mistake, and no flag is cut at its commas.
func prepare(command *cli.Command, name string) {
	// A comma belongs to the text of --var; a flag that takes a list splits it
	// itself. The library asks each command, not the root.
	command.DisableSliceFlagSeparator = true
	command.OnUsageError = func(_ context.Context, _ *cli.Command, err error, _ bool) error {
		return &usageError{withoutValue(err), name}
	}
	if action := command.Action; action != nil {
		command.Action = func(ctx context.Context, cmd *cli.Command) error {
			if command.ArgsUsage == "" && cmd.Args().Present() {
				return wrongUsage(cmd, "%s takes no arguments", name)
			}
			if err := action(ctx, cmd); err != nil {
				return &failure{err, cmd.String("server")}
			}
			return nil
		}
	} else {
		command.Action = func(_ context.Context, cmd *cli.Command) error {
			known := strings.Join(names(command), ", ")
			if given := cmd.Args().First(); given != "" {
				return &usageError{fmt.Errorf("there is no command %q; there are %s", given, known), name}
			}
			return &usageError{fmt.Errorf("say what to do: %s", known), name}
		}
	}
	for _, sub := range command.Commands {
		prepare(sub, strings.TrimSpace(name+" "+sub.Name))
	}
}

func names(parent *cli.Command) []string {
	var list []string
	for _, c := range parent.Commands {
		if !c.Hidden {
			list = append(list, c.Name)
		}
	}
	return list
}

// wrongUsage is a usage error of cmd.
func wrongUsage(cmd *cli.Command, format string, args ...any) error {
	return &usageError{fmt.Errorf(format, args...), strings.TrimPrefix(cmd.FullName(), "sotto ")}
}

// examples formats the end of a command's description.
func examples(lines ...string) string {
	return "Examples:\n  " + strings.Join(lines, "\n  ")
}
