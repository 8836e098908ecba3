package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"

	"github.com/urfave/cli/v3"
)

func (a *app) redactCommand() *cli.Command {
	return &cli.Command{
		Name:  "redact",
		Usage: "Mask secrets in a pipe",
		Description: "Copies stdin to stdout and writes [REDACTED] in place of every value that the providers know,\n" +
			"also where it is escaped, encoded or split. It exits 1, having written nothing, if the\n" +
			"providers cannot be read. With --server, it sends the whole input at once.\n\n" + examples(
			"./deploy.sh 2>&1 | sotto redact",
			"sotto redact --provider dir:/run/secrets < build.log > clean.log",
		),
		Flags:  executorFlags(),
		Action: a.redact,
	}
}

func (a *app) redact(ctx context.Context, cmd *cli.Command) (err error) {
	if !isTerminal(a.stdin) {
		// An interrupt goes to the whole pipe. What the program before us still
		// says on its way out has to be masked too; our input ends when it ends.
		signal.Ignore(os.Interrupt)
	}
	e, err := a.executor(cmd)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	in, err := a.input(cmd)
	if err != nil {
		return err
	}
	return e.redact(ctx, a.stdout, in)
}

// redact implements executor: it masks while it reads, and holds back only what
// may still become a match, so that lines reach a terminal as they come.
func (l *local) redact(ctx context.Context, out io.Writer, in io.Reader) error {
	if err := l.resolver.LoadAll(ctx, l.scope); err != nil {
		return err
	}
	const block = 256 << 10
	w := l.resolver.Redactor(l.scope).Writer(out)
	// struct{ io.Reader } hides what would let io.CopyBuffer choose another size.
	_, err := io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{in}, make([]byte, block))
	return errors.Join(err, w.Close())
}
