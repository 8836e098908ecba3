package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const adminToken = "admin-token-of-a-hostile-run-0001"

// server is a `sotto serve` of its own, in a directory of its own.
type server struct {
	command *exec.Cmd
	dir     string
	address string
	// ended is closed when the process has ended, with err.
	ended chan struct{}
	err   error
}

func startServer(ctx context.Context, binary string) (*server, error) {
	dir, err := os.MkdirTemp("", "hostile")
	if err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	s := &server{dir: dir, address: address, ended: make(chan struct{})}
	s.command = exec.Command(binary, "serve", "--listen", address, "--drain", "0s", "--data-dir", filepath.Join(dir, "data"), "--log-level", "warn")
	s.command.Env = append(os.Environ(), "SOTTO_ADMIN_TOKEN="+adminToken)
	s.command.Stderr = log
	if err := s.command.Start(); err != nil {
		return nil, err
	}
	go func() {
		s.err = s.command.Wait()
		close(s.ended)
	}()
	if err := s.awaitReady(ctx); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func (s *server) awaitReady(ctx context.Context) error {
	for range 300 {
		if r, err := http.Get("http://" + s.address + "/readyz"); err == nil {
			_ = r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-s.ended:
			return fmt.Errorf("the server ended: see %s", s.dir)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	return errors.New("the server is not ready after 30 s")
}

// stop ends the server as an operator would. Its directory stays where that fails.
func (s *server) stop() error {
	_ = s.command.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-s.ended:
	case <-time.After(time.Minute):
		_ = s.command.Process.Kill()
		<-s.ended
		return fmt.Errorf("the server did not end within a minute: see %s", s.dir)
	}
	if s.err != nil {
		return fmt.Errorf("the server ended with %w: see %s", s.err, s.dir)
	}
	return os.RemoveAll(s.dir)
}

// admin makes a call as the admin of all scopes, and returns its answer.
func (s *server) admin(path string, body any) (map[string]any, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequest(http.MethodPost, "http://"+s.address+path, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+adminToken)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	got, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusCreated {
		return nil, fmt.Errorf("%s: status %d, %w", path, response.StatusCode, err)
	}
	var answer map[string]any
	return answer, json.Unmarshal(got, &answer)
}

func (s *server) token(role, scope string) (string, error) {
	made, err := s.admin("/v1/tokens", map[string]any{"role": role, "scope": scope})
	if err != nil {
		return "", err
	}
	return made["token"].(string), nil
}

// memory is what the process has in memory now and had at most, in bytes; zero
// where the system does not tell as Linux does.
func (s *server) memory() (now, peak int64) {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(s.command.Process.Pid), "status"))
	if err != nil {
		return 0, 0
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 2 {
			continue
		}
		switch kib, _ := strconv.ParseInt(fields[1], 10, 64); fields[0] {
		case "VmRSS:":
			now = kib << 10
		case "VmHWM:":
			peak = kib << 10
		}
	}
	return now, peak
}
