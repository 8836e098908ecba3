package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestShortRun is a run of a few seconds over a server that is built for it.
func TestShortRun(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "sotto")
	build := exec.Command("go", "build", "-o", binary, "./cmd/sotto")
	build.Dir = filepath.Join("..", "..")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	var out strings.Builder
	if err := run(t.Context(), options{binary: binary, length: 4 * time.Second, report: 2 * time.Second, seed: 1, workers: 2}, &out); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	for _, part := range []string{"seed 1\n", "neighbour n ", " wrong 0 ", "strangers["} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("the report lacks %q:\n%s", part, &out)
		}
	}
}
