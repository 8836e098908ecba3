package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/server"
)

// storePause is how long a server that starts waits before it tries its store again.
const storePause = time.Second

// address is where the server listens: from the moment that somebody needs it.
type address struct {
	cmd    *cli.Command
	config *tls.Config
	greet  func(net.Addr) error

	listener *net.TCPListener
	taken    bool
}

// listen takes the address, once, and says so.
func (a *address) listen() error {
	if a.listener != nil {
		return nil
	}
	listener, err := listen(a.cmd)
	if err != nil {
		return err
	}
	tcp, ok := listener.(*net.TCPListener)
	if !ok {
		return errors.Join(fmt.Errorf("%s is no TCP address", listener.Addr()), listener.Close())
	}
	a.listener = tcp
	return a.greet(listener.Addr())
}

// take gives the listener to a server, which closes it.
func (a *address) take() (net.Listener, error) {
	if err := a.listen(); err != nil {
		return nil, err
	}
	a.taken = true
	return a.listener, nil
}

// close closes a listener that no server took.
func (a *address) close() error {
	if a.listener == nil || a.taken {
		return nil
	}
	return a.listener.Close()
}

// awaitStore opens the store. While it cannot be reached the process lives, listens and
// says that it is not ready: started anew again and again, it would only lose its turn.
// The store is nil where ctx ended before.
func (a *app) awaitStore(ctx context.Context, at *address, logger *slog.Logger, open func() (*store.Store, error)) (*store.Store, error) {
	kept, err := open()
	if err == nil || !errors.Is(err, store.ErrUnreachable) {
		return kept, err
	}
	if ctx.Err() != nil {
		return nil, nil
	}
	if err := at.listen(); err != nil {
		return nil, err
	}
	waiting, ready := context.WithCancel(ctx)
	defer ready()
	served := make(chan error, 1)
	go func() { served <- server.ServeUnready(waiting, at.listener, at.config, logger) }()
	logger.Warn("not ready: the store cannot be reached, and is tried again every second", "error", err)
	ticker := time.NewTicker(storePause)
	defer ticker.Stop()
	for errors.Is(err, store.ErrUnreachable) {
		select {
		case ended := <-served:
			return nil, ended
		case <-ticker.C:
		}
		kept, err = open()
	}
	ready()
	if ended := <-served; ended != nil {
		if kept != nil {
			ended = errors.Join(ended, kept.Close())
		}
		return nil, ended
	}
	if err == nil {
		logger.Info("the store was reached", "store", kept.Name())
	}
	return kept, err
}
