package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/server"
)

func tlsFlags() []cli.Flag {
	return []cli.Flag{
		text("tls-cert", "", "serve TLS with the certificate in `FILE`"),
		text("tls-key", "", "the certificate's key in `FILE`"),
		text("tls-client-ca", "", "take certificates of clients that an authority in `FILE` signed"),
		list("tls-client", "`NAME=ROLE@SCOPE`: a client whose certificate has this name, and that sends no token, has the role in the scope (@SCOPE left out: in all); repeatable"),
	}
}

// certificateLook is how long a certificate is used before its files are looked at
// again: whoever renews it need not tell.
const certificateLook = time.Second

// certificate is what the server shows and asks of clients by TLS. It follows its files:
// what cannot be read leaves what was read before.
type certificate struct {
	cert, key, clientCA string

	present atomic.Pointer[tls.Config]
	mu      sync.Mutex
	looked  time.Time
	// stamps are those of the files when they were read.
	stamps [3]fileStamp
	log    *slog.Logger
}

// fileStamp tells a file from what it was: renamed over, written anew, or gone.
type fileStamp struct {
	modified time.Time
	size     int64
}

// newCertificate reads what cmd names, or returns nil where it names none.
func newCertificate(cmd *cli.Command, log *slog.Logger) (*certificate, error) {
	c := &certificate{cert: cmd.String("tls-cert"), key: cmd.String("tls-key"), clientCA: cmd.String("tls-client-ca"), log: log}
	switch {
	case c.cert == "" && c.key == "" && c.clientCA == "":
		return nil, nil
	case c.cert == "" || c.key == "":
		return nil, wrongUsage(cmd, "--tls-cert and --tls-key go together, and --tls-client-ca needs them")
	}
	c.looked = time.Now()
	return c, c.read()
}

// config is what a listener takes. Each connection gets what the files held last.
func (c *certificate) config() *tls.Config {
	if c == nil {
		return nil
	}
	return &tls.Config{
		MinVersion:         tls.VersionTLS12,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return c.current(), nil },
	}
}

// expiry returns what tells metrics when the certificate ends to be valid; nil without one.
func (c *certificate) expiry() func() time.Time {
	if c == nil {
		return nil
	}
	return c.expires
}

func (c *certificate) expires() time.Time { return c.present.Load().Certificates[0].Leaf.NotAfter }

func (c *certificate) current() *tls.Config {
	// No handshake waits for a disk: files that do not answer leave what was read before.
	if c.mu.TryLock() {
		now := time.Now()
		if now.Sub(c.looked) < certificateLook {
			c.mu.Unlock()
			return c.present.Load()
		}
		c.looked = now
		go func() {
			defer c.mu.Unlock()
			if c.stamp() != c.stamps {
				c.take()
			}
		}()
	}
	return c.present.Load()
}

// reload reads the files again, and reports whether it could.
func (c *certificate) reload() bool {
	if c == nil {
		return true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.take()
}

// take reads the files, and says how that went.
func (c *certificate) take() bool {
	if err := c.read(); err != nil {
		c.log.Error("the certificate could not be read again: the one that was read before is used", "error", err)
		return false
	}
	c.log.Info("the certificate was read again", "expires", c.expires())
	return true
}

func (c *certificate) stamp() (stamps [3]fileStamp) {
	for i, file := range []string{c.cert, c.key, c.clientCA} {
		if file == "" {
			continue
		}
		if info, err := os.Stat(file); err == nil {
			stamps[i] = fileStamp{info.ModTime(), info.Size()}
		}
	}
	return stamps
}

func (c *certificate) read() error {
	// Before the files, so that what changes meanwhile is read once more. What is
	// broken is not read at every handshake until it is mended.
	c.stamps = c.stamp()
	for _, file := range []string{c.cert, c.key, c.clientCA} {
		if err := readable(file); err != nil {
			return err
		}
	}
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return fmt.Errorf("loading %s and %s: %w", c.cert, c.key, err)
	}
	config := &tls.Config{
		Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
	}
	if c.clientCA != "" {
		text, err := os.ReadFile(c.clientCA)
		if err != nil {
			return err
		}
		config.ClientCAs = x509.NewCertPool()
		if !config.ClientCAs.AppendCertsFromPEM(text) {
			return errors.New(c.clientCA + " holds no certificate of an authority")
		}
		// A client without one still has its token.
		config.ClientAuth = tls.VerifyClientCertIfGiven
	}
	c.present.Store(config)
	return nil
}

// readable refuses what is no regular file: reading a pipe could wait for ever.
func readable(file string) error {
	if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no regular file", file)
	}
	return nil
}

// clientCertificates are those of --tls-client.
func clientCertificates(cmd *cli.Command) ([]server.ClientCertificate, error) {
	var known []server.ClientCertificate
	for _, given := range cmd.StringSlice("tls-client") {
		client, err := server.ParseClientCertificate(given)
		if err != nil {
			return nil, wrongUsage(cmd, "--tls-client: %w", err)
		}
		if slices.ContainsFunc(known, func(k server.ClientCertificate) bool { return k.Name == client.Name }) {
			return nil, wrongUsage(cmd, "--tls-client: %s stands twice", client.Name)
		}
		known = append(known, client)
	}
	if len(known) > 0 && cmd.String("tls-client-ca") == "" {
		return nil, wrongUsage(cmd, "--tls-client needs --tls-client-ca")
	}
	return known, nil
}
