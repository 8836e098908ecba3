package server

import (
	"crypto/tls"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/internal/jsonread"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/server/internal/admission"
)

// Options are what a server is made of.
type Options struct {
	// Resolver finds the secrets. It MUST be set.
	Resolver *resolver.Resolver
	// Redactor knows every value that the process resolved. Nil makes one of
	// its own, which suits only a Resolver without secrets.
	Redactor *redact.Redactor
	// Logger gets the access log and errors, redacted. Nil means
	// [slog.Default].
	Logger *slog.Logger
	// Store keeps secrets, tokens, templates and the audit trail. Nil leaves
	// out the calls that need it.
	Store *store.Store
	// AdminToken may do everything in every scope. An empty one admits
	// nobody. It never appears in a log.
	AdminToken redact.Secret
	// TLS makes [Server.Serve] speak TLS.
	TLS *tls.Config
	// ClientCertificates are the clients that need no token; TLS asks for their
	// certificates and verifies them.
	ClientCertificates []ClientCertificate
	// CertificateExpires, if not nil, is when the server's certificate ends to be
	// valid, for metrics.
	CertificateExpires func() time.Time
	// Console serves the console at /console/, and takes sessions of browsers beside
	// tokens. It needs a Store.
	Console bool
	// PublicURL is where browsers find the server, if not at its own address. One
	// with https makes the console's cookies Secure.
	PublicURL string
	// RequireDeclared makes a send use no secret but those of its
	// required_secrets, or of the stored template: without any it uses none.
	RequireDeclared bool
	// Limits bound what a client can cost.
	Limits Limits
	// Drain is how long [Server.Serve] goes on listening after its context ended, for
	// balancers to notice that it is not ready any more.
	Drain time.Duration
	// Version is that of the build, for GET /openapi.yaml and metrics. Empty means "devel".
	Version string
	// LogDropped, if not nil, counts the log's records that were lost, for metrics.
	LogDropped func() uint64
	// LogMasked, if not nil, counts the masks in the log, for metrics; see
	// [redact.Redactor.Counting]. Nil counts what the server itself logs.
	LogMasked func() uint64
	// Tracer takes the spans of requests. Nil makes none.
	Tracer Tracer
	// SpansLost, if not nil, counts the spans that the Tracer lost, for metrics.
	SpansLost func() uint64
}

// Server is the HTTP API. It is safe for concurrent use, holds no goroutine
// while [Server.Serve] does not run, and closes nothing that it was given.
type Server struct {
	resolver *resolver.Resolver
	redactor *redact.Redactor
	// ids is it, for what callers call their requests.
	ids   *redact.Redactor
	store *store.Store
	// logger is for our own words, and free for those of others; see ownKeys.
	logger *slog.Logger
	free   slog.Handler
	admin  adminToken
	tls    *tls.Config
	// clients are known by their certificates, from no page of another site.
	clients     []ClientCertificate
	crossOrigin *http.CrossOriginProtection
	limits      Limits
	metrics     *metrics
	tracer      Tracer // nil for none
	compiled    *compiled
	console     *consolePages // nil where there is none
	admission   *admission.Controller
	requests    jsonread.Decoder
	handler     http.Handler
	drainTime   time.Duration
	// description is what GET /openapi.yaml answers.
	description []byte
	// requireDeclared is that of the options.
	requireDeclared bool
	unwell          unwell
	// ending says that the server is to end: each answer closes its connection.
	ending atomic.Bool
}

// New returns a server that serves nothing yet.
func New(o Options) (*Server, error) {
	if o.Resolver == nil {
		return nil, errors.New("server: no resolver was given")
	}
	if o.Redactor == nil {
		o.Redactor = redact.New()
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	logged := o.Redactor
	if o.AdminToken.Reveal() != "" {
		o.Redactor.Add(o.AdminToken)
	}
	if o.LogMasked == nil {
		masked := new(atomic.Uint64)
		o.LogMasked = masked.Load
		logged = o.Redactor.Counting(func(masks int) { masked.Add(uint64(masks)) })
	}
	free := redacting(o.Logger.Handler(), logged)
	s := &Server{
		resolver: o.Resolver,
		redactor: o.Redactor,
		store:    o.Store,
		logger:   slog.New(free.Trust(ownKeys...)),
		free:     free,
		admin:    newAdminToken(o.AdminToken),
		tls:      o.TLS,
		clients:  o.ClientCertificates,

		crossOrigin: http.NewCrossOriginProtection(),

		limits:   o.Limits.withDefaults(),
		requests: jsonread.Decoder{NewObject: func() jsonread.Object { return new(engine.Object) }},

		tracer:      o.Tracer,
		drainTime:   o.Drain,
		description: describe(o.Version),

		requireDeclared: o.RequireDeclared,
		unwell:          unwell{told: make(map[string]time.Time)},
	}
	s.admission = newAdmission(&s.limits)
	s.metrics = newMetrics(o.Resolver, o.Store, s.admission)
	s.metrics.countRedactions(o.LogMasked)
	s.ids = s.metrics.counting(o.Redactor, surfaceID)
	s.metrics.countLosses(o.LogDropped, o.SpansLost)
	s.metrics.tellExpiry(o.CertificateExpires)
	s.metrics.tellBuild(o.Version)
	s.compiled = newCompiled(s.limits.CacheBytes, o.Store)
	s.metrics.countTemplates(s.compiled)
	if o.Console && o.Store != nil {
		var err error
		if s.console, err = newConsolePages(o.PublicURL); err != nil {
			return nil, err
		}
	}
	s.handler = s.routes()
	return s, nil
}

// ownKeys are those of attributes that hold what the server made or looked up itself. What a
// caller sent stands under one of them only where it was redacted before: see [names] and
// [exchange.scopeAttr].
var ownKeys = []string{"request_id", "audit_id", "trace_id", "status", "bytes", "took", "token", "code", "method", "route", "scope"}

// redacting returns h behind the redactor, unless it is already behind one.
func redacting(h slog.Handler, r *redact.Redactor) *redact.Handler {
	if redacted, ok := h.(*redact.Handler); ok {
		return redacted
	}
	return r.Handler(h)
}

// Handler returns the API.
func (s *Server) Handler() http.Handler { return s.handler }
