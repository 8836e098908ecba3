package exec

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	osexec "os/exec"
	"time"
)

// holdTime is how long a program that has ended, or was killed, may leave its
// output open, as what it started and left behind does.
const holdTime = 500 * time.Millisecond

var (
	errTimeout  = errors.New("the program did not end in time and was killed")
	errTooLarge = errors.New("the program prints more than a secret can be and was killed")
	errHeld     = errors.New("the program left its output open to a program that runs on")
)

// run runs the program once and returns what it printed. Its standard error goes
// nowhere: such programs print there what they were given.
func (p *Provider) run(ctx context.Context, arguments []string, input []byte) ([]byte, error) {
	select {
	case p.turns <- struct{}{}:
		defer func() { <-p.turns }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	limited, stop := context.WithTimeoutCause(ctx, p.options.Timeout, errTimeout)
	defer stop()
	limited, end := context.WithCancelCause(limited)
	defer end(nil)

	command := osexec.CommandContext(limited, p.argv[0], arguments...)
	command.Env = p.environment()
	output := &bounded{left: p.options.MaxBytes, full: func() { end(errTooLarge) }}
	command.Stdout = output
	if input != nil {
		command.Stdin = bytes.NewReader(input)
	}
	command.WaitDelay = holdTime
	group(command)
	err := command.Run()
	switch {
	case err == nil:
		return output.kept.Bytes(), nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case limited.Err() != nil:
		return nil, context.Cause(limited)
	case errors.Is(err, osexec.ErrWaitDelay):
		_ = command.Cancel()
		return nil, errHeld
	}
	var exit *osexec.ExitError
	if errors.As(err, &exit) {
		// Its text is the status, or the signal, and nothing else.
		return nil, fmt.Errorf("the program failed: %s", exit.ProcessState)
	}
	return nil, startError(err)
}

// startError says why the program cannot be run, without its path.
func startError(err error) error {
	var path *fs.PathError
	var search *osexec.Error
	switch {
	case errors.As(err, &path):
		err = path.Err
	case errors.As(err, &search):
		err = search.Err
	}
	return fmt.Errorf("the program cannot be started: %w", err)
}

// bounded keeps what is written up to a limit. It embeds no buffer, whose other
// ways in would have no limit.
type bounded struct {
	kept bytes.Buffer
	left int
	full func()
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		b.full()
		return 0, errTooLarge
	}
	return b.kept.Write(p)
}
