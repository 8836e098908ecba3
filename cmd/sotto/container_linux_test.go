package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/resolver/store/redis/redistest"
)

// TestEmptyRoot: the binary that `make build` makes serves as a user of no name in a root
// that holds nothing else and that it cannot write to, with an embedded store in the one
// directory that it has, and with Redis without any.
func TestEmptyRoot(t *testing.T) {
	if raceEnabled {
		t.Skip("NOT RUN: the binary is built without the race detector, which make test does")
	}
	if os.Getuid() != 0 {
		t.Skip("NOT RUN: only root can change the root of a process")
	}
	t.Parallel()
	root := t.TempDir()
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", filepath.Join(root, "sotto"), ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	const nobody = 65532
	require.NoError(t, os.Mkdir(filepath.Join(root, "data"), 0o700))
	require.NoError(t, os.Chown(filepath.Join(root, "data"), nobody, nobody))
	// t.TempDir is its owner's alone.
	for at := root; at != os.TempDir() && len(at) > 1; at = filepath.Dir(at) {
		require.NoError(t, os.Chmod(at, 0o755))
	}
	require.NoError(t, os.Chmod(root, 0o555))
	t.Cleanup(func() { _ = os.Chmod(root, 0o755) })

	redis := redistest.Start(t, redistest.Options{})
	key := store.NewKeyText()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	require.NoError(t, err)
	founder, err := serve(t.TempDir(), append(os.Environ(), "SOTTO_MASTER_KEY="+key, "SOTTO_ADMIN_TOKEN=an-admin-token-of-a-test"), log, "--store", redis.URL)
	require.NoError(t, err)
	id, err := os.ReadFile(filepath.Join(founder.command.Dir, "sotto-data", storeIDFile))
	require.NoError(t, err)
	require.NoError(t, founder.stop())

	for name, test := range map[string]struct {
		args, env []string
	}{
		"an embedded store": {[]string{"--data-dir", "/data"}, nil},
		"Redis":             {[]string{"--store", redis.URL, "--store-id", strings.TrimSpace(string(id)), "--data-dir", "/nowhere"}, []string{"SOTTO_MASTER_KEY=" + key}},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			command := exec.CommandContext(ctx, "/sotto", append([]string{"serve", "--listen", "127.0.0.1:0", "--drain", "0s", "--log-format", "json"}, test.args...)...)
			command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
			command.Dir, command.Env = "/", append(test.env, "SOTTO_ADMIN_TOKEN=an-admin-token-of-a-test")
			command.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
			command.Stderr = log
			stdout, err := command.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, command.Start())
			lines := bufio.NewReader(stdout)
			var address string
			for address == "" {
				line, err := lines.ReadString('\n')
				require.NoError(t, err)
				if m := regexp.MustCompile(`listens on http://(\S+)\.`).FindStringSubmatch(line); m != nil {
					address = m[1]
				}
			}
			go func() { _, _ = io.Copy(io.Discard, lines) }()
			call := func(path, body string) string {
				request, err := http.NewRequest(http.MethodPost, "http://"+address+path, strings.NewReader(body))
				require.NoError(t, err)
				request.Header.Set("Authorization", "Bearer an-admin-token-of-a-test")
				request.Header.Set("Content-Type", "application/json")
				response, err := http.DefaultClient.Do(request)
				require.NoError(t, err)
				defer func() { _ = response.Body.Close() }()
				text, err := io.ReadAll(response.Body)
				require.NoError(t, err)
				return fmt.Sprint(response.StatusCode, " ", string(text))
			}
			require.Contains(t, call("/v1/secrets", `{"alias":"kept","value":"k-77c0d1e2f3a4"}`), "201 ")
			require.Contains(t, call("/v1/render", `{"template":"<<secrets.kept>> {{ '2026-07-01T12:00:00Z' | date: '%H:%M', 'Europe/Berlin' }}"}`), `"output":"k-77c0d1e2f3a4 14:00"`)
			cancel()
			_ = command.Wait() // it was asked to end
			require.Eventually(t, func() bool { return command.ProcessState != nil && command.ProcessState.ExitCode() == 0 }, time.Minute, time.Millisecond)
		})
	}
	require.NoDirExists(t, filepath.Join(root, "nowhere"))
}
