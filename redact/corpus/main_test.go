package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestJudge(t *testing.T) {
	for name, tt := range map[string]struct {
		text, want, out string
		leak, loss      bool
	}{
		"another mask":        {"a tok-1 b", "a [REDACTED] b", "a *** b", false, false},
		"left as it is":       {"a tok-1 b", "a [REDACTED] b", "a tok-1 b", true, false},
		"too much":            {"a tok-1 b", "a [REDACTED] b", "***", false, true},
		"innocent":            {"level=info", "level=info", "level=***", false, true},
		"one of two":          {"tok-1, tok-2", "[REDACTED], [REDACTED]", "***, tok-2", true, false},
		"nothing to hide":     {"level=info", "level=info", "level=info", false, false},
		"all is to be hidden": {"tok-1", "[REDACTED]", "***", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			leak, loss := judge(tt.text, tt.want, tt.out)
			require.Equal(t, tt.leak, leak, "leak")
			require.Equal(t, tt.loss, loss, "loss")
		})
	}
}

// A masker that masks nothing fails, one that copies only what is wanted passes.
func TestTheRunnerCountsWhatFails(t *testing.T) {
	failed, err := run("../testdata/notfound.json", []string{"cat"})
	require.NoError(t, err)
	require.Zero(t, failed, "the cases that nobody finds")
	failed, err = run("../testdata/cases.json", []string{"cat"})
	require.NoError(t, err)
	require.Greater(t, failed, 50)
}
