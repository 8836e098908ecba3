package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRatioIsTheMedianOverRounds(t *testing.T) {
	var r results
	for round, times := range [][2]string{{"100", "200"}, {"900", "1000"}, {"100", "400"}} {
		p := &roundParser{results: &r, round: round}
		for _, line := range []string{
			"goos: linux",
			"BenchmarkRender/1KiB/sotto \t 1000 \t " + times[0] + " ns/op \t 0 B/op \t 0 allocs/op",
			"BenchmarkRender/1KiB/rival \t 1000 \t " + times[1] + " ns/op \t 64 B/op \t 3 allocs/op",
		} {
			for _, c := range []byte(line + "\n") {
				_, err := p.Write([]byte{c})
				require.NoError(t, err)
			}
		}
	}
	targets, err := parseTargets("Render/1KiB rival 1/3 # of the time")
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, r.print(&out, targets))
	require.Equal(t, `
  Render/1KiB      time  MB/s  allocs  sotto takes          target
        sotto  100.0 ns             0
        rival  400.0 ns             3       0.50 x  <= 1/3  missed
`, out.String())
}

func TestTargetsAreComplete(t *testing.T) {
	_, err := parseTargets(targetList)
	require.NoError(t, err)
	_, err = parseTargets("Render/1KiB loop")
	require.ErrorContains(t, err, "targets.txt:1")
}
