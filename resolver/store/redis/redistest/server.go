package redistest

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
)

// startTimeout is how long a server may take until it answers.
const startTimeout = 20 * time.Second

// Options say how a server is set up. The zero Options are a server without a
// password that keeps nothing on disk.
type Options struct {
	// Password is that of the default user.
	Password string
	// TLS makes the server listen with a certificate of its own authority,
	// and not without.
	TLS bool
	// Durable keeps an append-only file, synced at each command.
	Durable bool
	// FileKiB, if not 0, is the size that no file of the server can exceed, as
	// on a disk that is full.
	FileKiB int
	// Config are further lines of the configuration file.
	Config []string
	// mode is a further argument of the program.
	mode []string
}

// Server is a running redis-server.
type Server struct {
	// Addr is host:port.
	Addr string
	// URL is what the store is given. Its host is 127.0.0.1.
	URL string
	// Dir is where the server keeps its files.
	Dir string

	options Options
	port    int
	busPort int
	ca      *authority
	cmd     *exec.Cmd
	log     *bytes.Buffer
}

// Start starts a server on a free port of the loopback interface, and stops it
// when the test ends.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	s := &Server{options: o, Dir: t.TempDir()}
	if o.TLS {
		s.ca = newAuthority(t, s.Dir)
	}
	s.listen(t)
	return s
}

// listen picks ports and starts the server on them. Another process may take a
// port in between, so it tries again.
func (s *Server) listen(t testing.TB) {
	t.Helper()
	var err error
	for range 5 {
		s.port, s.busPort = freePort(t), freePort(t)
		s.Addr = net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port))
		s.URL = s.url()
		if err = s.start(t); err == nil {
			t.Cleanup(s.Kill)
			return
		}
	}
	t.Fatal(err)
}

func (s *Server) url() string {
	scheme, user, query := "redis", "", ""
	if s.options.Password != "" {
		user = ":" + s.options.Password + "@"
	}
	if s.ca != nil {
		scheme, query = "rediss", "?ca="+s.ca.certFile
	}
	return scheme + "://" + user + s.Addr + query
}

func (s *Server) config() string {
	lines := []string{
		"bind 127.0.0.1", "daemonize no", "save \"\"", "maxmemory-policy noeviction",
		"dir " + s.Dir, "enable-debug-command yes",
	}
	if s.ca != nil {
		lines = append(lines, "port 0", fmt.Sprintf("tls-port %d", s.port), "tls-auth-clients no",
			"tls-cert-file "+s.ca.serverCertFile, "tls-key-file "+s.ca.serverKeyFile, "tls-ca-cert-file "+s.ca.certFile)
	} else {
		lines = append(lines, fmt.Sprintf("port %d", s.port))
	}
	if s.options.Password != "" {
		lines = append(lines, "requirepass "+s.options.Password)
	}
	if s.options.Durable {
		lines = append(lines, "appendonly yes", "appendfsync always")
	}
	for _, line := range s.options.Config {
		lines = append(lines, strings.ReplaceAll(line, "BUSPORT", strconv.Itoa(s.busPort)))
	}
	return strings.Join(lines, "\n") + "\n"
}

func (s *Server) start(t testing.TB) error {
	t.Helper()
	file := filepath.Join(s.Dir, "redis.conf")
	if err := os.WriteFile(file, []byte(s.config()), 0o600); err != nil {
		return err
	}
	s.log = new(bytes.Buffer)
	s.cmd = exec.Command(binary(t), append([]string{file}, s.options.mode...)...)
	if s.options.FileKiB > 0 {
		// The limit counts blocks of 512 bytes, and its signal would end
		// the server instead of failing the write.
		limited := fmt.Sprintf(`trap "" XFSZ; ulimit -f %d; exec "$0" "$1"`, 2*s.options.FileKiB)
		s.cmd = exec.Command("sh", "-c", limited, binary(t), file)
	}
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	if err := s.cmd.Start(); err != nil {
		return err
	}
	client := s.Client(t)
	for deadline := time.Now().Add(startTimeout); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if err := client.Ping(context.Background()).Err(); err == nil {
			return nil
		}
		if s.exited() {
			break
		}
	}
	s.Kill()
	return fmt.Errorf("redis-server did not start:\n%s", s.log)
}

// exited reports whether the process has ended by itself.
func (s *Server) exited() bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	return err == nil && bytes.Contains(stat, []byte(") Z "))
}

// Kill ends the server at once, as a crash does.
func (s *Server) Kill() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	s.cmd = nil
}

// Signal sends a signal to the process, such as SIGSTOP.
func (s *Server) Signal(sig os.Signal) error { return s.cmd.Process.Signal(sig) }

// Restart starts the server again on its port and its files.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	s.Kill()
	if err := s.start(t); err != nil {
		t.Fatal(err)
	}
}

// Client returns a client of the default user, which is closed when the test
// ends.
func (s *Server) Client(t testing.TB) *goredis.Client {
	t.Helper()
	// While a server starts, its client would tell of every failed try.
	logging.Disable()
	o := &goredis.Options{Addr: s.Addr, Password: s.options.Password, DisableIdentity: true, DialerRetries: 1, MaxRetries: -1}
	if s.ca != nil {
		o.TLSConfig = s.ca.clientConfig()
	}
	client := goredis.NewClient(o)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}
