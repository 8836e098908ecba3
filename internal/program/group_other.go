//go:build !unix

package program

import "os/exec"

// group leaves it at killing the program itself: elsewhere there are no process
// groups, and what it has started may run on.
func group(command *exec.Cmd) {
	command.Cancel = func() error { return command.Process.Kill() }
}
