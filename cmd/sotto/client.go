package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// client asks a running server. Its errors name the server and never quote what
// was sent or what came back, besides the problem that the server reports.
type client struct {
	base  *url.URL
	token redact.Secret
	// scope is what --scope says; "" is the token's own.
	scope string
	http  *http.Client
}

// newClient is the client that --server and the token say.
func (a *app) newClient(cmd *cli.Command) (*client, error) {
	text := os.Getenv("SOTTO_TOKEN")
	if file := cmd.String("token-file"); file != "" {
		var err error
		if text, err = a.read(cmd, file); err != nil {
			return nil, err
		}
	}
	if text = strings.TrimSpace(text); text == "" {
		return nil, wrongUsage(cmd, "%w", errNoToken)
	}
	return a.clientWith(cmd, text)
}

var errNoToken = errors.New("a server asks for a token: set SOTTO_TOKEN or give --token-file")

func (a *app) clientWith(cmd *cli.Command, text string) (*client, error) {
	base, err := url.Parse(cmd.String("server"))
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") || base.User != nil {
		return nil, wrongUsage(cmd, "--server wants a URL such as https://sotto.internal:8080, without user or password")
	}
	token := redact.NewSecret(text)
	a.redactor.Add(token)
	return &client{base: base, token: token, scope: cmd.String("scope"), http: &http.Client{
		Timeout: time.Minute,
		// The token is for this server and for no other.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Close implements backend.
func (c *client) Close() error {
	c.http.CloseIdleConnections()
	return nil
}

// maxAnswer is the most that is read of one answer: 64 MiB.
const maxAnswer = 64 << 20

// do sends in, unless it is nil, and reads the answer into out, which is nil
// where the answer has no content.
func (c *client) do(ctx context.Context, method, path string, query url.Values, in, out any) error {
	var body io.Reader
	if in != nil {
		body = strings.NewReader(toJSON(in))
	}
	target := c.base.JoinPath(path)
	target.RawQuery = query.Encode()
	req, err := http.NewRequestWithContext(ctx, method, target.String(), body)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+c.token.Reveal())
	req.Header.Set("Accept", "application/json, application/problem+json")
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return c.unreachable(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return c.unreachable(err)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return c.problem(resp, answer)
	}
	if out == nil {
		if resp.StatusCode != http.StatusNoContent {
			return fmt.Errorf("%s answered %s to a %s: is it a sotto server?", c.base.Host, resp.Status, method)
		}
		return nil
	}
	if decodeAnswer(answer, out) != nil {
		return fmt.Errorf("%s did not answer in JSON: is it a sotto server?", c.base.Host)
	}
	return nil
}

// decodeAnswer reads JSON and keeps how its numbers are written.
func decodeAnswer(answer []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(answer))
	dec.UseNumber()
	return dec.Decode(into)
}

// lacks is the error for an answer without field, as a misrouted proxy may give.
// What is empty in its place would look like success.
func (c *client) lacks(field string) error {
	return fmt.Errorf("%s answered without %s: is it a sotto server?", c.base.Host, field)
}

func (c *client) unreachable(err error) error {
	// The URL in a url.Error would say nothing new.
	var inner *url.Error
	if errors.As(err, &inner) {
		err = inner.Err
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("cannot reach %s: nothing listens there; start `sotto serve`, or name another server with --server", c.base.Host)
	}
	return fmt.Errorf("cannot reach %s: %w", c.base.Host, err)
}

// problem is the error that an answer in application/problem+json stands for.
func (c *client) problem(resp *http.Response, answer []byte) error {
	var p struct {
		Code      string          `json:"code"`
		Detail    string          `json:"detail"`
		RequestID string          `json:"request_id"`
		Errors    []engine.Detail `json:"errors"`
		trace
	}
	if decodeAnswer(answer, &p) != nil || p.Code == "" {
		return fmt.Errorf("%s answered %s: is it a sotto server?", c.base.Host, resp.Status)
	}
	err := fmt.Errorf("%s [%s, request %s]", printable(p.Detail), printable(p.Code), printable(p.RequestID))
	if len(p.Errors) > 0 {
		return &mistakes{source: c.base.Host, code: p.Code, details: p.Errors, cause: err, trace: p.trace}
	}
	return err
}

func (c *client) render(ctx context.Context, in *renderRequest) (*renderAnswer, error) {
	if err := sendable("template", in.Template); err != nil {
		return nil, err
	}
	var out struct {
		Output  *string  `json:"output"`
		Secrets []string `json:"secrets"`
		Mode    string   `json:"mode"`
	}
	if err := c.do(ctx, http.MethodPost, "/v1/render", nil, in, &out); err != nil {
		return nil, err
	}
	if out.Output == nil {
		return nil, c.lacks("output")
	}
	return &renderAnswer{Output: redact.NewSensitive(*out.Output), Secrets: out.Secrets, Mode: out.Mode}, nil
}

func (c *client) evaluate(ctx context.Context, in *evaluateRequest) (*evaluateAnswer, error) {
	if err := sendable("expression", in.Expression); err != nil {
		return nil, err
	}
	var out struct {
		Result    json.RawMessage `json:"result"`
		Sensitive bool            `json:"sensitive"`
		Secrets   []string        `json:"secrets"`
		trace
	}
	err := c.do(ctx, http.MethodPost, "/v1/evaluate", nil, in, &out)
	var failed *mistakes
	switch {
	case errors.As(err, &failed):
		return &evaluateAnswer{trace: failed.trace}, err
	case err != nil:
		return nil, err
	case out.Result == nil:
		return nil, c.lacks("result")
	}
	var result any
	if decodeAnswer(out.Result, &result) != nil {
		return nil, c.lacks("result")
	}
	return &evaluateAnswer{
		Result: redact.NewSensitive(result), Sensitive: out.Sensitive, Secrets: out.Secrets, trace: out.trace,
	}, nil
}

func (c *client) lint(ctx context.Context, in *lintRequest) (*lintAnswer, error) {
	if in.Template != nil {
		if err := sendable("template", *in.Template); err != nil {
			return nil, err
		}
	}
	var out lintAnswer
	if err := c.do(ctx, http.MethodPost, "/v1/lint", nil, in, &out); err != nil {
		return nil, err
	}
	if !out.Valid && len(out.Diagnostics) == 0 {
		return nil, c.lacks("diagnostics")
	}
	return &out, nil
}

// redact implements backend. The whole input goes in one request, because a
// value could be split between two.
func (c *client) redact(ctx context.Context, out io.Writer, in io.Reader) error {
	text, err := bounded("stdin", in)
	if err != nil {
		return err
	}
	if err := sendable("stdin", text); err != nil {
		return err
	}
	var answer struct {
		Text *string `json:"text"`
	}
	if err := c.do(ctx, http.MethodPost, "/v1/redact", nil, map[string]string{"text": text, "scope": c.scope}, &answer); err != nil {
		return err
	}
	if answer.Text == nil {
		return c.lacks("text")
	}
	_, err = io.WriteString(out, *answer.Text)
	return err
}

// sendable refuses what JSON cannot carry unchanged.
func sendable(kind, text string) error {
	at := invalidUTF8(text)
	if at < 0 {
		return nil
	}
	place := macros.PlaceOf(text, macros.Pos(at))
	return &mistakes{source: kind, code: string(engine.InvalidRequest), details: []engine.Detail{{
		Code: engine.InvalidRequest, Message: "this is not UTF-8; only `sotto render` without --server takes such bytes",
		Line: place.Line, Column: place.Column,
	}}}
}
