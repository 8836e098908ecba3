package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"
)

// serving is a running `sotto serve`.
type serving struct {
	command *exec.Cmd
	address string
	// rest is closed when the server has closed its stdout.
	rest chan struct{}
}

var greeting = regexp.MustCompile(`sotto listens on https?://(\S+)\. Try:`)

// serve starts `sotto serve` on a free port and waits until it says where it
// listens. What it prints and logs goes to out, a file because both do so at once.
func serve(dir string, env []string, out *os.File, args ...string) (*serving, error) {
	s := &serving{
		command: exec.Command("sotto", append([]string{"serve", "--listen", "127.0.0.1:0", "--drain", "0s"}, args...)...),
		rest:    make(chan struct{}),
	}
	s.command.Dir, s.command.Env, s.command.Stderr = dir, env, out
	stdout, err := s.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.command.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewReader(stdout)
	for {
		line, err := lines.ReadString('\n')
		_, _ = out.WriteString(line)
		if m := greeting.FindStringSubmatch(line); m != nil {
			s.address = m[1]
			break
		}
		if err != nil {
			_ = s.command.Wait()
			return nil, err
		}
	}
	go func() {
		defer close(s.rest)
		_, _ = io.Copy(out, lines)
	}()
	return s, nil
}

// stop ends the server as an operator would, and returns how it exited.
func (s *serving) stop() error {
	if err := s.command.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	killer := time.AfterFunc(2*time.Minute, func() { _ = s.command.Process.Kill() })
	defer killer.Stop()
	<-s.rest
	return s.command.Wait()
}

// startServer runs `sotto serve` in dir until the test ends. Its log must never
// hold a value.
func startServer(t *testing.T, dir string, values ...string) (address string) {
	log, err := os.Create(filepath.Join(t.TempDir(), "server.log"))
	require.NoError(t, err)
	env := append(os.Environ(), "INTEGRATION_WEATHER_FX=tok-4f9a8b2c7d")
	s, err := serve(dir, env, log, "--log-level", "debug")
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, s.stop())
		text, err := os.ReadFile(log.Name())
		require.NoError(t, err)
		for _, value := range values {
			require.NotContains(t, string(text), value)
		}
	})
	return s.address
}

// scriptServer gives scripts the commands `server-start [FLAG...]`, which sets
// $SERVER and writes what the server prints to server.log, and `server-stop`.
func scriptServer() map[string]func(ts *testscript.TestScript, neg bool, args []string) {
	// running :: script (*testscript.TestScript) -> its server (*serving).
	// Scripts run in parallel.
	var running sync.Map
	stop := func(ts *testscript.TestScript) {
		if s, ok := running.LoadAndDelete(ts); ok {
			ts.Check(s.(*serving).stop())
		}
	}
	return map[string]func(ts *testscript.TestScript, neg bool, args []string){
		"server-start": func(ts *testscript.TestScript, _ bool, args []string) {
			log, err := os.OpenFile(ts.MkAbs("server.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
			ts.Check(err)
			env := os.Environ()[:0:0]
			for _, name := range []string{"PATH", "HOME", "TMPDIR", "INTEGRATION_TOKEN", "INTEGRATION_WEATHER_FX", "SOTTO_ADMIN_TOKEN"} {
				if value := ts.Getenv(name); value != "" {
					env = append(env, name+"="+value)
				}
			}
			s, err := serve(ts.Getenv("WORK"), env, log, args...)
			ts.Check(err)
			running.Store(ts, s)
			ts.Defer(func() { stop(ts) })
			ts.Setenv("SERVER", "http://"+strings.TrimSpace(s.address))
		},
		"server-stop": func(ts *testscript.TestScript, _ bool, _ []string) { stop(ts) },
	}
}
