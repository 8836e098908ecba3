package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/server"
)

// lint asks the API itself, in this process: what it says about a source is
// the same everywhere.
func (l *local) lint(ctx context.Context, in *api.LintRequest) (*api.LintResponse, error) {
	token := redact.NewSecret(newToken())
	inside, err := server.New(server.Options{
		Resolver: l.resolver, Redactor: l.redactor, AdminToken: token, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return nil, err
	}
	in.Scope = string(l.scope)
	c, err := api.New("http://sotto", api.Options{Token: token, HTTP: &http.Client{Transport: handlerTransport{inside.Handler()}}})
	if err != nil {
		return nil, err
	}
	return remote{c}.lint(ctx, in)
}

// handlerTransport answers requests by calling a handler.
type handlerTransport struct{ handler http.Handler }

// RoundTrip implements [http.RoundTripper].
func (t handlerTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	answer := &answer{header: make(http.Header), status: http.StatusOK}
	t.handler.ServeHTTP(answer, req)
	return &http.Response{
		StatusCode: answer.status, Status: http.StatusText(answer.status), Header: answer.header,
		Body: io.NopCloser(&answer.body), Request: req, ProtoMajor: 1, ProtoMinor: 1,
	}, nil
}

// answer is a [http.ResponseWriter] that keeps what is written.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) { a.status = status }

func (a *answer) Write(b []byte) (int, error) { return a.body.Write(b) }
