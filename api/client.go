package api

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sotto-render/sotto/redact"
)

// Options are what a client may be told besides the address. Their zero value
// works, for the calls that need no token.
type Options struct {
	// Token is who calls.
	Token redact.Secret
	// Scope is where the calls work; "" is the token's own. See [Client.In].
	Scope string
	// HTTP makes the requests. Nil is a client of its own that follows no
	// redirects, because the token is for this server and for no other, and gives
	// up after a minute.
	HTTP *http.Client
	// Attempts is how often a call is tried, where trying again can do no harm:
	// see [Client]. 0 means 3, and 1 never tries again.
	Attempts int
	// MaxWait is the longest pause before a call is tried again; a server that
	// asks for more is not waited for. Default: 10 s.
	MaxWait time.Duration
}

// Client calls a server. It is safe for concurrent use.
//
// A call is tried again where the server cannot have carried it out: where nothing
// listens, and where the server says that it is too busy (429, or 503 with
// Retry-After). One that reads is also tried again after a broken connection. A
// call that changes something is not tried again after anything else, a 503 of the
// store among them: it may have been carried out. Between attempts it waits as long
// as the server asks for, else a little longer each time, and never beyond the
// context.
type Client struct {
	base  *url.URL
	token redact.Secret
	scope string
	http  *http.Client
	// streams is http for what may take as long as it likes.
	streams  *http.Client
	attempts int
	maxWait  time.Duration
}

// ErrAddress says that [New] was given no address of a server.
var ErrAddress = errors.New("the address of a server is a URL such as https://sotto.internal:8080, without user or password")

// ErrAnswer is what an answer is that no sotto server gives, such as that of a
// proxy that leads elsewhere. Nothing of the answer is quoted.
var ErrAnswer = errors.New("is it a sotto server?")

// New returns a client of the server at address, a URL such as
// https://sotto.internal:8080. It sends nothing yet. The error is [ErrAddress].
func New(address string, o Options) (*Client, error) {
	base, err := url.Parse(address)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") || base.User != nil {
		return nil, ErrAddress
	}
	base.RawQuery, base.Fragment = "", ""
	streams := o.HTTP
	if o.HTTP == nil {
		o.HTTP = &http.Client{
			Timeout:       time.Minute,
			Transport:     http.DefaultTransport.(*http.Transport).Clone(),
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	if streams == nil {
		unbounded := *o.HTTP
		unbounded.Timeout = 0
		streams = &unbounded
	}
	return &Client{
		base: base, token: o.Token, scope: o.Scope, http: o.HTTP, streams: streams,
		attempts: cmp.Or(o.Attempts, 3), maxWait: cmp.Or(o.MaxWait, 10*time.Second),
	}, nil
}

// In returns a client that works in scope, over the same connections.
func (c *Client) In(scope string) *Client {
	other := *c
	other.scope = scope
	return &other
}

// Host returns the host of the server, and its port where the address has one.
func (c *Client) Host() string { return c.base.Host }

// Close closes the connections that wait for a next call.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// scopeOr returns what a request names, or the client's own scope.
func (c *Client) scopeOr(given string) string { return cmp.Or(given, c.scope) }

// query is that of a call, with the client's scope in it.
func (c *Client) query() url.Values {
	query := url.Values{}
	if c.scope != "" {
		query.Set("scope", c.scope)
	}
	return query
}

// lacks is the error for an answer without field, as a misrouted proxy may give.
// What is empty in its place would look like success.
func (c *Client) lacks(field string) error {
	return fmt.Errorf("%s answered without %s: %w", c.base.Host, field, ErrAnswer)
}

// checkText refuses what JSON cannot carry unchanged: encoding/json would send
// another text without a word.
func checkText(kind, text string) error {
	if utf8.ValidString(text) {
		return nil
	}
	at := strings.IndexFunc(text, func(r rune) bool { return r == utf8.RuneError })
	return fmt.Errorf("the %s is not UTF-8, at or behind byte %d: JSON cannot carry it", kind, at)
}
