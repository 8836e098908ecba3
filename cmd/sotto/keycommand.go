package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/sotto-render/sotto/resolver/store"
)

const (
	// keyCommandTime is how long a command may take that prints the master key.
	keyCommandTime = 10 * time.Second
	// keyCommandBytes is more than a key's text and the line end behind it.
	keyCommandBytes = 256
)

// keyFromCommand returns the master key that a command prints, as one for a KMS does.
// The command is run without a shell and without our own variables that hold secrets.
// What it says on stderr is shown nowhere: it may hold anything. A command that fails, or
// prints anything but one key, is an error, never a reason to make a key.
func keyFromCommand(ctx context.Context, command string) (store.KeySource, error) {
	argv, err := commandWords(command)
	if err != nil {
		return store.KeySource{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, keyCommandTime)
	defer cancel()
	run := exec.CommandContext(ctx, argv[0], argv[1:]...)
	run.Env = withoutSecrets(os.Environ())
	// One that leaves a child behind with its output open is not waited for.
	run.WaitDelay = time.Second
	var printed limitedBuffer
	run.Stdout, run.Stderr = &printed, io.Discard
	err = run.Run()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return store.KeySource{}, fmt.Errorf("--key-command did not end within %s", keyCommandTime)
	case errors.As(err, &exit):
		return store.KeySource{}, fmt.Errorf("--key-command failed with exit status %d: run it by hand to see why", exit.ExitCode())
	case err != nil:
		return store.KeySource{}, errors.New("--key-command cannot be run: name a program by its path, or one on the PATH")
	case printed.over || !store.IsKeyText(printed.String()):
		return store.KeySource{}, errors.New("--key-command printed no master key: it must print exactly one, as a key file holds it")
	}
	return store.KeyText(printed.String()), nil
}

// commandWords splits a command into its program and arguments: a JSON array of them, or
// words between blanks.
func commandWords(command string) ([]string, error) {
	words := strings.Fields(command)
	if strings.HasPrefix(strings.TrimSpace(command), "[") {
		if words = nil; json.Unmarshal([]byte(command), &words) != nil {
			return nil, errors.New("--key-command wants a program and its arguments between blanks, or a JSON array of them")
		}
	}
	if len(words) == 0 || words[0] == "" {
		return nil, errors.New("--key-command names no program")
	}
	return words, nil
}

// withoutSecrets returns environment without the variables that hold keys and tokens.
func withoutSecrets(environment []string) []string {
	var kept []string
	for _, variable := range environment {
		switch name, _, _ := strings.Cut(variable, "="); name {
		case masterKeyVariable, "SOTTO_ADMIN_TOKEN", "SOTTO_TOKEN", "SOTTO_STORE":
		default:
			kept = append(kept, variable)
		}
	}
	return kept
}

// limitedBuffer keeps as much as a key may take and notes that there was more.
type limitedBuffer struct {
	bytes.Buffer
	over bool
}

func (b *limitedBuffer) Write(p []byte) (int, error) {
	if b.Len()+len(p) > keyCommandBytes {
		b.over = true
		return len(p), nil
	}
	return b.Buffer.Write(p)
}
