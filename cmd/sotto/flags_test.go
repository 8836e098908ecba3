package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver/providers"
)

// eachFlag calls f for every flag that a help shows, besides --help itself.
func eachFlag(command *cli.Command, f func(command *cli.Command, flag cli.DocGenerationFlag)) {
	for _, flag := range command.VisibleFlags() {
		f(command, flag.(cli.DocGenerationFlag))
	}
	for _, sub := range command.Commands {
		eachFlag(sub, f)
	}
}

func testApp() (a *app, stdout, stderr *bytes.Buffer) {
	stdout, stderr = new(bytes.Buffer), new(bytes.Buffer)
	return &app{stdin: new(bytes.Buffer), stdout: stdout, stderr: stderr, redactor: redact.New()}, stdout, stderr
}

func TestFlagsThatConfigureHaveVariables(t *testing.T) {
	a, _, _ := testApp()
	eachFlag(a.root(), func(command *cli.Command, flag cli.DocGenerationFlag) {
		if ofOneCall[flag.(cli.Flag).Names()[0]] {
			require.Empty(t, flag.GetEnvVars(), "%s --%s", command.Name, flag.(cli.Flag).Names()[0])
			return
		}
		require.Len(t, flag.GetEnvVars(), 1, "%s --%s", command.Name, flag.(cli.Flag).Names()[0])
		require.Regexp(t, `^SOTTO_[A-Z_]+$`, flag.GetEnvVars()[0])
	})
}

// TestHelpShowsNoValue sets every variable and reads every help: what a
// variable holds may be a token.
func TestHelpShowsNoValue(t *testing.T) {
	const canary = "canary-in-the-environment"
	a, stdout, stderr := testApp()
	var commands [][]string
	var walk func(command *cli.Command, path []string)
	walk = func(command *cli.Command, path []string) {
		commands = append(commands, append(path, "--help"))
		for _, sub := range command.Commands {
			walk(sub, append(path[:len(path):len(path)], sub.Name))
		}
	}
	root := a.root()
	walk(root, []string{"sotto"})
	eachFlag(root, func(_ *cli.Command, flag cli.DocGenerationFlag) {
		if flag.TypeName() == "string" && len(flag.GetEnvVars()) > 0 {
			t.Setenv(flag.GetEnvVars()[0], canary)
		}
	})
	for _, args := range commands {
		require.Zero(t, a.run(t.Context(), args), args)
	}
	require.NotContains(t, stdout.String()+stderr.String(), canary)
	require.Contains(t, stdout.String(), "SOTTO_JSON")
}

// TestHelpNamesEveryKindOfProvider: who adds one need not remember the help.
func TestHelpNamesEveryKindOfProvider(t *testing.T) {
	a, _, _ := testApp()
	asked := 0
	eachFlag(a.root(), func(command *cli.Command, flag cli.DocGenerationFlag) {
		if flag.(cli.Flag).Names()[0] != "provider" {
			return
		}
		asked++
		for _, spec := range providers.Specs() {
			require.Contains(t, flag.GetUsage(), spec.Form, command.Name)
		}
	})
	require.NotZero(t, asked)
}
