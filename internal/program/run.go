// Package program runs programs that print a secret: without a shell, for a limited time
// and with a limited output, as a group that is killed whole.
package program

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"time"
)

// holdTime is how long a program that has ended, or was killed, may leave its
// output open, as what it started and left behind does.
const holdTime = 500 * time.Millisecond

var (
	errTimeout  = errors.New("the program did not end in time and was killed")
	errTooLarge = errors.New("the program prints more than a secret can be and was killed")
	errHeld     = errors.New("the program has ended, but one that it started in the background still holds its output: give that one an output of its own, as with >/dev/null")
)

// Call is one run of a program.
type Call struct {
	// Argv are the program, a path or a name that is looked for in PATH, and its
	// arguments. No shell is involved.
	Argv []string
	// Environment are all variables that it gets.
	Environment []string
	// Input is its standard input; nil is none.
	Input []byte
	// Timeout is how long it may take; then it is killed, with what it has started.
	Timeout time.Duration
	// MaxBytes is how much it may print.
	MaxBytes int
}

// Run runs a program once and returns what it printed. Its standard error goes
// nowhere: such programs print there what they were given. No error holds anything of
// what the program printed, nor its arguments.
func Run(ctx context.Context, c Call) ([]byte, error) {
	limited, stop := context.WithTimeoutCause(ctx, c.Timeout, errTimeout)
	defer stop()
	limited, end := context.WithCancelCause(limited)
	defer end(nil)

	command := exec.CommandContext(limited, c.Argv[0], c.Argv[1:]...)
	command.Env = c.Environment
	output := &bounded{left: c.MaxBytes, full: func() { end(errTooLarge) }}
	command.Stdout = output
	if c.Input != nil {
		command.Stdin = bytes.NewReader(c.Input)
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
	case errors.Is(err, exec.ErrWaitDelay):
		_ = command.Cancel()
		return nil, errHeld
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		// Its text is the status, or the signal, and nothing else.
		return nil, fmt.Errorf("the program failed: %s", exit.ProcessState)
	}
	return nil, startError(err)
}

// Find says why the program called name cannot be run, or nil.
func Find(name string) error {
	if _, err := exec.LookPath(name); err != nil {
		return startError(err)
	}
	return nil
}

// startError says why the program cannot be run, without its path.
func startError(err error) error {
	var path *fs.PathError
	var search *exec.Error
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
