package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/urfave/cli/v3"
)

// profiles serves what Go tells of the process, to this machine alone: whoever can read
// it learns no value, but may slow the server down.
type profiles struct {
	server *http.Server
	served chan error
}

// serveProfiles listens at --debug-listen; without one it returns nil, which closes too.
func serveProfiles(cmd *cli.Command, logger *slog.Logger) (*profiles, error) {
	given := cmd.String("debug-listen")
	if given == "" {
		return nil, nil
	}
	host, _, err := net.SplitHostPort(given)
	if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, wrongUsage(cmd, "--debug-listen wants an address of this machine alone, as in 127.0.0.1:6060")
	}
	listener, err := net.Listen("tcp", given)
	if err != nil {
		return nil, errors.New("--debug-listen: the address cannot be listened on: another program may have it")
	}
	mux := http.NewServeMux()
	// Not cmdline, whose arguments may hold what does not belong into them.
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	for _, name := range []string{"allocs", "block", "goroutine", "heap", "mutex", "threadcreate"} {
		mux.Handle("GET /debug/pprof/"+name, pprof.Handler(name))
	}
	p := &profiles{
		server: &http.Server{Handler: localOnly(mux), ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelWarn)},
		served: make(chan error, 1),
	}
	go func() { p.served <- p.server.Serve(listener) }()
	logger.Info("profiles are served at /debug/pprof/", "address", listener.Addr().String())
	return p, nil
}

// localOnly refuses what a page made a browser of this machine ask, by a name of its own
// that leads here.
func localOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, "ask for an address of this machine", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (p *profiles) close() error {
	if p == nil {
		return nil
	}
	ended, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if p.server.Shutdown(ended) != nil {
		_ = p.server.Close() // a profile may take longer than anybody waits
	}
	if err := <-p.served; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
