package docs_test

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// interpreters :: kind of a block -> what runs it, with the program behind it
var interpreters = map[string][]string{
	"sh": {"sh", "-c"}, "python": {"python3", "-c"}, "js": {"node", "--input-type=module", "-e"},
}

// requestID differs from run to run.
var requestID = regexp.MustCompile(`"request_id":"[^"]*"`)

// TestBatchSessions runs the programs of api.md that the session of curl commands
// leaves out, each in its own interpreter, and compares what they print with the
// block behind them.
func TestBatchSessions(t *testing.T) {
	url := startAPI(t)
	all := blocks(t, "api.md")
	ran := 0
	for i, b := range all {
		command, known := interpreters[b.kind]
		if !known || b.kind == "sh" && !strings.HasPrefix(b.text, `printf '%s\n' `) {
			continue
		}
		ran++
		t.Run(b.kind, func(t *testing.T) {
			if _, err := exec.LookPath(command[0]); err != nil {
				t.Fatalf("%s is not on this machine: `make setup` installs it", command[0])
			}
			cmd := exec.CommandContext(t.Context(), command[0], append(command[1:], b.text)...)
			cmd.Env = append(cmd.Environ(), "URL="+url, "AUTH=Authorization: Bearer "+adminToken, "no_proxy=*")
			var wrong strings.Builder
			cmd.Stderr = &wrong
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("api.md:%d: %v\n%s", b.line, err, wrong.String())
			}
			mask := func(text string) string {
				return requestID.ReplaceAllString(strings.TrimSpace(text), `"request_id":"..."`)
			}
			if got, want := mask(string(out)), mask(all[i+1].text); got != want {
				t.Errorf("api.md:%d: it prints\n%s\nwant\n%s", b.line, got, want)
			}
		})
	}
	if ran != 3 {
		t.Fatalf("api.md has %d programs, and not one for each of curl, Python and Node", ran)
	}
}
