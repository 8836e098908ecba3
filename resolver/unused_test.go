package resolver_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
)

// What providers tell at once is known to the process before anyone is given it.
func TestTheProcessKnowsWhatNobodyUsed(t *testing.T) {
	const text = "value-of-file value-of-env value-of-new"
	dir := t.TempDir()
	file := filepath.Join(dir, "token")
	require.NoError(t, os.WriteFile(file, []byte("value-of-file"), 0o600))
	t.Setenv("UNUSED_KEY", "value-of-env")
	env, err := resolver.NewEnv("UNUSED_")
	require.NoError(t, err)
	files, err := resolver.NewDir(dir)
	require.NoError(t, err)
	const grace = 2 * time.Second
	process := redact.NewWithOptions(redact.Options{Grace: grace})
	r, err := resolver.New(resolver.Options{Redactor: process, KnowUnused: true, Grace: grace, Providers: []resolver.Binding{{Provider: env}, {Provider: files}}})
	require.NoError(t, err)
	defer r.Close()
	r.AwaitKnown(t.Context())
	require.Equal(t, "[REDACTED] [REDACTED] value-of-new", process.String(text))

	require.NoError(t, os.WriteFile(file, []byte("value-of-new"), 0o600))
	require.Eventually(t, func() bool { return process.String(text) == "[REDACTED] [REDACTED] [REDACTED]" }, 5*time.Second, 10*time.Millisecond)
	require.Eventually(t, func() bool { return process.String(text) == "value-of-file [REDACTED] [REDACTED]" }, 10*time.Second, 10*time.Millisecond,
		"what was replaced is forgotten after its grace time")
}
