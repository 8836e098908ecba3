package redact

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
)

// Client makes requests as an [http.Client] does, and its errors show no value: not in the
// URL of the [url.Error] either, where no [http.RoundTripper] reaches. Answers come as they
// are; [Redactor.Response] and [Redactor.DumpResponse] show them. It is safe for concurrent
// use if its fields are not changed.
type Client struct {
	// Redactor masks the errors. It MUST be set.
	Redactor *Redactor
	// HTTP makes the requests; nil means [http.DefaultClient]. One whose transport is a
	// [Transport] logs them too.
	HTTP *http.Client
}

// Do sends a request, see [http.Client.Do]. An error is a [*url.Error] whose URL and text
// are masked; errors.Is and errors.As find what is in it.
func (c *Client) Do(req *http.Request) (*http.Response, error) {
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(req)
	return resp, c.Redactor.URLError(err)
}

// Get is as [http.Client.Get].
func (c *Client) Get(url string) (*http.Response, error) {
	return c.send(http.MethodGet, url, "", nil)
}

// Head is as [http.Client.Head].
func (c *Client) Head(url string) (*http.Response, error) {
	return c.send(http.MethodHead, url, "", nil)
}

// Post is as [http.Client.Post].
func (c *Client) Post(url, contentType string, body io.Reader) (*http.Response, error) {
	return c.send(http.MethodPost, url, contentType, body)
}

// PostForm is as [http.Client.PostForm].
func (c *Client) PostForm(url string, data url.Values) (*http.Response, error) {
	return c.Post(url, "application/x-www-form-urlencoded", strings.NewReader(data.Encode()))
}

func (c *Client) send(method, address, contentType string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequest(method, address, body)
	if err != nil {
		// What is wrong with a URL is said with the URL.
		return nil, c.Redactor.URLError(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	return c.Do(req)
}

// URLError is [Redactor.Error] for an error of net/http or net/url. Where err is or wraps a
// [*url.Error], the result is one whose URL is shown as [Redactor.URL] does, and whose Err
// is redacted: its Timeout and Temporary are those of err.
func (r *Redactor) URLError(err error) error {
	var failed *url.Error
	if !errors.As(err, &failed) {
		return r.Error(err)
	}
	shown := Mask // a URL that does not parse may hold anything
	if parsed, err := url.Parse(failed.URL); err == nil {
		shown = r.URL(parsed)
	}
	return &url.Error{Op: r.String(failed.Op), URL: shown, Err: &exchangeError{r.Error(failed.Err), failed}}
}

// exchangeError is the redacted cause of a [*url.Error], which answers the questions that
// url.Error asks its cause as that did.
type exchangeError struct {
	error
	failed *url.Error
}

func (e *exchangeError) Timeout() bool   { return e.failed.Timeout() }
func (e *exchangeError) Temporary() bool { return e.failed.Temporary() }
func (e *exchangeError) Unwrap() error   { return e.error }

// Transport is an [http.RoundTripper] that logs each request with its answer, and hands on
// errors redacted. What it logs is a view ([Redactor.Request], [Redactor.Response]) without
// bodies; what is sent and received stays as it is.
type Transport struct {
	// Redactor masks what is logged. It MUST be set.
	Redactor *Redactor
	// Base sends; nil means [http.DefaultTransport].
	Base http.RoundTripper
	// Logger gets a record for each exchange, at debug, or at warn for one that failed.
	// Nil logs nothing.
	Logger *slog.Logger
}

// RoundTrip sends a request, see [http.RoundTripper].
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	base := t.Base
	if base == nil {
		base = http.DefaultTransport
	}
	resp, err := base.RoundTrip(req)
	if err != nil {
		err = t.Redactor.Error(err)
		t.log(req, slog.LevelWarn, "HTTP request failed", slog.Any("error", err))
		return resp, err
	}
	t.log(req, slog.LevelDebug, "HTTP request", slog.Any("response", t.Redactor.Response(resp, nil)))
	return resp, nil
}

func (t *Transport) log(req *http.Request, level slog.Level, message string, outcome slog.Attr) {
	if t.Logger == nil || !t.Logger.Enabled(req.Context(), level) {
		return
	}
	t.Logger.LogAttrs(req.Context(), level, message, slog.Any("request", t.Redactor.Request(req, nil)), outcome)
}
