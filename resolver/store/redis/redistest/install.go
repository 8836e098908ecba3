package redistest

import (
	"os"
	"os/exec"
	"sync"
	"testing"
)

const program = "redis-server"

// install returns the path of redis-server, or "" and why there is none. It
// tries once for all tests of a process.
var install = sync.OnceValues(func() (path, why string) {
	if path, err := exec.LookPath(program); err == nil {
		return path, ""
	}
	apt, err := exec.LookPath("apt-get")
	if err != nil || os.Getuid() != 0 {
		return "", "redis-server is not installed: install the package redis-server (Debian, Ubuntu) or redis (others)"
	}
	for _, args := range [][]string{{"update"}, {"install", "-y", "--no-install-recommends", program}} {
		cmd := exec.Command(apt, args...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", "redis-server is not installed, and apt-get could not install it:\n" + string(out)
		}
	}
	path, err = exec.LookPath(program)
	if err != nil {
		return "", "redis-server is not on PATH after its installation"
	}
	return path, ""
})

func binary(t testing.TB) string {
	t.Helper()
	path, why := install()
	switch {
	case path != "":
	case os.Getenv("CI") != "":
		t.Fatal(why)
	default:
		t.Skip(why)
	}
	return path
}
