package exec_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/exec"
	"github.com/sotto-render/sotto/resolver/resolvertest"
)

// script writes an executable program of the shell and returns its path.
func script(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o700))
	return path
}

// spelled is a secret as a program prints it.
func spelled(t testing.TB, secret redact.Secret) []byte {
	t.Helper()
	text, err := json.Marshal(secret.Tree())
	require.NoError(t, err)
	if secret.Kind() == redact.JSON {
		text = []byte(secret.Reveal())
	}
	return text
}

// A program that runs once for each secret: it prints a file.
func TestOneRunForEachConforms(t *testing.T) {
	resolvertest.Run(t, func(t *testing.T) resolvertest.Fixture {
		dir := t.TempDir()
		program := script(t, `cd "$1" || exit; test ! -e "$2/$3" && echo null && exit; IFS= read -r value <"$2/$3"; printf %s "$value"`)
		provider, err := exec.New([]string{program, dir, "{scope}", "{alias}"}, exec.Options{})
		require.NoError(t, err)
		return resolvertest.Fixture{
			Provider: provider,
			Scopes:   true,
			Put: func(t testing.TB, scope resolver.Scope, alias string, secret redact.Secret) {
				require.NoError(t, os.MkdirAll(filepath.Join(dir, string(scope)), 0o700))
				require.NoError(t, os.WriteFile(filepath.Join(dir, string(scope), alias), append(spelled(t, secret), '\n'), 0o600))
			},
			Break: func(t testing.TB) { require.NoError(t, os.Remove(program)) },
		}
	})
}

// A program that runs once for all: it prints everything that it has.
func TestOneRunForAllConforms(t *testing.T) {
	resolvertest.Run(t, func(t *testing.T) resolvertest.Fixture {
		file := filepath.Join(t.TempDir(), "secrets.json")
		all := map[string]json.RawMessage{}
		write := func(t testing.TB) {
			text, err := json.Marshal(all)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(file, text, 0o600))
		}
		write(t)
		program := script(t, `cat "$1"`)
		provider, err := exec.New([]string{program, file}, exec.Options{})
		require.NoError(t, err)
		return resolvertest.Fixture{
			Provider: provider,
			Put: func(t testing.TB, _ resolver.Scope, alias string, secret redact.Secret) {
				all[alias] = spelled(t, secret)
				write(t)
			},
			Break: func(t testing.TB) { require.NoError(t, os.Remove(program)) },
		}
	})
}
