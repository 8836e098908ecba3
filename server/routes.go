package server

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sotto-render/sotto/api"
)

// route is one row of the API.
type route struct {
	method  string
	pattern string
	// needs is what the caller has to be allowed. Some endpoints ask for more
	// when they know what is asked for.
	needs  right
	handle endpoint
	// computes says that it takes time on the processors by the client's will, so
	// that requests of it take turns.
	computes bool
	// repeats says that a request of it with an Idempotency-Key is carried out once.
	repeats  bool
	duration prometheus.Observer
	log      slog.Handler
	// answered :: status -> the counter of requests by the route's method
	answered [600]atomic.Pointer[prometheus.Counter]
}

// table is the API. What is not in it does not exist.
func (s *Server) table() []*route {
	rows := []*route{
		{method: "POST", pattern: "/v1/render", needs: mayPreview, handle: s.render, computes: true},
		{method: "POST", pattern: "/v1/render/batch", needs: mayPreview, handle: s.renderBatch, computes: true},
		{method: "POST", pattern: "/v1/evaluate/batch", needs: mayPreview, handle: s.evaluateBatch, computes: true},
		{method: "POST", pattern: "/v1/evaluate", needs: mayPreview, handle: s.evaluate, computes: true},
		{method: "POST", pattern: "/v1/lint", needs: mayPreview, handle: s.lint, computes: true},
		{method: "POST", pattern: "/v1/redact", needs: maySend, handle: s.redact, computes: true},
		{method: "GET", pattern: "/v1/macros", needs: mayPreview, handle: s.macros},
		{method: "GET", pattern: "/healthz", handle: s.healthz},
		{method: "GET", pattern: "/readyz", handle: s.readyz},
		{method: "GET", pattern: "/metrics", handle: s.metricsPage},
		{method: "GET", pattern: "/openapi.yaml", handle: s.openapi},
	}
	if s.store == nil {
		return rows
	}
	if s.console != nil {
		rows = append(rows,
			&route{method: "POST", pattern: "/console/sign-in", handle: s.showSignInCode},
			&route{method: "POST", pattern: "/console/session", handle: s.createSession},
			&route{method: "GET", pattern: "/console/session", needs: mayPreview, handle: s.showSession},
			&route{method: "DELETE", pattern: "/console/session", needs: mayPreview, handle: s.endSession},
		)
		rows = append(rows, s.consoleFiles()...)
	}
	rows = append(rows, s.templates().routes("/v1/templates")...)
	rows = append(rows, s.flows().routes("/v1/flows")...)
	return append(rows,
		&route{method: "GET", pattern: "/v1/secrets", needs: mayPreview, handle: s.listSecrets},
		&route{method: "POST", pattern: "/v1/secrets", needs: mayAdminister, handle: s.createSecret, repeats: true},
		&route{method: "GET", pattern: "/v1/secrets/{alias}", needs: mayPreview, handle: s.showSecret},
		&route{method: "PATCH", pattern: "/v1/secrets/{alias}", needs: mayAdminister, handle: s.editSecret, repeats: true},
		&route{method: "DELETE", pattern: "/v1/secrets/{alias}", needs: mayAdminister, handle: s.deleteSecret},
		&route{method: "POST", pattern: "/v1/secrets/{alias}/archive", needs: mayAdminister, handle: s.archiveSecret},
		&route{method: "POST", pattern: "/v1/secrets/{alias}/restore", needs: mayAdminister, handle: s.restoreSecret},
		&route{method: "GET", pattern: "/v1/secrets/{alias}/usage", needs: mayAdminister, handle: s.secretUsage},
		&route{method: "GET", pattern: "/v1/secrets/{alias}/resolution", needs: mayAdminister, handle: s.secretResolution},
		&route{method: "GET", pattern: "/v1/tokens", needs: mayAdminister, handle: s.listTokens},
		&route{method: "POST", pattern: "/v1/tokens", needs: mayAdminister, handle: s.createToken, repeats: true},
		&route{method: "GET", pattern: "/v1/tokens/{id}", needs: mayAdminister, handle: s.showToken},
		&route{method: "DELETE", pattern: "/v1/tokens/{id}", needs: mayAdminister, handle: s.revokeToken},
		&route{method: "GET", pattern: "/v1/audit", needs: mayAdminister, handle: s.audit},
	)
}

type methodHandler struct {
	method string
	serve  http.HandlerFunc
}

// routes builds the handler of the whole API.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	allowed := make(map[string][]string)
	// fixed :: path without parameters -> its handlers; it spares the calls
	// that matter the search of ServeMux
	fixed := make(map[string][]methodHandler)
	for _, rt := range s.table() {
		rt.duration = s.metrics.duration.WithLabelValues(rt.pattern)
		rt.log = s.routeLog(rt.method, rt.pattern)
		serve := s.serve(rt)
		mux.HandleFunc(rt.method+" "+rt.pattern, serve)
		if !strings.Contains(rt.pattern, "{") {
			fixed[rt.pattern] = append(fixed[rt.pattern], methodHandler{rt.method, serve})
		}
		allowed[rt.pattern] = append(allowed[rt.pattern], rt.method)
		if rt.method == http.MethodGet {
			allowed[rt.pattern] = append(allowed[rt.pattern], http.MethodHead)
		}
	}
	for pattern, methods := range allowed {
		mux.HandleFunc(pattern, s.serve(s.otherMethod(pattern, methods)))
	}
	unknown := s.serve(s.unknown())
	mux.HandleFunc("/", unknown)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, h := range fixed[r.URL.Path] {
			if h.method == r.Method {
				h.serve(w, r)
				return
			}
		}
		// ServeMux would redirect a path that is not clean.
		if path := r.URL.Path; !strings.HasPrefix(path, "/") || strings.Contains(path, "//") || strings.Contains(path, "/.") {
			unknown(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func (s *Server) otherMethod(pattern string, methods []string) *route {
	slices.Sort(methods)
	allow := strings.Join(methods, ", ")
	return &route{
		pattern: pattern, duration: s.metrics.duration.WithLabelValues(pattern),
		handle: func(*exchange) error {
			return &failure{code: api.InvalidRequest, message: "this path takes " + allow + " only", allow: allow}
		},
	}
}

func (s *Server) unknown() *route {
	const pattern = "other"
	return &route{
		pattern: pattern, duration: s.metrics.duration.WithLabelValues(pattern),
		handle: func(*exchange) error {
			return errNoPath
		},
	}
}

var errNoPath = fail(api.NotFound, "there is no such path in this API")
