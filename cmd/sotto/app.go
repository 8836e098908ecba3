package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"syscall"

	"golang.org/x/term"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/redact"
)

// Exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// app is one run of the command.
type app struct {
	stdin io.Reader
	// stdinUsed says that something has asked for stdin already.
	stdinUsed bool
	stdout    io.Writer
	stderr    io.Writer
	// redactor knows every value that this process has resolved. Whatever goes
	// to stderr or to a log passes it.
	redactor *redact.Redactor
}

// run executes args and returns the exit code.
func (a *app) run(ctx context.Context, args []string) (code int) {
	defer func() {
		if v := recover(); v != nil {
			a.print(fmt.Sprintf("%s %v\n%s", a.paint("panic:"), v, debug.Stack()))
			code = exitFailed
		}
	}()
	return a.report(a.root().Run(ctx, asCommand(args)))
}

// asCommand spells what people try first as the command that it is.
func asCommand(args []string) []string {
	if len(args) < 2 {
		return args
	}
	switch args[1] {
	case "help":
		return append(append(args[:1:1], args[2:]...), "--help")
	case "--version", "-v":
		return append(args[:1:1], "version")
	}
	return args
}

// report tells the user what went wrong, if anything, and returns the exit
// code. What a command's action returns is a failure; all else, such as a flag
// that does not exist, is wrong usage.
func (a *app) report(err error) int {
	if err == nil {
		return exitDone
	}
	var (
		usage   *usageError
		failed  *failure
		wrong   *sourceError
		refused *api.Problem
	)
	isFailure := errors.As(err, &failed)
	if !isFailure && !errors.As(err, &usage) {
		// The library found it before it knew the command.
		usage = &usageError{withoutValue(err), ""}
		err = usage
	}
	switch {
	case errors.As(err, &wrong):
		a.print(wrong.text(a.paint("error:")))
	case errors.Is(err, errReported):
	case isFailure && errors.As(err, &refused) && len(refused.Errors) > 0:
		a.print(refusedSource(hostOf(failed.server), refused).text(a.paint("error:")))
	default:
		advice := ""
		if isFailure && failed.server != "" && errors.Is(err, syscall.ECONNREFUSED) {
			advice = ": nothing listens there; start `sotto serve`, or name another server with --server"
		}
		a.print("sotto: " + a.paint("error:") + " " + terminalSafeLines(err.Error()) + advice + "\n")
	}
	if usage != nil || errors.As(err, &usage) {
		a.print("Run `sotto " + strings.TrimSpace(usage.command+" --help") + "` for the usage.\n")
	}
	if isFailure && usage == nil {
		return exitFailed
	}
	return exitUsage
}

// print writes text to stderr, redacted.
func (a *app) print(text string) {
	_, _ = io.WriteString(a.stderr, a.redactor.String(text))
}

// warn tells the user of what does not end the command.
func (a *app) warn(text string) { a.print("sotto: warning: " + terminalSafeLines(text) + "\n") }

// paint makes text on stderr red where a person reads it.
func (a *app) paint(text string) string { return paint(a.stderr, text) }

func paint(on any, text string) string {
	if !isTerminal(on) || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return text
	}
	return "\x1b[1;31m" + text + "\x1b[0m"
}

// isTerminal reports whether stream is a terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// errReported fails a command that has said why already.
var errReported = errors.New("reported")

// failure is what a command's action returned.
type failure struct {
	error
	// server is that of --server; "" for a command that asked none.
	server string
}

func (f *failure) Unwrap() error { return f.error }

// usageError is a call that cannot be right, whatever the files hold.
type usageError struct {
	error
	// command is the command's name without `sotto`.
	command string
}

func (u *usageError) Unwrap() error { return u.error }
