//go:build unix

package program

import (
	"os/exec"
	"syscall"
)

// group starts the program as the first of a process group, which is killed as a
// whole: what a script has started ends with it.
func group(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
}
