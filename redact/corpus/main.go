// Command corpus tries a command as a masker on the cases of redact/testdata.
//
//	go run ./redact/corpus -- COMMAND ARGUMENT...
//
// COMMAND is run once for each case, with the text on stdin, and its stdout is
// judged. In its arguments {dir} is a directory that holds the values of the case:
// a file for each, one that ends in .json for a JSON secret, a directory with the
// files username and password for credentials. The variable CORPUS_VALUES holds
// them as a JSON array of texts. For sotto it is
//
//	go run ./redact/corpus -- sotto redact --provider dir:{dir}
//
// It prints the cases in which something leaks or innocent text is lost, and how
// many pass, and exits 1 if any does not.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/sotto-render/sotto/redact"
)

// corpusCase is one case of cases.json; see the README beside it.
type corpusCase struct {
	Name     string          `json:"name"`
	Values   []string        `json:"values"`
	User     string          `json:"user"`
	Password string          `json:"password"`
	JSON     json.RawMessage `json:"json"`
	Text     string          `json:"text"`
	Want     string          `json:"want"`
}

func main() {
	file := flag.String("cases", "redact/testdata/cases.json", "cases to try")
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	failed, err := run(*file, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if failed > 0 {
		os.Exit(1)
	}
}

func run(file string, command []string) (failed int, err error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	var cases []corpusCase
	if err := json.Unmarshal(raw, &cases); err != nil {
		return 0, err
	}
	leaks, losses := 0, 0
	for _, c := range cases {
		out, err := c.mask(command)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", c.Name, err)
		}
		leak, loss := judge(c.Text, c.Want, out)
		switch {
		case leak:
			leaks++
			fmt.Printf("LEAK  %s: %q\n", c.Name, out)
		case loss:
			losses++
			fmt.Printf("LOSS  %s: %q\n", c.Name, out)
		}
	}
	fmt.Printf("%d cases: %d pass, %d leak, %d lose innocent text\n", len(cases), len(cases)-leaks-losses, leaks, losses)
	return leaks + losses, nil
}

// mask runs the command on the case's text.
func (c corpusCase) mask(command []string) (out string, err error) {
	dir, err := os.MkdirTemp("", "corpus-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	values := c.Values
	files := map[string]string{}
	for i, value := range values {
		files[fmt.Sprintf("value-%d", i+1)] = value
	}
	if c.User != "" || c.Password != "" {
		files["account/username"], files["account/password"] = c.User, c.Password
		values = append(values, c.User, c.Password)
	}
	if c.JSON != nil {
		files["value.json"] = string(c.JSON)
		values = append(values, string(c.JSON))
	}
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return "", err
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			return "", err
		}
	}
	list, err := json.Marshal(values)
	if err != nil {
		return "", err
	}
	args := make([]string, len(command))
	for i, arg := range command {
		args[i] = strings.ReplaceAll(arg, "{dir}", dir)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "CORPUS_VALUES="+string(list))
	cmd.Stdin = strings.NewReader(c.Text)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%w: %s", err, strings.TrimSpace(stderr.String()))
	}
	return stdout.String(), nil
}

// judge compares what a masker made of text with what is wanted, whatever its mask
// looks like: of what is to be hidden nothing may stand, and what is to be kept must
// stand in its order.
func judge(text, want, out string) (leak, loss bool) {
	kept := strings.Split(want, redact.Mask)
	at := 0
	for i, keep := range kept {
		from := strings.Index(text[at:], keep)
		if i == len(kept)-1 {
			from = len(text) - at - len(keep)
		}
		if hidden := text[at:max(at+from, at)]; i > 0 && strings.Contains(out, hidden) && !strings.Contains(want, hidden) {
			leak = true
		}
		at += max(from, 0) + len(keep)
	}
	rest := out
	for _, keep := range kept {
		n := strings.Index(rest, keep)
		if n < 0 {
			return leak, true
		}
		rest = rest[n+len(keep):]
	}
	return leak, false
}
