package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestProgress(t *testing.T) {
	for _, c := range []struct {
		name  string
		live  bool
		total int
		want  string
	}{
		{"on a terminal", true, 2, "\rexported 1 of 2\rexported 2 of 2\n"},
		{"on a terminal, of nobody knows how many", true, 0, "\rexported 1\rexported 2\n"},
		{"in a file", false, 2, "exported 2 of 2\n"},
		{"in a file, of nobody knows how many", false, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, _, stderr := testApp()
			p := &progress{app: a, what: "exported", live: c.live}
			p.tell(1, c.total)
			p.tell(2, c.total)
			p.end()
			require.Equal(t, c.want, stderr.String())
		})
	}
}
