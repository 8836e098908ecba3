package otlp

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// firstPause is the rest before a batch is sent again to a collector that may take it
// then; each rest is twice as long as the one before.
const firstPause = time.Second

// sender posts batches, one after the other.
type sender struct {
	config    *Config
	client    *http.Client
	transport *http.Transport
	ctx       context.Context
	abort     context.CancelFunc
}

func newSender(c *Config) (*sender, error) {
	config, err := c.tls()
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: config, ForceAttemptHTTP2: true,
		MaxIdleConns: 1, IdleConnTimeout: time.Minute, TLSHandshakeTimeout: c.timeout,
	}
	s := &sender{config: c, transport: transport, client: &http.Client{
		Transport: transport,
		// A redirection would take the headers, which hold keys, to somebody else.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	s.ctx, s.abort = context.WithCancel(context.Background())
	return s, nil
}

// send posts a batch and returns why it was not taken, or "". The reason is a kind or a
// status: the URL may hold a key, and the answer what was sent.
func (s *sender) send(body []byte) (reason string) {
	ctx, cancel := context.WithTimeout(s.ctx, s.config.timeout)
	defer cancel()
	if s.config.gzip {
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		_, _ = w.Write(body) // into memory, which never fails
		_ = w.Close()
		body = packed.Bytes()
	}
	for pause := firstPause; ; pause *= 2 {
		var after time.Duration
		var again bool
		if reason, after, again = s.post(ctx, body); !again {
			return reason
		}
		// Not all nodes at once, where the collector went away for all of them.
		after = max(after, pause/2+rand.N(pause))
		if end, _ := ctx.Deadline(); time.Until(end) < after {
			return reason
		}
		select {
		case <-ctx.Done():
			return reason
		case <-time.After(after):
		}
	}
}

// post sends a batch once. again says that it may be sent again, after a time.
func (s *sender) post(ctx context.Context, body []byte) (reason string, after time.Duration, again bool) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.config.endpoint, bytes.NewReader(body))
	if err != nil {
		return "the endpoint is no URL", 0, false
	}
	for name, value := range s.config.headers {
		r.Header.Set(name, value.Reveal())
	}
	r.Header.Set("Content-Type", "application/x-protobuf")
	if s.config.gzip {
		r.Header.Set("Content-Encoding", "gzip")
	}
	answer, err := s.client.Do(r)
	if err != nil {
		if ctx.Err() != nil {
			return "no answer in time", 0, false
		}
		return "no connection", 0, true
	}
	_, _ = io.CopyN(io.Discard, answer.Body, 64<<10) // so that the connection can be used again
	_ = answer.Body.Close()
	if answer.StatusCode/100 == 2 {
		return "", 0, false
	}
	seconds, _ := strconv.Atoi(answer.Header.Get("Retry-After"))
	switch answer.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		again = true
	}
	return "status " + strconv.Itoa(answer.StatusCode), time.Duration(seconds) * time.Second, again
}

func (s *sender) close() {
	s.abort()
	s.transport.CloseIdleConnections()
}
