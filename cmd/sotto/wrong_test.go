package main

import (
	"net"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWrongCalls makes the mistakes that people make. Each is told what is wrong
// and what to do, with the right exit code and without the value that was given.
func TestWrongCalls(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = taken.Close() })
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	nobody := free.Addr().String()
	require.NoError(t, free.Close())

	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("junk.key", []byte("canary\n"), 0o600))
	require.NoError(t, os.WriteFile("shown.key", []byte("canary\n"), 0o600))
	require.NoError(t, os.Chmod("shown.key", 0o644))
	require.NoError(t, os.WriteFile("token", []byte("canary-token\n"), 0o600))
	const failed, usage = exitFailed, exitUsage
	for _, c := range []struct {
		// call is the environment and the arguments, separated by spaces.
		call string
		code int
		told string
	}{
		{"", usage, "say what to do: serve, render"},
		{"rendre", usage, `there is no command "rendre"; there are serve, render`},
		{"render", usage, "give one template, in quotes, or --file FILE"},
		{"render x y", usage, "give one template"},
		{"render --file nowhere.liquid", failed, "open nowhere.liquid: no such file"},
		{"render --file .", failed, ".: is a directory"},
		{"render --file a x", usage, "not both"},
		{"render --vars nowhere.json x", failed, "open nowhere.json: no such file"},
		{"render --var canary x", usage, "--var wants NAME=TEXT"},
		{"render --outptu out x", usage, "flag provided but not defined: -outptu"},
		{"render --output nowhere/out x", failed, "create nowhere/out: no such file"},
		{"render --context canary x", usage, "--context: use one of text, json, html, url, header"},
		{"SOTTO_CONTEXT=canary render x", usage, "SOTTO_CONTEXT: use one of text"},
		{"SOTTO_PREVIEW=canary render x", usage, "SOTTO_PREVIEW: use true or false"},
		{"render --json=canary x", usage, "--json: use true or false"},
		{"render --scope a//b x", usage, "--scope: not a scope"},
		{"render --provider canary:x x", usage, "write env:PREFIX, dir:PATH, vault:URL or exec:COMMAND"},
		{"render --provider dir:nowhere <<secrets.x>>", failed, "provider dir:nowhere: cannot read the directory"},
		{"eval --provider dir:nowhere secrets.x", failed, "provider dir:nowhere: cannot read the directory"},
		{"render --server http://" + nobody + " x", usage, "set SOTTO_TOKEN or give --token-file"},
		{"render --token-file token --server http://" + nobody + " x", failed, "nothing listens there; start `sotto serve`"},
		{"render --token-file nowhere --server http://" + nobody + " x", failed, "open nowhere: no such file"},
		{"SOTTO_TOKEN=canary render --server " + nobody + " x", usage, "--server wants a URL"},
		{"SOTTO_TOKEN=canary render --server http://u:canary@h x", usage, "without user or password"},
		{"eval", usage, "give one expression"},
		{"eval 1+", failed, "the expression ends too early"},
		{"lint", usage, "give the files to check"},
		{"lint nowhere.liquid", failed, "open nowhere.liquid: no such file"},
		{"redact canary", usage, "redact takes no arguments"},
		{"version canary", usage, "version takes no arguments"},
		{"serve canary", usage, "serve takes no arguments"},
		{"serve --listen canary", usage, "--listen wants HOST:PORT"},
		{"serve --listen 127.0.0.1:99999", usage, "--listen wants HOST:PORT"},
		{"serve --listen " + taken.Addr().String(), failed, "another program listens on " + taken.Addr().String() + ": stop that one"},
		{"serve --admin-token canary", usage, "too short: make it at least 16"},
		{"serve --cache-ttl -5s", usage, "cache-ttl: use a time such as 90s, 5m or 1h30m"},
		{"SOTTO_STALE_TTL=-1h serve", usage, "use a time such as 90s, 5m or 1h30m"},
		{"SOTTO_CACHE_TTL=canary serve", usage, "SOTTO_CACHE_TTL: use a time such as 90s, 5m or 1h30m"},
		{"serve --key-file junk.key", failed, "junk.key holds no master key: it must be"},
		{"serve --key-file shown.key", failed, "run chmod 600"},
		{"SOTTO_MASTER_KEY=canary serve", failed, "the master key of the environment holds no master key"},
		{"serve --store canary", usage, "--store is sqlite, or the URL of a Redis"},
		{"keys rotate --store redis://u:canary@" + nobody, failed, "--store names " + nobody},
		{"serve --tls-cert a", usage, "--tls-cert and --tls-key go together"},
		{"serve --tls-cert a --tls-key b", failed, "open a: no such file"},
		{"serve --provider canary:x", usage, "write env:PREFIX, dir:PATH, vault:URL or exec:COMMAND"},
		{"secrets", usage, "say what to do: list, create"},
		{"secrets list", usage, "set SOTTO_TOKEN or give --token-file"},
		{"secrets list --token-file token --server http://" + nobody, failed, "nothing listens there"},
		{"secrets create", usage, "give one alias"},
		{"secrets create x --value canary", usage, "flag provided but not defined: -value"},
		{"secrets create x --type canary", usage, "--type: use one of token"},
		{"secrets verify", failed, "there is no store in ./sotto-data"},
		{"secrets import nowhere", failed, "open nowhere: no such file"},
		{"secrets import", usage, "give one archive"},
		{"secrets export --recipient canary", usage, "--recipient wants an age public key"},
		{"tokens revoke", usage, "as `sotto tokens list` shows it"},
		{"tokens create --role canary", usage, "--role: use one of render, author, preview, admin"},
		{"keys rotate --data-dir nowhere", failed, "there is no store in nowhere"},
		{"audit --since canary", usage, "--since: use a time such as"},
		{"completion", usage, "say what to do: bash, zsh, fish, pwsh"},
		{"completion tcsh", usage, `there is no command "tcsh"`},
	} {
		t.Run(c.call, func(t *testing.T) {
			args := []string{"sotto"}
			for _, word := range strings.Fields(c.call) {
				if name, value, ok := strings.Cut(word, "="); ok && strings.HasPrefix(name, "SOTTO_") {
					t.Setenv(name, value)
					continue
				}
				args = append(args, word)
			}
			// A data directory that there was would change what is missing.
			require.NoError(t, os.RemoveAll("sotto-data"))
			a, stdout, stderr := testApp()
			require.Equal(t, c.code, a.run(t.Context(), args), stderr)
			require.Contains(t, stderr.String(), c.told)
			require.NotContains(t, stderr.String(), "canary")
			require.NotContains(t, stderr.String(), "goroutine")
			require.Equal(t, c.code == exitUsage, strings.Contains(stderr.String(), "--help` for the usage"), stderr)
			if !strings.HasPrefix(c.call, "serve") {
				require.Empty(t, stdout.String())
			}
		})
	}
}

func TestHelpIsACommandToo(t *testing.T) {
	for asked, told := range map[string]string{
		"help": "COMMANDS:", "help render": "sotto render - Render a template", "help secrets list": "sotto secrets list", "--version": "sotto devel",
	} {
		t.Run(asked, func(t *testing.T) {
			a, stdout, stderr := testApp()
			require.Zero(t, a.run(t.Context(), append([]string{"sotto"}, strings.Fields(asked)...)), stderr)
			require.Contains(t, stdout.String(), told)
		})
	}
}
