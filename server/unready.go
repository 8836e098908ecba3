package server

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/sotto-render/sotto/api"
)

// ServeUnready answers on l until ctx ends for a process that has no store yet: it
// lives (/healthz), and everything else is told to come again. l is open when it
// returns, for [Server.Serve] to go on with. A nil config serves no TLS.
func ServeUnready(ctx context.Context, l *net.TCPListener, config *tls.Config, logger *slog.Logger) error {
	limits := Limits{}.withDefaults()
	server := &http.Server{
		Handler:           http.HandlerFunc(answerUnready),
		TLSConfig:         config,
		ReadHeaderTimeout: limits.ReadHeader,
		ReadTimeout:       limits.ReadHeader,
		WriteTimeout:      limits.ReadHeader,
		MaxHeaderBytes:    limits.HeaderBytes,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
	served := make(chan error, 1)
	go func() {
		if config != nil {
			served <- server.ServeTLS(lent{l}, "", "")
			return
		}
		served <- server.Serve(lent{l})
	}()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	// Accepting ends by its deadline, since the listener itself stays open.
	if err := l.SetDeadline(time.Now()); err != nil {
		return err
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), limits.ReadHeader)
	defer cancel()
	if server.Shutdown(grace) != nil {
		_ = server.Close() // who is still there has sent no whole request
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) && !isTimeout(err) {
		return err
	}
	return l.SetDeadline(time.Time{})
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// lent is a listener that whoever was lent it cannot close.
type lent struct{ *net.TCPListener }

func (lent) Close() error { return nil }

func answerUnready(w http.ResponseWriter, r *http.Request) {
	id := givenID(r)
	if id == "" {
		id = newRequestID()
	}
	header := w.Header()
	header["X-Request-Id"] = []string{id}
	header["Cache-Control"] = headerNoStore
	// The next request is for the server that is ready.
	header["Connection"] = headerClose
	if r.URL.Path == "/healthz" {
		header["Content-Type"] = headerJSON
		_, _ = w.Write([]byte(`{"status":"ok"}` + "\n"))
		return
	}
	p := problemOf(fail(api.ResolverUnavailable, "not ready: unreachable: the store has not been reached since the start"))
	p.RequestID = id
	header["Content-Type"] = headerProblem
	header["Retry-After"] = headerSoon
	w.WriteHeader(p.Status)
	_, _ = w.Write(encodeProblem(&p))
}
