//go:build unix

package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver/store/redis/redistest"
)

// get returns the status of an answer, or 0 where there was none.
func get(t *testing.T, url string) (status int, header http.Header) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		return 0, nil
	}
	defer func() { _ = response.Body.Close() }()
	_, err = io.Copy(io.Discard, response.Body)
	require.NoError(t, err)
	return response.StatusCode, response.Header
}

func TestAServerWaitsForItsStore(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t, redistest.Options{})
	redis.Kill()
	log, err := os.Create(t.TempDir() + "/log")
	require.NoError(t, err)
	s, err := serve(t.TempDir(), append(os.Environ(), "SOTTO_ADMIN_TOKEN=an-admin-token-of-a-test"), log, "--store", redis.URL)
	require.NoError(t, err)
	base := "http://" + s.address
	status, header := get(t, base+"/readyz")
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Equal(t, "1", header.Get("Retry-After"))
	status, _ = get(t, base+"/healthz")
	require.Equal(t, http.StatusOK, status)
	redis.Restart(t)
	require.Eventually(t, func() bool {
		status, _ := get(t, base+"/readyz")
		return status == http.StatusOK
	}, time.Minute, 10*time.Millisecond)
	require.NoError(t, s.stop())
}

func TestAServerThatWaitsForItsStoreEnds(t *testing.T) {
	t.Parallel()
	log, err := os.Create(t.TempDir() + "/log")
	require.NoError(t, err)
	dir := t.TempDir()
	s, err := serve(dir, append(os.Environ(), "SOTTO_ADMIN_TOKEN=an-admin-token-of-a-test"), log, "--store", "redis://127.0.0.1:1")
	require.NoError(t, err)
	require.NoError(t, s.stop())
	require.NoDirExists(t, filepath.Join(dir, "sotto-data"), "nothing was written into it")
}

// A server outlives the reader of its log and of its greeting, also one that stays and
// takes nothing.
func TestAServerOutlivesTheReaderOfItsLog(t *testing.T) {
	t.Parallel()
	for name, closes := range map[string]bool{"one that ends": true, "one that stalls": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			command := exec.Command("sotto", "serve", "--listen", "127.0.0.1:0", "--drain", "0s", "--log-level", "debug")
			command.Dir = t.TempDir()
			stdout, err := command.StdoutPipe()
			require.NoError(t, err)
			stderr, err := command.StderrPipe()
			require.NoError(t, err)
			require.NoError(t, command.Start())
			lines, address := bufio.NewReader(stdout), ""
			for address == "" {
				line, err := lines.ReadString('\n')
				require.NoError(t, err)
				if m := greeting.FindStringSubmatch(line); m != nil {
					address = m[1]
				}
			}
			if closes {
				require.NoError(t, stderr.Close())
			}
			// More than a pipe holds.
			for range 1000 {
				status, _ := get(t, "http://"+address+"/healthz")
				require.Equal(t, http.StatusOK, status)
			}
			require.NoError(t, command.Process.Signal(syscall.SIGTERM))
			state, err := command.Process.Wait()
			require.NoError(t, err)
			require.Equal(t, 0, state.ExitCode())
		})
	}
}

// A server that is told to end is not ready first, and goes on answering, on new
// connections too, until balancers have noticed.
func TestAServerDrains(t *testing.T) {
	t.Parallel()
	log, err := os.Create(t.TempDir() + "/log")
	require.NoError(t, err)
	s, err := serve(t.TempDir(), os.Environ(), log, "--drain", "1s")
	require.NoError(t, err)
	conn, err := net.Dial("tcp", s.address)
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	answers := bufio.NewReader(conn)
	ask := func() *http.Response {
		_, err := io.WriteString(conn, "GET /healthz HTTP/1.1\r\nHost: sotto\r\n\r\n")
		require.NoError(t, err)
		response, err := http.ReadResponse(answers, nil)
		require.NoError(t, err)
		_, err = io.Copy(io.Discard, response.Body)
		require.NoError(t, err)
		return response
	}
	require.False(t, ask().Close)
	start := time.Now()
	require.NoError(t, s.command.Process.Signal(syscall.SIGTERM))
	require.Eventually(t, func() bool {
		status, _ := get(t, "http://"+s.address+"/readyz")
		return status == http.StatusServiceUnavailable
	}, time.Minute, time.Millisecond)
	require.True(t, ask().Close, "the client is told to go elsewhere")
	<-s.rest
	require.NoError(t, s.command.Wait())
	require.GreaterOrEqual(t, time.Since(start), time.Second)
	text, err := os.ReadFile(log.Name())
	require.NoError(t, err)
	require.False(t, strings.Contains(string(text), "panic"))
}
