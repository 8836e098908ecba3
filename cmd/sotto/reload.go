package main

import (
	"errors"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/resolver"
)

// reloads answers SIGHUP, which never ends the server: what is read from files is read
// again.
type reloads struct {
	signals chan os.Signal
	mu      sync.Mutex
	reload  func()
	ended   chan struct{}
}

func newReloads() *reloads {
	r := &reloads{signals: make(chan os.Signal, 1), ended: make(chan struct{})}
	signal.Notify(r.signals, syscall.SIGHUP)
	go func() {
		defer close(r.ended)
		for range r.signals {
			r.mu.Lock()
			reload := r.reload
			r.mu.Unlock()
			if reload != nil {
				reload()
			}
		}
	}()
	return r
}

// to says what is read again. Before, there is nothing that is not read soon anyway.
func (r *reloads) to(certificate *certificate, level *logLevel, secrets *resolver.Resolver) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reload = func() {
		whole := certificate.reload()
		if err := level.read(); err != nil {
			slog.Error("the level of the log stays as it is", "error", err)
			whole = false
		}
		secrets.Invalidate("", "")
		if whole {
			slog.Info("reloaded: each secret is asked for again at its next use")
		}
	}
}

func (r *reloads) close() {
	signal.Stop(r.signals)
	close(r.signals)
	<-r.ended
}

// logLevel is the level of the log, that of its file where it has one.
type logLevel struct {
	slog.LevelVar
	file string
}

func newLogLevel(cmd *cli.Command) (*logLevel, error) {
	l := &logLevel{file: cmd.String("log-level-file")}
	if l.file == "" {
		// The flag takes names of levels alone.
		return l, l.UnmarshalText([]byte(cmd.String("log-level")))
	}
	return l, l.read()
}

func (l *logLevel) read() error {
	if l.file == "" {
		return nil
	}
	if err := readable(l.file); err != nil {
		return err
	}
	text, err := os.ReadFile(l.file)
	if err != nil {
		return err
	}
	switch word := strings.ToLower(strings.TrimSpace(string(text))); word {
	case "debug", "info", "warn", "error":
		return l.UnmarshalText([]byte(word))
	}
	return errors.New(l.file + " holds no level: write debug, info, warn or error")
}
