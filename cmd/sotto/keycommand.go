package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/sotto-render/sotto/internal/program"
	"github.com/sotto-render/sotto/resolver/store"
)

const (
	// keyCommandTime is how long a command may take that prints the master key.
	keyCommandTime = 10 * time.Second
	// keyCommandBytes is more than a key's text and the line end behind it.
	keyCommandBytes = 256
)

// keyFromCommand returns the master key that a command prints, as one for a KMS does.
// What it prints besides is an error, never a reason to make a key.
func keyFromCommand(ctx context.Context, command string) (store.KeySource, error) {
	argv, err := program.Words(command)
	if err == nil && len(argv) == 0 {
		err = errors.New("it names no program")
	}
	if err != nil {
		return store.KeySource{}, fmt.Errorf("--key-command: %w", err)
	}
	printed, err := program.Run(ctx, program.Call{
		Argv: argv, Environment: withoutOwn(os.Environ()), Timeout: keyCommandTime, MaxBytes: keyCommandBytes,
	})
	if err != nil {
		return store.KeySource{}, fmt.Errorf("--key-command: %w; run it by hand to see why", err)
	}
	if !store.IsKeyText(string(printed)) {
		return store.KeySource{}, errors.New("--key-command printed no master key: it must print exactly one, as a key file holds it")
	}
	return store.KeyText(string(printed)), nil
}

// withoutOwn returns environment without our own variables, some of which hold keys and
// tokens.
func withoutOwn(environment []string) []string {
	var kept []string
	for _, variable := range environment {
		if !strings.HasPrefix(strings.ToUpper(variable), "SOTTO_") {
			kept = append(kept, variable)
		}
	}
	return kept
}
