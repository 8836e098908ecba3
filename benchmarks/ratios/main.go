// Command ratios runs the benchmarks of this module and prints how sotto
// compares with each rival.
//
// The benchmarks are compiled once and run in rounds. Within a round the
// contenders of a group run right after each other, so that whatever else the
// machine does hits them alike; a ratio is the median over the rounds of the
// ratios within each round.
package main

import (
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

//go:embed targets.txt
var targetList string

func main() {
	bench := flag.String("bench", ".", "run the benchmarks that match `REGEXP`")
	benchtime := flag.String("benchtime", "100ms", "`TIME` for each contender in each round")
	rounds := flag.Int("rounds", 7, "`N` rounds")
	flag.Parse()
	if err := run(*bench, *benchtime, *rounds, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "ratios:", err)
		os.Exit(1)
	}
}

func run(bench, benchtime string, rounds int, out io.Writer) (err error) {
	targets, err := parseTargets(targetList)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "sotto-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	binary := filepath.Join(dir, "bench")
	if err := execute(exec.Command("go", "test", "-c", "-o", binary, "."), os.Stdout); err != nil {
		return fmt.Errorf("building the benchmarks: %w", err)
	}
	var results results
	for round := range rounds {
		fmt.Fprintf(os.Stderr, "\rround %d of %d", round+1, rounds)
		output := &roundParser{results: &results, round: round}
		cmd := exec.Command(binary, "-test.run", "^$", "-test.bench", bench, "-test.benchtime", benchtime, "-test.benchmem", "-test.timeout", "30m")
		if err := execute(cmd, output); err != nil {
			return fmt.Errorf("round %s: %w", strconv.Itoa(round+1), err)
		}
	}
	fmt.Fprintln(os.Stderr)
	return results.print(out, targets)
}

func execute(cmd *exec.Cmd, stdout io.Writer) error {
	cmd.Stdout, cmd.Stderr = stdout, os.Stderr
	return cmd.Run()
}
