//go:build !unix

package exec

import osexec "os/exec"

// group leaves it at killing the program itself: elsewhere there are no process
// groups, and what it has started may run on.
func group(command *osexec.Cmd) {
	command.Cancel = func() error { return command.Process.Kill() }
}
