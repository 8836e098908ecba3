package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/urfave/cli/v3"
	"golang.org/x/term"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/redact"
)

// secretValue reads the value of a secret of the given type and returns it. The redactor knows it before anything else is done.
func (a *app) secretValue(cmd *cli.Command, kind api.SecretType) (api.Value, error) {
	file := cmd.String("value-file")
	if file == "" && isTerminal(a.stdin) {
		return a.promptValue(kind)
	}
	if file == "" {
		file = "-"
	}
	value, err := a.read(cmd, file)
	if err != nil {
		return api.Value{}, err
	}
	if kind == api.SecretToken {
		// The newline is the file's or the pipe's, not the token's.
		value = strings.TrimSuffix(strings.TrimSuffix(value, "\n"), "\r")
		return a.tokenValue(value)
	}
	secret, err := redact.NewJSON([]byte(value))
	if err != nil {
		return api.Value{}, fmt.Errorf("the value of a %s secret is a JSON object, as in %s", kind, shape(kind))
	}
	a.redactor.Add(secret)
	return api.JSONValue([]byte(value)), nil
}

func shape(kind api.SecretType) string {
	if kind == api.SecretCredentials {
		return `{"username": "...", "password": "..."}`
	}
	return `{"key": "..."}`
}

func (a *app) tokenValue(value string) (api.Value, error) {
	a.redactor.Add(redact.NewSecret(value))
	if err := sendable("value", api.InvalidRequest, value); err != nil {
		return api.Value{}, err
	}
	return api.TokenValue(value), nil
}

// promptValue asks for a value on the terminal without showing it.
func (a *app) promptValue(kind api.SecretType) (api.Value, error) {
	switch kind {
	case api.SecretToken:
		value, err := a.promptTwice("Value")
		if err != nil {
			return api.Value{}, err
		}
		return a.tokenValue(value)
	case api.SecretCredentials:
		if _, err := io.WriteString(a.stderr, "Username: "); err != nil {
			return api.Value{}, err
		}
		username, err := bufio.NewReader(a.stdin).ReadString('\n')
		if err != nil {
			return api.Value{}, err
		}
		password, err := a.promptTwice("Password")
		if err != nil {
			return api.Value{}, err
		}
		a.redactor.Add(redact.NewSecret(password))
		return api.CredentialsValue(strings.TrimRight(username, "\r\n"), password), nil
	}
	return api.Value{}, errors.New("give the value of a json secret with --value-file or on stdin")
}

// promptTwice asks for what must not have a typing mistake.
func (a *app) promptTwice(what string) (string, error) {
	first, err := a.promptHidden(what + ": ")
	if err != nil {
		return "", err
	}
	again, err := a.promptHidden(what + " again: ")
	if err != nil {
		return "", err
	}
	if first != again {
		return "", errors.New("the two are not the same; nothing was changed")
	}
	return first, nil
}

func (a *app) promptHidden(prompt string) (string, error) {
	if _, err := io.WriteString(a.stderr, prompt); err != nil {
		return "", err
	}
	// Only a terminal is asked, and a terminal is a file.
	value, err := term.ReadPassword(int(a.stdin.(*os.File).Fd()))
	_, _ = io.WriteString(a.stderr, "\n")
	return string(value), err
}
