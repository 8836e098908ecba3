package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/redact"
)

func (a *app) redactCommand() *cli.Command {
	inPlace := toggle("in-place", "mask the files that are named")
	inPlace.Aliases = []string{"i"}
	return &cli.Command{
		Name:      "redact",
		Usage:     "Mask secrets in a pipe, or in files",
		ArgsUsage: "[FILE...]",
		Description: "Copies stdin to stdout, whatever bytes it holds, and writes [REDACTED] in place of every\n" +
			"value that the providers know, also where it is escaped, encoded or split. A value that\n" +
			"changes while it runs is followed within two seconds. With --server the text streams\n" +
			"through the server.\n\n" +
			"With -i the files are masked in place, each at once, or with --suffix beside it.\n\n" +
			"It exits 1, having written nothing, if the providers cannot be read, or one cannot list\n" +
			"its secrets, as `exec:` and `vault:`: use --server with a server that has these, which\n" +
			"masks what it used. A secret that cannot be read, such as a file of `dir:` without\n" +
			"permission, is named on stderr; all others are masked, and it exits 1 at the end.\n\n" + examples(
			"./deploy.sh 2>&1 | sotto redact",
			"sotto redact --provider dir:/run/secrets < build.log > clean.log",
			"sotto redact -i --provider dir:/run/secrets /var/log/app/*.log.1",
		),
		Flags: append([]cli.Flag{
			inPlace,
			text("suffix", "", "leave the files of -i as they are and write FILE`SUFFIX` beside each"),
		}, executorFlags()...),
		Action: a.redact,
	}
}

func (a *app) redact(ctx context.Context, cmd *cli.Command) (err error) {
	files := cmd.Args().Slice()
	switch inPlace := cmd.Bool("in-place"); {
	case inPlace && len(files) == 0:
		return wrongUsage(cmd, "-i wants the files that are to be masked")
	case !inPlace && len(files) > 0:
		return wrongUsage(cmd, "redact takes no arguments without -i: give a file as `< FILE`, or -i to change it")
	case !inPlace && cmd.String("suffix") != "":
		return wrongUsage(cmd, "--suffix goes with -i")
	}
	if len(files) == 0 && !isTerminal(a.stdin) {
		// An interrupt goes to the whole pipe. What the program before us still
		// says on its way out has to be masked too; our input ends when it ends.
		signal.Ignore(os.Interrupt)
	}
	e, err := a.executor(cmd)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	if len(files) > 0 {
		return a.redactFiles(ctx, e, files, cmd.String("suffix"))
	}
	in, err := a.input(cmd)
	if err != nil {
		return err
	}
	return e.redact(ctx, a.stdout, in)
}

// followEvery is how often the providers are asked for what changed.
const followEvery = time.Second

// redact implements executor: it masks while it reads, and holds back only what
// may still become a match, so that lines reach a terminal as they come.
func (l *local) redact(ctx context.Context, out io.Writer, in io.Reader) error {
	known, err := l.follow(ctx)
	if err != nil {
		return err
	}
	const block = 256 << 10
	w := known.redactor.Writer(out)
	// struct{ io.Reader } hides what would let io.CopyBuffer choose another size.
	_, err = io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{in}, make([]byte, block))
	return errors.Join(err, w.Close(), known.end())
}

// followed is what the providers know, kept up to date.
type followed struct {
	local    *local
	redactor *redact.Redactor
	stop     context.CancelFunc
	updates  sync.WaitGroup
	// unknown says that a value may stand unmasked in what was written.
	unknown bool
}

// follow loads everything, and what changes from then on. The caller ends it.
func (l *local) follow(ctx context.Context) (*followed, error) {
	f := &followed{local: l, redactor: l.resolver.Redactor(l.scope)}
	// Without this much nothing may be written.
	if names := l.resolver.Unlisted(l.scope); len(names) > 0 {
		return nil, errors.New("these providers cannot list their secrets, so none of those would be masked: " + strings.Join(names, ", ") +
			"; use env: and dir: alone, or --server with a server that has the others")
	}
	if err := f.load(ctx); err != nil {
		return nil, err
	}
	ctx, f.stop = context.WithCancel(ctx)
	f.updates.Go(func() {
		ticker := time.NewTicker(followEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			// What was known stays known: the text goes on, masked with it.
			if err := f.load(ctx); err != nil && ctx.Err() == nil {
				f.flaw(err, false)
			}
		}
	})
	return f, nil
}

func (f *followed) load(ctx context.Context) error {
	flaws, err := f.local.resolver.Flaws(ctx, f.local.scope)
	for _, flaw := range flaws {
		f.flaw(flaw.Err, flaw.Covered)
	}
	return err
}

// flaw tells once of what cannot be read.
func (f *followed) flaw(err error, covered bool) {
	f.unknown = f.unknown || !covered
	if text := err.Error(); !f.local.warned[text] {
		f.local.warned[text] = true
		f.local.warn(text)
	}
}

// end stops following, and fails where a value may stand unmasked.
func (f *followed) end() error {
	f.stop()
	f.updates.Wait()
	if f.unknown {
		return errUnknownValue
	}
	return nil
}

var errUnknownValue = errors.New("not all secrets could be read: what they hold is not masked")
