package console_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestBrowser lets Chromium use the console of a real server as people do: see test/.
func TestBrowser(t *testing.T) {
	if raceEnabled {
		t.Skip("NOT RUN: the browser tests run without the race detector, which make test does")
	}
	chromium, node := program(t, "chromium"), program(t, "node")
	if _, err := os.Stat("node_modules/playwright-core"); err != nil {
		missing(t, "playwright-core")
	}
	sotto := filepath.Join(t.TempDir(), "sotto")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", sotto, "../../cmd/sotto").CombinedOutput()
	require.NoError(t, err, string(out))
	tests, err := filepath.Glob("test/*.test.mjs")
	require.NoError(t, err)
	require.NotEmpty(t, tests)
	run := exec.CommandContext(t.Context(), node, append([]string{"--test", "--test-reporter=spec", "--test-concurrency=2"}, tests...)...)
	run.Env = append(os.Environ(), "SOTTO="+sotto, "CHROMIUM="+chromium)
	out, err = run.CombinedOutput()
	t.Log(string(out))
	require.NoError(t, err)
}

func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		missing(t, name)
	}
	return path
}

// missing ends a test that cannot run: on the machines that judge, it has to.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing: make setup installs it", what)
	}
	t.Skipf("NOT RUN: %s is missing: make setup installs it", what)
}
