// Command vulnreport reads what govulncheck -json prints, tells each known
// vulnerability that the code reaches in one line, and exits 1 where a module
// that go.mod chooses has one. Those of the standard library are told and do not
// fail: the toolchain of whoever builds decides about them.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// message is the part of govulncheck's stream that is read here.
type message struct {
	Finding *struct {
		OSV          string `json:"osv"`
		FixedVersion string `json:"fixed_version"`
		// Trace goes from the vulnerable symbol to ours; a finding without a
		// function there says that a module is required, not that it is called.
		Trace []struct {
			Module   string `json:"module"`
			Version  string `json:"version"`
			Package  string `json:"package"`
			Function string `json:"function"`
		} `json:"trace"`
	} `json:"finding"`
}

func main() {
	failed, err := report(os.Stdin, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "vulnreport:", err)
		os.Exit(2)
	}
	if failed {
		os.Exit(1)
	}
}

// report writes a line for each vulnerability in a package and says whether one
// is in a module that can be upgraded.
func report(in io.Reader, out io.Writer) (failed bool, err error) {
	stream := json.NewDecoder(in)
	// told :: vulnerability and module -> its line is out
	told := make(map[[2]string]bool)
	for {
		var m message
		if err := stream.Decode(&m); errors.Is(err, io.EOF) {
			return failed, nil
		} else if err != nil {
			return failed, err
		}
		if m.Finding == nil || len(m.Finding.Trace) == 0 || m.Finding.Trace[0].Function == "" {
			continue
		}
		at := m.Finding.Trace[0]
		key := [2]string{m.Finding.OSV, at.Module}
		if told[key] {
			continue
		}
		told[key] = true
		kind := "FAIL"
		if at.Module == "stdlib" {
			kind = "note: upgrade the toolchain:"
		} else {
			failed = true
		}
		_, err := fmt.Fprintf(out, "%s %s in %s (%s %s), fixed in %s\n", kind, m.Finding.OSV, at.Package, at.Module, at.Version, m.Finding.FixedVersion)
		if err != nil {
			return failed, err
		}
	}
}
