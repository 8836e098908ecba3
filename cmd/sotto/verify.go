package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
)

func (a *app) verifyCommand() *cli.Command {
	return &cli.Command{
		Name:  "verify",
		Usage: "Check that every record is what sotto wrote there last",
		Description: "Opens the store itself; stop the server that uses an SQLite store first. Names what was changed,\n" +
			"moved, removed or put back from outside, and fails then.\n\n" + examples("sotto secrets verify --data-dir ./sotto-data"),
		Flags:  storeFlags(),
		Action: a.verifyStore,
	}
}

func (a *app) repairCommand() *cli.Command {
	return &cli.Command{
		Name:  "repair",
		Usage: "Take a damaged scope as it stands, where there is no backup",
		Description: "Removes the records that do not open and trusts the rest to be the newest there is. Each removal\n" +
			"is a row of the audit trail. A backup is the better way.\n\n" + examples("sotto secrets repair --scope acme/shop"),
		Flags: append([]cli.Flag{
			text("scope", "", "repair the scope `PATH`; without it, the tokens"),
		}, storeFlags()...),
		Action: a.repairScope,
	}
}

func (a *app) verifyStore(ctx context.Context, cmd *cli.Command) (err error) {
	s, err := a.openExisting(ctx, cmd)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := a.tracked("checked scopes:", func(p store.Progress) error { return s.Verify(ctx, p) }); err != nil {
		return err
	}
	return a.deliver("", "every record is as it was written\n")
}

func (a *app) repairScope(ctx context.Context, cmd *cli.Command) (err error) {
	var scope resolver.Scope
	if cmd.String("scope") != "" {
		if scope, err = scopeOf(cmd); err != nil {
			return err
		}
	}
	s, err := a.openExisting(ctx, cmd)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	removed, err := s.Repair(ctx, byCommand, scope)
	if err != nil {
		return err
	}
	if len(removed) == 0 {
		return a.deliver("", "repaired: nothing had to be removed\n")
	}
	return a.deliver("", fmt.Sprintf("repaired: removed %s\n", terminalSafe(strings.Join(removed, ", "))))
}
