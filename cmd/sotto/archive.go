package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"filippo.io/age"
	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
)

func (a *app) exportCommand() *cli.Command {
	return &cli.Command{
		Name:  "export",
		Usage: "Write the store, or a scope of it, as an archive encrypted with age",
		Description: "Opens the store itself; stop the server that uses an SQLite store first. The archive holds every\n" +
			"value: who can open it can read them all. Without --recipient, a passphrase encrypts it.\n\n" + examples(
			"sotto secrets export --recipient age1... -o sotto.age",
			"sotto secrets export --scope acme/shop --passphrase-file pass.txt -o shop.age",
		),
		Flags: append([]cli.Flag{
			text("scope", "", "export the scope `PATH` and those below; without it, all"),
			list("recipient", "encrypt for the age public key `KEY`; repeatable or separated by commas"),
			text("passphrase-file", "", "read the passphrase from `FILE` instead of a prompt"),
			text("output", "", "write the archive to `FILE`", "o"),
		}, storeFlags()...),
		Action: a.exportArchive,
	}
}

func (a *app) importCommand() *cli.Command {
	return &cli.Command{
		Name:      "import",
		Usage:     "Restore an archive into a store",
		ArgsUsage: "FILE",
		Description: "Puts everything back into the scopes that it came from, with versions and times. What is there\n" +
			"already stays as it is. This is also the way from SQLite to Redis.\n\n" + examples(
			"sotto secrets import --identity key.txt sotto.age",
			"sotto secrets import --store rediss://redis.internal:6379 sotto.age",
		),
		Flags: append([]cli.Flag{
			text("identity", "", "decrypt with the age identities in `FILE`"),
			text("passphrase-file", "", "read the passphrase from `FILE` instead of a prompt"),
		}, storeFlags()...),
		Action: a.importArchive,
	}
}

func (a *app) exportArchive(ctx context.Context, cmd *cli.Command) (err error) {
	var scope resolver.Scope
	if cmd.String("scope") != "" {
		if scope, err = scopeOf(cmd); err != nil {
			return err
		}
	}
	path := cmd.String("output")
	if path == "" && isTerminal(a.stdout) {
		return wrongUsage(cmd, "an archive is not text: give --output FILE")
	}
	recipients, err := a.recipients(cmd)
	if err != nil {
		return err
	}
	s, err := a.openExisting(ctx, cmd)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	export := func(w io.Writer) error {
		return a.tracked("exported", func(p store.Progress) error { return s.Export(ctx, byCommand, scope, w, p, recipients...) })
	}
	if path == "" || path == "-" {
		return export(a.stdout)
	}
	return writeFile(path, export)
}

func (a *app) importArchive(ctx context.Context, cmd *cli.Command) (err error) {
	if cmd.Args().Len() != 1 {
		return wrongUsage(cmd, "give one archive")
	}
	file, err := os.Open(cmd.Args().First())
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // only read from
	identities, err := a.identities(cmd)
	if err != nil {
		return err
	}
	s, err := a.openStore(ctx, cmd, redact.Secret{}, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	var done store.Imported
	err = a.tracked("imported", func(p store.Progress) error {
		done, err = s.Import(ctx, byCommand, file, p, identities...)
		return err
	})
	if err != nil {
		return err
	}
	return a.deliver("", fmt.Sprintf("imported %d secrets, %d templates, %d tokens; %d were there already\n",
		done.Secrets, done.Templates, done.Tokens, done.Skipped))
}

// recipients are who can open the archive.
func (a *app) recipients(cmd *cli.Command) ([]age.Recipient, error) {
	var recipients []age.Recipient
	for _, key := range split(cmd, "recipient") {
		recipient, err := age.ParseX25519Recipient(key)
		if err != nil {
			return nil, wrongUsage(cmd, "--recipient wants an age public key, age1...")
		}
		recipients = append(recipients, recipient)
	}
	if len(recipients) > 0 {
		return recipients, nil
	}
	passphrase, err := a.passphrase(cmd, a.promptTwice)
	if err != nil {
		return nil, err
	}
	recipient, err := age.NewScryptRecipient(passphrase)
	return []age.Recipient{recipient}, err
}

// identities open an archive.
func (a *app) identities(cmd *cli.Command) ([]age.Identity, error) {
	if path := cmd.String("identity"); path != "" {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer func() { _ = file.Close() }() // only read from
		identities, err := age.ParseIdentities(file)
		if err != nil {
			// age's error may quote a line of the file, and so a key.
			return nil, fmt.Errorf("%s holds no age identities", path)
		}
		return identities, nil
	}
	passphrase, err := a.passphrase(cmd, func(what string) (string, error) { return a.promptHidden(what + ": ") })
	if err != nil {
		return nil, err
	}
	identity, err := age.NewScryptIdentity(passphrase)
	return []age.Identity{identity}, err
}

// passphrase is the content of --passphrase-file, or what prompt yields.
func (a *app) passphrase(cmd *cli.Command, prompt func(what string) (string, error)) (string, error) {
	var text string
	var err error
	switch file := cmd.String("passphrase-file"); {
	case file != "":
		text, err = a.read(cmd, file)
		text = strings.TrimRight(text, "\r\n")
	case isTerminal(a.stdin):
		text, err = prompt("Passphrase")
	default:
		return "", wrongUsage(cmd, "there is no terminal to ask for a passphrase: give --passphrase-file")
	}
	if err == nil && text == "" {
		err = errors.New("the passphrase is empty")
	}
	a.redactor.Add(redact.NewSecret(text))
	return text, err
}
