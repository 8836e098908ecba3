package main

import (
	"context"
	"log/slog"
	"os"
	"runtime/debug"
	"testing"

	"github.com/KimMachineGun/automemlimit/memlimit"
	"github.com/stretchr/testify/require"
	"github.com/urfave/cli/v3"
)

// TestMemoryLimitOfAContainer is one of 1,000 MiB, with and without GOMEMLIMIT.
func TestMemoryLimitOfAContainer(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	container := memlimit.Limit(1000 << 20)
	for name, test := range map[string]struct {
		given string
		want  int64
	}{
		"from the container": {"", 900 << 20},
		"GOMEMLIMIT":         {"500MiB", before}, // Go itself reads it, at the start
	} {
		t.Run(name, func(t *testing.T) {
			defer debug.SetMemoryLimit(before)
			t.Setenv("GOMEMLIMIT", test.given) // which also brings back what was there
			if test.given == "" {
				require.NoError(t, os.Unsetenv("GOMEMLIMIT"))
			}
			limitMemory(slog.New(slog.DiscardHandler), container)
			require.InDelta(t, test.want, debug.SetMemoryLimit(-1), 1)
		})
	}
}

func TestLimitsFollowTheMemory(t *testing.T) {
	for name, test := range map[string]struct {
		memory int64
		flags  []string
		want   int64
	}{
		"no limit":    {0, nil, 0},
		"a container": {400 << 20, nil, 100 << 20},
		"the flag":    {400 << 20, []string{"--limit-in-flight", "7"}, 7 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			var got int64
			cmd := &cli.Command{Flags: limitFlags(), Action: func(_ context.Context, cmd *cli.Command) error {
				got = limits(cmd, test.memory).InFlightBytes
				return nil
			}}
			require.NoError(t, cmd.Run(t.Context(), append([]string{"serve"}, test.flags...)))
			require.Equal(t, test.want, got)
		})
	}
}
