package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/KimMachineGun/automemlimit/memlimit"
	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/resolver/store/sqlite"
)

func (a *app) doctorCommand() *cli.Command {
	serve := a.serveCommand()
	return &cli.Command{
		Name:  "doctor",
		Usage: "Check a server's configuration and say what is wrong",
		Description: "Takes the flags and variables of `sotto serve`, looks at all that a server would need, and changes\n" +
			"nothing. It fails where something is wrong; a warning is for you to judge.\n\n" + examples(
			"sotto doctor",
			"sotto doctor --store rediss://redis.internal:6379 --key-file /run/secrets/sotto-master.key",
			"sotto doctor --json",
		),
		Flags:  append(serve.Flags, toggle("json", "print JSON")),
		Action: a.doctor,
	}
}

// verdict is how a check ended.
type verdict string

const (
	fine    verdict = "ok"
	warning verdict = "warning"
	wrong   verdict = "wrong"
)

// finding is what one check says.
type finding struct {
	Check   string  `json:"check"`
	Verdict verdict `json:"verdict"`
	Detail  string  `json:"detail"`
}

// checkup collects findings.
type checkup struct {
	app      *app
	cmd      *cli.Command
	findings []finding
}

func (c *checkup) note(check string, v verdict, detail string) {
	c.findings = append(c.findings, finding{check, v, c.app.redactor.String(detail)})
}

// judge notes err as wrong, or else that all is fine.
func (c *checkup) judge(check string, err error, well string) {
	if err != nil {
		c.note(check, wrong, err.Error())
		return
	}
	c.note(check, fine, well)
}

// doctorTime bounds a check that asks over the network.
const doctorTime = 10 * time.Second

func (a *app) doctor(ctx context.Context, cmd *cli.Command) error {
	c := &checkup{app: a, cmd: cmd}
	c.directory()
	c.adminToken()
	c.certificate()
	c.address()
	c.memory()
	kept := c.store(ctx)
	c.providers(ctx)
	if kept != nil {
		if err := kept.Close(); err != nil {
			c.note("store", wrong, err.Error())
		}
	}
	var text strings.Builder
	failed := false
	for _, f := range c.findings {
		failed = failed || f.Verdict == wrong
		mark := string(f.Verdict)
		if f.Verdict == wrong {
			mark = paint(a.stdout, mark)
		}
		fmt.Fprintf(&text, "%s%s  %-11s  %s\n", mark, strings.Repeat(" ", len(warning)-len(f.Verdict)), f.Check, terminalSafe(f.Detail))
	}
	if cmd.Bool("json") {
		encoded, err := json.Marshal(map[string]any{"ok": !failed, "findings": c.findings})
		if err != nil {
			return err
		}
		text.Reset()
		text.Write(append(encoded, '\n'))
	}
	if err := a.deliver("", text.String()); err != nil {
		return err
	}
	if failed {
		return errReported
	}
	return nil
}

func (c *checkup) directory() {
	dir := c.cmd.String("data-dir")
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		c.note("data-dir", fine, dir+" is not there: the first start makes it if it needs it")
		return
	case err == nil && !info.IsDir():
		err = fmt.Errorf("%s is no directory", dir)
	case err == nil:
		err = checkPrivateDir(dir)
	}
	c.judge("data-dir", err, dir+" can be written to by nobody else")
}

func (c *checkup) adminToken() {
	const check = "admin-token"
	given := c.cmd.String("admin-token")
	if given != "" {
		c.app.redactor.Add(redact.NewSecret(given))
		if len(given) < minAdminToken {
			c.note(check, wrong, fmt.Sprintf("it is too short: make it at least %d random characters", minAdminToken))
			return
		}
		c.note(check, fine, "it is given, and long enough")
		return
	}
	file := filepath.Join(c.cmd.String("data-dir"), adminTokenFile)
	text, err := readPrivate(file)
	switch {
	case errors.Is(err, os.ErrNotExist):
		c.note(check, fine, "there is none: the first start makes one in "+file)
		return
	case err == nil && text == "":
		err = fmt.Errorf("%s is empty: remove it, and the next start makes a new token", file)
	}
	c.app.redactor.Add(redact.NewSecret(text))
	c.judge(check, err, file+" can be read by its owner alone")
}

// expiresSoon is how long before its end a certificate is told of.
const expiresSoon = 14 * 24 * time.Hour

func (c *checkup) certificate() {
	const check = "tls"
	certificate, err := newCertificate(c.cmd, slog.New(slog.DiscardHandler))
	if err == nil {
		_, err = clientCertificates(c.cmd)
	}
	if certificate == nil && err == nil {
		host, _, _ := net.SplitHostPort(c.cmd.String("listen"))
		if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
			c.note(check, fine, "there is none, and the server listens for this machine alone")
		} else {
			c.note(check, warning, "there is none: tokens and values cross the network in clear, unless something in front speaks TLS")
		}
		return
	}
	if err != nil {
		c.note(check, wrong, err.Error())
		return
	}
	leaf, now := certificate.present.Load().Certificates[0].Leaf, time.Now()
	until := leaf.NotAfter.UTC().Format(time.RFC3339)
	switch {
	case now.After(leaf.NotAfter):
		c.note(check, wrong, "the certificate ended at "+until+": renew it")
	case now.Before(leaf.NotBefore):
		c.note(check, wrong, "the certificate begins only at "+leaf.NotBefore.UTC().Format(time.RFC3339)+": look at the clock")
	case leaf.NotAfter.Sub(now) < expiresSoon:
		c.note(check, warning, "the certificate ends at "+until+": renew it")
	default:
		c.note(check, fine, "the certificate is valid until "+until)
	}
}

func (c *checkup) address() {
	listener, err := listen(c.cmd)
	if errors.Is(err, errAddressTaken) {
		c.note("listen", warning, err.Error()+"; that may be the server itself")
		return
	}
	if err == nil {
		err = listener.Close()
	}
	c.judge("listen", err, c.cmd.String("listen")+" is free")
}

func (c *checkup) memory() {
	limit, err := memlimit.FromCgroup()
	switch {
	case os.Getenv("GOMEMLIMIT") != "":
		c.note("memory", fine, "GOMEMLIMIT says how much the server may take")
	case err == nil && limit > 0 && limit < 1<<62:
		const enough = 128 << 20
		v := fine
		if limit < enough {
			v = warning
		}
		c.note("memory", v, fmt.Sprintf("the limit of the container is %d MiB; give at least %d", limit>>20, enough>>20))
	default:
		c.note("memory", warning, "there is no limit: set GOMEMLIMIT, or a limit of the container")
	}
}

// store opens the store that is there, and never makes one.
func (c *checkup) store(ctx context.Context) *store.Store {
	const check = "store"
	dir, shared := c.cmd.String("data-dir"), c.cmd.String("store") != "sqlite"
	if _, err := os.Stat(filepath.Join(dir, databaseFile)); !shared && errors.Is(err, os.ErrNotExist) {
		c.note(check, fine, "there is none: the first start makes it in "+dir)
		c.key(ctx)
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, doctorTime)
	defer cancel()
	warnings := &warningHandler{checkup: c}
	kept, err := c.app.openAndTell(limited, c.cmd, slog.New(warnings))
	switch {
	case errors.Is(err, store.ErrAbsent):
		c.note(check, fine, "there is none yet: the first start of a server founds it")
		c.key(ctx)
		return nil
	case errors.Is(err, sqlite.ErrInUse):
		c.note(check, warning, "a server uses it now: stop that one to have it checked, or ask it at /readyz")
		return nil
	case err != nil:
		c.note(check, wrong, err.Error())
		return nil
	}
	c.note(check, fine, kept.Name()+" is store "+kept.ID()+", and its master key is the right one")
	for _, condition := range resolver.Conditions(kept.Ready(limited)) {
		c.note(check, wrong, condition.Reason+": "+condition.Error())
	}
	c.clock(limited, kept)
	return kept
}

// key looks at a master key that no store needs yet.
func (c *checkup) key(ctx context.Context) {
	source, err := masterKey(ctx, c.cmd)
	if err == nil {
		err = source.Check()
	}
	c.judge("master-key", err, source.String()+" can be used")
}

// clockTolerance is how far clocks of a fleet may differ before it is told of.
const clockTolerance = 30 * time.Second

// clock compares ours with that of whoever wrote the newest row of the audit trail.
func (c *checkup) clock(ctx context.Context, kept *store.Store) {
	page, err := kept.Audit(ctx, "", store.AuditQuery{Paging: store.Paging{Limit: 1}})
	if err != nil || len(page.Items) == 0 {
		return
	}
	if ahead := time.Until(page.Items[0].Time); ahead > clockTolerance {
		c.note("clock", wrong, fmt.Sprintf("the newest row of the audit trail is %s ahead of this clock: set the clock, or that of the other nodes", ahead.Round(time.Second)))
		return
	}
	c.note("clock", fine, "it is not behind the newest row of the audit trail")
}

func (c *checkup) providers(ctx context.Context) {
	all, err := bindings(c.cmd)
	if err != nil {
		c.note("provider", wrong, err.Error())
		return
	}
	for _, binding := range all {
		asked, err := resolver.New(resolver.Options{Providers: []resolver.Binding{binding}, Redactor: c.app.redactor, Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			c.note("provider", wrong, err.Error())
			continue
		}
		limited, cancel := context.WithTimeout(ctx, doctorTime)
		c.judge("provider", asked.Ready(limited), binding.Provider.Name()+" answers")
		cancel()
		asked.Close()
	}
}

// warningHandler notes the warnings that opening a store logs.
type warningHandler struct{ checkup *checkup }

func (h *warningHandler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn
}

func (h *warningHandler) Handle(_ context.Context, r slog.Record) error {
	h.checkup.note("store", warning, r.Message)
	return nil
}

func (h *warningHandler) WithAttrs([]slog.Attr) slog.Handler { return h }

func (h *warningHandler) WithGroup(string) slog.Handler { return h }
