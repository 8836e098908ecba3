package otelcollector

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
)

// followEvery is how often the providers are asked for what changed.
const followEvery = time.Second

// local masks with the values that providers have.
type local struct {
	resolver *resolver.Resolver
	scope    resolver.Scope
	redactor *redact.Redactor
	log      *zap.Logger
	warned   map[string]bool
	stop     context.CancelFunc
	updates  sync.WaitGroup
}

var errUnread = errors.New("the secrets cannot be read, so that nothing can be masked")

func newLocal(ctx context.Context, config *Config, log *zap.Logger) (*local, error) {
	bindings, err := config.bindings()
	if err != nil {
		return nil, err
	}
	scope, err := config.scope()
	if err != nil {
		return nil, err
	}
	r, err := resolver.New(resolver.Options{Providers: bindings})
	if err != nil {
		return nil, err
	}
	if names := r.Unlisted(scope); len(names) > 0 {
		r.Close()
		return nil, fmt.Errorf("%w: these providers cannot list their secrets: %s; use env: and dir: alone, or the server that has the others", errUnread, strings.Join(names, ", "))
	}
	l := &local{resolver: r, scope: scope, log: log, warned: make(map[string]bool)}
	l.redactor = r.Redactor(scope)
	if err := l.load(ctx); err != nil {
		r.Close()
		return nil, errors.Join(errUnread, l.redactor.Error(err))
	}
	following, stop := context.WithCancel(context.WithoutCancel(ctx))
	l.stop = stop
	l.updates.Go(func() { l.follow(following) })
	return l, nil
}

// follow keeps the redactor up to date until ctx ends. What was known stays known.
func (l *local) follow(ctx context.Context) {
	ticker := time.NewTicker(followEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := l.load(ctx); err != nil && ctx.Err() == nil {
			l.warn(err)
		}
	}
}

// load tells the redactor of all values, and the log of those that cannot be read.
func (l *local) load(ctx context.Context) error {
	flaws, err := l.resolver.Flaws(ctx, l.scope)
	for _, flaw := range flaws {
		if !flaw.Covered {
			l.warn(flaw.Err)
		}
	}
	return err
}

func (l *local) warn(err error) {
	if text := l.redactor.String(err.Error()); !l.warned[text] {
		l.warned[text] = true
		l.log.Warn("a secret cannot be read, so its value is not masked", zap.String("error", text))
	}
}

func (l *local) mask(_ context.Context, texts []text) error {
	for i := range texts {
		t := &texts[i]
		masked := l.redactor.String(t.value)
		if masked == t.value && t.key != "" {
			// A common value counts behind a key that names a secret alone.
			if before := t.key + "="; l.redactor.String(before+t.value) == before+redact.Mask {
				masked = redact.Mask
			}
		}
		t.value = masked
	}
	return nil
}

func (l *local) close() {
	l.stop()
	l.updates.Wait()
	l.resolver.Close()
}
