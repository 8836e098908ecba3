package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// call is one call of the API.
type call struct {
	method, path string
	query        url.Values
	header       http.Header
	// in is what is sent as JSON; nil for no body.
	in any
	// changes says that the call may leave something behind, so that it must not
	// be carried out twice.
	changes bool
}

// maxAnswer is the most that is read of one answer: 64 MiB.
const maxAnswer = 64 << 20

// answer is what came back, whole.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// do makes a call, as often as [Client] says, and reads the answer into out, which
// is nil where the answer has no content.
func (c *Client) do(ctx context.Context, call call, out any) error {
	var body []byte
	if call.in != nil {
		if body = encode(call.in); body == nil {
			// The encoder's own text may quote a value.
			return errors.New("the request holds something that JSON cannot say, such as a function or an infinite number")
		}
	}
	for attempt := 1; ; attempt++ {
		got, err := c.send(ctx, call, body)
		wait, again := c.again(call, got, err, attempt)
		if again && pause(ctx, wait) {
			continue
		}
		if err != nil {
			return fmt.Errorf("cannot reach %s: %w", c.base.Host, err)
		}
		return c.read(call, got, out)
	}
}

// send makes one attempt.
func (c *Client) send(ctx context.Context, call call, body []byte) (*answer, error) {
	req, err := c.request(ctx, call, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json, application/problem+json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, withoutURL(err)
	}
	defer func() { _ = resp.Body.Close() }() // only read from
	read, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, withoutURL(err)
	}
	return &answer{status: resp.StatusCode, header: resp.Header, body: read}, nil
}

// request makes the request of a call.
func (c *Client) request(ctx context.Context, call call, body io.Reader) (*http.Request, error) {
	// The path is added as text: joined to the URL, an escaped slash in an id
	// would become one that parts it.
	address := strings.TrimRight(c.base.String(), "/") + call.path
	if len(call.query) > 0 {
		address += "?" + call.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, call.method, address, body)
	if err != nil {
		return nil, errors.New("the address makes no request")
	}
	maps.Copy(req.Header, call.header)
	if token := c.token.Reveal(); token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return req, nil
}

// withoutURL takes the address off an error: an alias or a scope in it says nothing
// new.
func withoutURL(err error) error {
	var outer *url.Error
	if errors.As(err, &outer) {
		return outer.Err
	}
	return err
}

// again reports whether the call may be tried once more after this attempt, and
// how long to wait before.
func (c *Client) again(call call, got *answer, err error, attempt int) (wait time.Duration, again bool) {
	if attempt >= c.attempts {
		return 0, false
	}
	wait = 100 * time.Millisecond << (attempt - 1)
	reads := call.method == http.MethodGet
	switch {
	case err != nil:
		// Where nothing listens nothing was sent. Any other break may come after
		// the server did the work.
		return wait, reads || errors.Is(err, syscall.ECONNREFUSED)
	case got.status == http.StatusServiceUnavailable && call.changes:
		// The store may have failed between the change and the answer.
		return 0, false
	case got.status != http.StatusTooManyRequests && got.status != http.StatusServiceUnavailable:
		return 0, false
	}
	asked, ok := retryAfter(got.header, time.Now())
	if !ok {
		return wait, reads
	}
	return asked, asked <= c.maxWait
}

// retryAfter reads the header of that name: seconds, or a date.
func retryAfter(header http.Header, now time.Time) (time.Duration, bool) {
	text := header.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil && seconds >= 0 {
		return time.Duration(seconds) * time.Second, true
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(at.Sub(now), 0), true
	}
	return 0, false
}

// pause waits, and reports whether ctx lasted so long.
func pause(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// line names the status in our own words: what a foreign server writes behind the
// number may be anything.
func (a *answer) line() string {
	if text := http.StatusText(a.status); text != "" {
		return strconv.Itoa(a.status) + " " + text
	}
	return strconv.Itoa(a.status)
}

// read takes what the answer says.
func (c *Client) read(call call, got *answer, out any) error {
	switch {
	case got.status < 200 || got.status > 299:
		p := &Problem{}
		if decode(got.body, p) != nil || p.Code == "" {
			return fmt.Errorf("%s answered %s: %w", c.base.Host, got.line(), ErrAnswer)
		}
		return p
	case out == nil && got.status != http.StatusNoContent:
		return fmt.Errorf("%s answered %s to a %s: %w", c.base.Host, got.line(), call.method, ErrAnswer)
	case out == nil:
		return nil
	case decode(got.body, out) != nil:
		// The decoder's own text may quote the answer.
		return fmt.Errorf("%s did not answer in JSON: %w", c.base.Host, ErrAnswer)
	}
	return nil
}

// decode reads JSON and keeps how its numbers are written.
func decode(body []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	return decoder.Decode(into)
}
