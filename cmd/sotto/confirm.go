package main

import (
	"bufio"
	"errors"
	"io"
	"strings"

	"github.com/urfave/cli/v3"
)

// errNotConfirmed is what a person said who was asked.
var errNotConfirmed = errors.New("not confirmed; nothing was changed")

// confirm asks a person whether to go on. Where nobody is there to be asked, or --yes
// is given, it goes on.
func (a *app) confirm(cmd *cli.Command, question string) error {
	if cmd.Bool("yes") || !isTerminal(a.stdin) {
		return nil
	}
	answer, err := a.ask(question + " [y/N] ")
	if err != nil {
		return err
	}
	switch strings.ToLower(answer) {
	case "y", "yes":
		return nil
	}
	return errNotConfirmed
}

// ask returns the line that a person types behind prompt.
func (a *app) ask(prompt string) (string, error) {
	if _, err := io.WriteString(a.stderr, terminalSafe(prompt)); err != nil {
		return "", err
	}
	line, err := bufio.NewReader(a.stdin).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimSpace(line), nil
}
