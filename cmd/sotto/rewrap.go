package main

import (
	"context"
	"errors"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/resolver/store"
)

func (a *app) rewrapCommand() *cli.Command {
	return &cli.Command{
		Name:  "rewrap",
		Usage: "Change the master key",
		Description: "Gives the store another master key; the one that it was opened with goes on opening it, so that the\n" +
			"nodes of a fleet can be started with the new one in turn. Then --drop-others, with the new one as\n" +
			"--key-file, ends the old one. Stop the server that uses an SQLite store first.\n\n" + examples(
			"sotto keys rewrap --new-key-file new.key",
			"sotto keys rewrap --key-file new.key --drop-others",
			"sotto keys rewrap --new-key-command 'kms-decrypt sotto-master'",
		),
		Flags: append([]cli.Flag{
			text("new-key-file", "", "the new master key stands in `FILE`, and is made there if there is none"),
			text("new-key-command", "", "the new master key is what `COMMAND` prints"),
			toggle("drop-others", "let no other master key open the store than the one that opens it now"),
		}, storeFlags()...),
		Action: a.rewrapKeys,
	}
}

func (a *app) rewrapKeys(ctx context.Context, cmd *cli.Command) (err error) {
	file, command, drop := cmd.String("new-key-file"), cmd.String("new-key-command"), cmd.Bool("drop-others")
	given := 0
	for _, one := range []bool{file != "", command != "", drop} {
		if one {
			given++
		}
	}
	if given != 1 {
		return wrongUsage(cmd, "give one of --new-key-file, --new-key-command and --drop-others")
	}
	next := store.KeyFile(file)
	if command != "" {
		if next, err = keyFromCommand(ctx, command); err != nil {
			return err
		}
	}
	s, err := a.openExisting(ctx, cmd)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if drop {
		if err := s.DropOtherKeys(ctx, byCommand); err != nil {
			return err
		}
		return a.deliver("", "rewrapped: only this master key opens the store\n")
	}
	if err := s.RewrapKeys(ctx, byCommand, next); err != nil {
		return err
	}
	return a.deliver("", "rewrapped: the new master key opens the store, and the present one still does\n")
}
