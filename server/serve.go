package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Serve answers requests on l until ctx ends. From then on it is not ready, and each
// answer closes its connection; after [Options.Drain] it takes no new requests and
// returns when those in flight are answered, or an error if that took longer
// than the limit. Who is still sending a request by then has [Limits.Arrive]
// for its body, and no more than [Limits.ReadHeader] for its header. Serve
// closes l.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	open := &connections{bodyTimeout: s.limits.Arrive, known: make(map[net.Conn]*connection)}
	server := &http.Server{
		Handler:           s.handler,
		TLSConfig:         s.tls,
		ReadHeaderTimeout: s.limits.ReadHeader,
		ReadTimeout:       s.limits.Read,
		WriteTimeout:      s.limits.Write,
		IdleTimeout:       s.limits.Idle,
		MaxHeaderBytes:    s.limits.HeaderBytes,
		ErrorLog:          slog.NewLogLogger(s.free, slog.LevelWarn),
		ConnContext:       open.add,
		ConnState:         open.changed,
	}
	served := make(chan error, 1)
	go func() {
		if s.tls != nil {
			served <- server.ServeTLS(l, "", "")
			return
		}
		served <- server.Serve(l)
	}()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	s.ending.Store(true)
	select {
	case err := <-served:
		return err
	case <-time.After(s.drainTime):
	}
	// Before Shutdown, which waits for requests whose body still arrives.
	open.limitBodies()
	return s.drain(ctx, server, served)
}

func (s *Server) drain(ctx context.Context, server *http.Server, served <-chan error) error {
	// ctx has ended already: requests in flight would not get a moment from it.
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.limits.Shutdown)
	defer cancel()
	err := server.Shutdown(grace)
	// Shutdown has closed the listener, so that Serve returns; after this receive
	// no goroutine of ours is left.
	ended := <-served
	if err != nil {
		_ = server.Close()
		return errors.New("server: requests were still in flight when the time for them was over")
	}
	if !errors.Is(ended, http.ErrServerClosed) {
		return ended
	}
	return nil
}
