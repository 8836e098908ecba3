package main

import (
	"errors"
	"net/url"
	"os"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/redact"
)

// newClient is the client that --server, --scope and the token say.
func (a *app) newClient(cmd *cli.Command) (*api.Client, error) {
	text, err := a.token(cmd)
	if err != nil {
		return nil, err
	}
	return a.clientWith(cmd, text)
}

// token returns the text of the token in the environment or in --token-file.
func (a *app) token(cmd *cli.Command) (text string, err error) {
	text = os.Getenv("SOTTO_TOKEN")
	if file := cmd.String("token-file"); file != "" {
		if text, err = a.read(cmd, file); err != nil {
			return "", err
		}
	}
	if text = strings.TrimSpace(text); text == "" {
		return "", wrongUsage(cmd, "%w", errNoToken)
	}
	return text, nil
}

var errNoToken = errors.New("a server asks for a token: set SOTTO_TOKEN or give --token-file")

func (a *app) clientWith(cmd *cli.Command, text string) (*api.Client, error) {
	token := redact.NewSecret(text)
	a.redactor.Add(token)
	c, err := api.New(cmd.String("server"), api.Options{Token: token, Scope: cmd.String("scope")})
	if err != nil {
		return nil, wrongUsage(cmd, "--server wants a URL such as https://sotto.internal:8080, without user or password")
	}
	return c, nil
}

// hostOf is how messages call the server of --server.
func hostOf(server string) string {
	address, err := url.Parse(server)
	if err != nil {
		return "the server"
	}
	return address.Host
}
