package main

import (
	"context"
	"errors"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/resolver/store"
)

// byCommand is who changes the store in the audit trail.
var byCommand = store.Actor{Who: "cli"}

func (a *app) keysCommand() *cli.Command {
	return &cli.Command{
		Name:  "keys",
		Usage: "Manage the keys that encrypt the store",
		Commands: []*cli.Command{{
			Name:  "rotate",
			Usage: "Make a new encryption key and encrypt everything with it",
			Description: "Opens the store itself, so stop the server that uses it first. Records under older keys stay\n" +
				"readable: an interrupted rotation does no harm, and the next start of a server finishes it.\n\n" + examples("sotto keys rotate --data-dir ./sotto-data"),
			Flags:  storeFlags(),
			Action: a.rotateKeys,
		}, a.rewrapCommand()},
	}
}

func (a *app) rotateKeys(ctx context.Context, cmd *cli.Command) (err error) {
	s, err := a.openExisting(ctx, cmd)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := a.tracked("encrypted", func(p store.Progress) error { return s.RotateKeys(ctx, byCommand, p) }); err != nil {
		return err
	}
	return a.deliver("", "rotated: everything is encrypted with the new key\n")
}
