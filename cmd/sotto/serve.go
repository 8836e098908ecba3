package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/KimMachineGun/automemlimit/memlimit"
	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/internal/jsonlog"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/server"
)

func (a *app) serveCommand() *cli.Command {
	return &cli.Command{
		Name:  "serve",
		Usage: "Run the server",
		Description: "Serves the HTTP API until it gets SIGTERM or SIGINT; then it answers what is in flight and ends.\n\n" + examples(
			"sotto serve",
			"sotto serve --listen 0.0.0.0:8443 --tls-cert cert.pem --tls-key key.pem",
			"sotto serve --provider dir:/run/secrets --provider acme/shop=env:SHOP_",
		),
		Flags: append(append(append([]cli.Flag{
			text("listen", "127.0.0.1:8080", "listen on `ADDRESS`"),
		}, storeFlags()...),
			providerFlag("where secrets come from besides the store: ", "`SPEC`", ""),
			text("admin-token", "", "accept this admin `TOKEN` (default: the one in the data directory's admin.token, made on the first start)"),
			duration("cache-ttl", 5*time.Minute, "use a value for this `TIME` before asking its provider again"),
			duration("stale-ttl", time.Hour, "use a value for up to this `TIME` while its provider is down"),
			duration("token-stale-ttl", store.DefaultTokenStaleTTL, "let a token in for up to this `TIME` after its last check while the store is down; 0: not at all"),
			duration("negative-ttl", 5*time.Second, "believe for this `TIME` that a secret does not exist"),
			duration("redact-grace", redact.DefaultGrace, "mask a value for this `TIME` after it was replaced, archived or deleted, and keep it encrypted so long"),
			duration("audit-retention", 400*24*time.Hour, "remove audit rows and counts of uses that are older than this `TIME`; 0 keeps all"),
			&cli.BoolFlag{Name: "console", Value: true, Usage: "serve the console at /console/; false leaves it out", Sources: fromEnvironment("console")},
			text("public-url", "", "the `URL` at which browsers reach the console, if not its own address; https makes its cookies Secure"),
			duration("drain", 5*time.Second, "go on listening for this `TIME` after SIGTERM, not ready any more (default at a terminal: 0)"),
			toggle("require-declared", "let a send use those secrets alone that its required_secrets list"),
			text("debug-listen", "", "serve Go's profiles at /debug/pprof/ on `ADDRESS`, one of this machine alone"),
			choice("log-level", "log from this level on: debug, info, warn or error", "info", "debug", "warn", "error"),
			text("log-level-file", "", "take the level from `FILE`, which SIGHUP reads again, instead of from --log-level"),
			choice("log-format", "log as text or json, to stderr", "text", "json"),
		), append(tlsFlags(), limitFlags()...)...),
		Action: a.serve,
	}
}

// spareMemory is how much a server may take besides what it needs before its
// garbage is collected. By itself it needs a few megabytes, and Go would collect
// many times a second.
const spareMemory = 32 << 20

func (a *app) serve(ctx context.Context, cmd *cli.Command) (err error) {
	// It counts as in use but is never touched, so that it takes no memory itself.
	spare := make([]byte, spareMemory)
	defer runtime.KeepAlive(spare)
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	reloads := newReloads()
	defer reloads.close()
	// A second signal ends the process at once.
	context.AfterFunc(ctx, stop)
	noCoreDumps()

	// Before anything is known, so that nothing is known for another time.
	a.redactor = redact.NewWithOptions(redact.Options{Grace: grace(cmd), DerivedBytes: 64 << 20, RetiredBytes: 64 << 20})
	log := newLogQueue(a.stderr, func(dropped uint64) []byte { return droppedRecord(cmd, dropped) })
	defer func() { _ = log.Close() }() // a log that nobody takes ends no other way
	// A log whose reader is gone is an error of its writer, and ends nothing.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	level, err := newLogLevel(cmd)
	if err != nil {
		return err
	}
	var masked atomic.Uint64
	logger := a.logger(cmd, level, log, a.redactor.Counting(func(masks int) { masked.Add(uint64(masks)) }))
	slog.SetDefault(logger)
	certificate, err := newCertificate(cmd, logger)
	if err != nil {
		return err
	}
	clients, err := clientCertificates(cmd)
	if err != nil {
		return err
	}
	token, tokenFile, err := adminToken(cmd)
	if err != nil {
		return err
	}
	a.redactor.Add(token)
	address := &address{cmd: cmd, config: certificate.config(), greet: func(at net.Addr) error { return a.greet(at, certificate != nil, cmd.Bool("console"), tokenFile) }}
	defer func() { err = errors.Join(err, address.close()) }()
	kept, err := a.awaitStore(ctx, address, logger, func() (*store.Store, error) { return a.openStore(ctx, cmd, token, logger) })
	if kept == nil || err != nil {
		return err
	}
	defer func() { err = errors.Join(err, kept.Close()) }()
	profiles, err := serveProfiles(cmd, logger)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, profiles.close()) }()
	secrets, err := a.resolver(cmd, kept, logger)
	if err != nil {
		return err
	}
	defer secrets.Close()
	awaitKnown(ctx, secrets)
	reloads.to(certificate, level, secrets)
	if err := secrets.Ready(ctx); err != nil {
		logger.Warn("not ready: secrets cannot be read yet", "error", err)
	}
	spans, err := a.spans(logger)
	if err != nil {
		return err
	}
	defer spans.close()
	api, err := server.New(server.Options{
		Resolver: secrets, Store: kept, Redactor: a.redactor, Logger: logger, AdminToken: token, TLS: certificate.config(),
		Console: cmd.Bool("console"), PublicURL: cmd.String("public-url"),
		Limits: limits(cmd, limitMemory(logger, memlimit.FromCgroup)), Drain: a.drain(cmd), LogDropped: log.Dropped, LogMasked: masked.Load,
		RequireDeclared: cmd.Bool("require-declared"), ClientCertificates: clients, CertificateExpires: certificate.expiry(),
		Version: thisBuild().Version, Tracer: spans.tracer(), SpansLost: spans.lost(),
	})
	if err != nil {
		return err
	}
	listener, err := address.take()
	if err != nil {
		return err
	}
	if err := a.offerSignIn(listener.Addr(), cmd, api.SignInCode); err != nil {
		return errors.Join(err, listener.Close())
	}
	return api.Serve(ctx, listener)
}

// offerSignIn prints a link that opens the console, once and for a minute. Only the person
// who started the server may see it: it goes to a terminal, never to what may be kept, and
// only where nobody but this machine's own users reaches the server.
func (a *app) offerSignIn(at net.Addr, cmd *cli.Command, code func() redact.Secret) error {
	tcp, ok := at.(*net.TCPAddr)
	if !ok || !tcp.IP.IsLoopback() || cmd.String("public-url") != "" || !isTerminal(a.stdout) || !isTerminal(a.stderr) {
		return nil
	}
	made := code().Reveal()
	if made == "" {
		return nil
	}
	_, err := fmt.Fprintf(a.stdout, "To sign in to it once, within a minute, open\n\n  %s%s#/sign-in/%s\n\n", baseURL(at, cmd.String("tls-cert") != ""), consolePath, made)
	return err
}

// drain is how long the server goes on listening once it is to end. Where a person
// stops it at a terminal, nobody is in front of it who has to notice.
func (a *app) drain(cmd *cli.Command) time.Duration {
	if !cmd.IsSet("drain") && isTerminal(a.stderr) {
		return 0
	}
	return cmd.Duration("drain")
}

var errAddressTaken = errors.New("another program listens on")

// listen takes the address of --listen.
func listen(cmd *cli.Command) (net.Listener, error) {
	address := cmd.String("listen")
	listener, err := net.Listen("tcp", address)
	var (
		malformed *net.AddrError
		unknown   *net.DNSError
	)
	switch {
	case errors.As(err, &malformed), errors.As(err, &unknown):
		return nil, wrongUsage(cmd, "--listen wants HOST:PORT, as in 127.0.0.1:8080, with an address of this machine")
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%w %s: stop that one, or choose another address with --listen", errAddressTaken, address)
	}
	return listener, err
}

// resolver finds secrets in the store and then in the providers.
func (a *app) resolver(cmd *cli.Command, kept *store.Store, logger *slog.Logger) (*resolver.Resolver, error) {
	bindings, err := bindings(cmd)
	if err != nil {
		return nil, err
	}
	return resolver.New(resolver.Options{
		Providers:   append([]resolver.Binding{{Provider: kept}}, bindings...),
		Redactor:    a.redactor,
		KnowUnused:  true,
		CacheTTL:    cmd.Duration("cache-ttl"),
		StaleTTL:    cmd.Duration("stale-ttl"),
		NegativeTTL: cmd.Duration("negative-ttl"),
		Grace:       grace(cmd),
		Logger:      logger,
	})
}

// awaitKnown waits until the log knows what is kept, or for as long as a start may take:
// what is left is loaded beside the first requests.
func awaitKnown(ctx context.Context, secrets *resolver.Resolver) {
	const patience = 5 * time.Second
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	secrets.AwaitKnown(ctx)
}

// grace is how long a value is masked that is no longer current. 0 is no time, which
// options would take for their default.
func grace(cmd *cli.Command) time.Duration { return max(cmd.Duration("redact-grace"), 1) }

// logger writes to log, through r.
func (a *app) logger(cmd *cli.Command, level slog.Leveler, log io.Writer, r *redact.Redactor) *slog.Logger {
	options := slog.HandlerOptions{Level: level}
	var handler slog.Handler = slog.NewTextHandler(log, &options)
	if cmd.String("log-format") == "json" {
		handler = jsonlog.New(log, &options)
	}
	return slog.New(r.Handler(handler))
}

// droppedRecord is what the log says of records that nobody took.
func droppedRecord(cmd *cli.Command, dropped uint64) []byte {
	var record bytes.Buffer
	var handler slog.Handler = slog.NewTextHandler(&record, nil)
	if cmd.String("log-format") == "json" {
		handler = slog.NewJSONHandler(&record, nil)
	}
	slog.New(handler).Warn("records of the log were lost, because nobody took them in time", "records", dropped)
	return record.Bytes()
}

// greet says where the server is and how to try it.
func (a *app) greet(address net.Addr, secure, console bool, tokenFile string) error {
	base, flags := baseURL(address, secure), ""
	if secure {
		flags = "--cacert CERTIFICATE "
	}
	token := "$SOTTO_ADMIN_TOKEN"
	if tokenFile != "" {
		token = "$(cat " + tokenFile + ")"
		if _, err := fmt.Fprintf(a.stdout, "The admin token is in %s.\n", tokenFile); err != nil {
			return err
		}
	}
	pages := ""
	if console {
		pages = "The console is at " + base + consolePath + "\n"
	}
	_, err := fmt.Fprintf(a.stdout, `sotto listens on %s. Try:

  curl -s %s%s/v1/render -H "Authorization: Bearer %s" \
    --json '{"template": "Hello {{ name }}!", "vars": {"name": "Ada"}}'

%s`, base, flags, base, token, pages)
	return err
}

const consolePath = "/console/"

func baseURL(address net.Addr, secure bool) string {
	if secure {
		return "https://" + address.String()
	}
	return "http://" + address.String()
}

const (
	adminTokenFile = "admin.token"
	minAdminToken  = 16
)

// adminToken returns the token that may do everything: the one given, else the
// one in the data directory, else a new one that it writes there. file is where
// it stands, or "" if it was given.
func adminToken(cmd *cli.Command) (token redact.Secret, file string, err error) {
	if given := cmd.String("admin-token"); given != "" {
		if len(given) < minAdminToken {
			return redact.Secret{}, "", wrongUsage(cmd, "the admin token is too short: make it at least %d random characters", minAdminToken)
		}
		return redact.NewSecret(given), "", nil
	}
	dir := cmd.String("data-dir")
	if err := checkPrivateDir(dir); err != nil {
		return redact.Secret{}, "", err
	}
	file = filepath.Join(dir, adminTokenFile)
	text, err := readPrivate(file)
	switch {
	case errors.Is(err, os.ErrNotExist):
		text = newToken()
		if err = makePrivateDir(dir); err == nil {
			err = writeWhole(file, text+"\n")
		}
	case err == nil && text == "":
		err = fmt.Errorf("%s is empty: remove it, and the next start makes a new token", file)
	}
	return redact.NewSecret(text), file, err
}
