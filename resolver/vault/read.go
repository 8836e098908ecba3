package vault

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/hashicorp/vault/api"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/internal/shape"
)

// maxAnswer is how large an answer may be. An entry of the engine is at most 1 MiB.
const maxAnswer = 4 << 20

var (
	errAnswer  = errors.New("the server's answer is not one of Vault")
	errTimeout = errors.New("the server did not answer in time")
)

// bounded cuts answers off.
type bounded struct{ http.RoundTripper }

type boundedBody struct {
	io.Reader
	io.Closer
}

// RoundTrip implements [http.RoundTripper].
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		resp.Body = boundedBody{io.LimitReader(resp.Body, maxAnswer), resp.Body}
	}
	return resp, err
}

// get reads what stands at a path of the API. An error says that there is no answer;
// that of the server is its status.
func (p *Provider) get(ctx context.Context, path string) (status int, body []byte, err error) {
	return p.send(ctx, func(ctx context.Context) (*api.Response, error) {
		return p.client.Logical().ReadRawWithContext(ctx, path)
	})
}

// post writes to a path of the API.
func (p *Provider) post(ctx context.Context, path string, in any) (status int, body []byte, err error) {
	text, err := json.Marshal(in)
	if err != nil {
		return 0, nil, err
	}
	return p.send(ctx, func(ctx context.Context) (*api.Response, error) {
		return p.client.Logical().WriteRawWithContext(ctx, path, text)
	})
}

func (p *Provider) send(ctx context.Context, do func(context.Context) (*api.Response, error)) (status int, body []byte, err error) {
	limited, cancel := context.WithTimeoutCause(ctx, p.options.Timeout, errTimeout)
	defer cancel()
	resp, err := do(limited)
	if resp != nil && resp.Response != nil && resp.Body != nil {
		defer func() { _ = resp.Body.Close() }()
		// An error of the client is one of the server that has its body in it.
		if body, err = io.ReadAll(resp.Body); err == nil {
			return resp.StatusCode, body, nil
		}
	}
	switch {
	case ctx.Err() != nil:
		return 0, nil, ctx.Err()
	case limited.Err() != nil:
		return 0, nil, errTimeout
	}
	return 0, nil, fmt.Errorf("the server cannot be reached: %w", inner(err))
}

// inner is err without the address that the client repeats, in which the path of the
// secret stands.
func inner(err error) error {
	var at *url.Error
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// statusError says what a status means.
func statusError(status int) error {
	why := "the server answers with status %d"
	switch status {
	case http.StatusForbidden:
		why = "the server forbids it (status %d): look at the token and its policies"
	case http.StatusNotFound:
		why = "the server has no such engine (status %d): look at mount= and namespace="
	case http.StatusServiceUnavailable:
		why = "the server is sealed or in maintenance (status %d)"
	case http.StatusTooManyRequests:
		why = "the server's limit is reached (status %d)"
	}
	return fmt.Errorf(why, status)
}

// entry is what stands at one path. The zero entry is not there.
type entry struct {
	// data :: key -> JSON value; nil where there is no entry
	data map[string]json.RawMessage
	// raw is data as it came.
	raw     json.RawMessage
	version int64
}

// read reads one entry.
func (p *Provider) read(ctx context.Context, path string) (entry, error) {
	select {
	case p.turns <- struct{}{}:
		defer func() { <-p.turns }()
	case <-ctx.Done():
		return entry{}, ctx.Err()
	}
	if err := p.authorise(ctx); err != nil {
		return entry{}, err
	}
	version, err := p.engine(ctx)
	if err != nil {
		return entry{}, err
	}
	at := p.options.Mount + "/" + path
	if version == 2 {
		at = p.options.Mount + "/data/" + path
	}
	status, body, err := p.authorised(ctx, func() (int, []byte, error) { return p.get(ctx, at) })
	if err != nil {
		return entry{}, err
	}
	return parse(version, status, body)
}

// parse reads the answer of the engine. One that says 404 without a reason lacks the
// entry; with a reason there is no such engine.
func parse(version, status int, body []byte) (entry, error) {
	var answer struct {
		Errors []json.RawMessage `json:"errors"`
		Data   json.RawMessage   `json:"data"`
	}
	if status != http.StatusOK && status != http.StatusNotFound {
		return entry{}, statusError(status)
	}
	if json.Unmarshal(body, &answer) != nil {
		return entry{}, errAnswer
	}
	if status == http.StatusNotFound {
		if len(answer.Errors) > 0 {
			return entry{}, statusError(status)
		}
		return entry{}, nil // with the data of version 2 it was deleted or destroyed
	}
	e := entry{raw: answer.Data}
	if version == 2 {
		var inner struct {
			Data     json.RawMessage `json:"data"`
			Metadata struct {
				Version int64 `json:"version"`
			} `json:"metadata"`
		}
		if json.Unmarshal(answer.Data, &inner) != nil || inner.Metadata.Version == 0 {
			return entry{}, errAnswer
		}
		e = entry{raw: inner.Data, version: inner.Metadata.Version}
	}
	if json.Unmarshal(e.raw, &e.data) != nil || e.data == nil {
		return entry{}, errAnswer
	}
	return e, nil
}

// whole is the entry as one secret.
func (e entry) whole(values bool) (resolver.Entry, error) {
	if e.data == nil {
		return resolver.Entry{}, nil
	}
	raw := e.raw
	if only, ok := e.data["value"]; ok && len(e.data) == 1 && bytes.HasPrefix(bytes.TrimSpace(only), []byte(`"`)) {
		raw = only
	}
	return e.secret(raw, values)
}

// each is the entry as a secret for each of its keys.
func (e entry) each(aliases []string, values bool) ([]resolver.Entry, error) {
	named := make(map[string]json.RawMessage, len(e.data))
	twice := make(map[string]bool)
	for key, value := range e.data {
		if alias, ok := macros.Canonical(key); ok {
			_, twice[alias] = named[alias]
			named[alias] = value
		}
	}
	entries := make([]resolver.Entry, len(aliases))
	for i, alias := range aliases {
		value, ok := named[alias]
		switch {
		case !ok || string(value) == "null":
			continue
		case twice[alias]:
			return nil, fmt.Errorf("secret %q: there are two keys for it, because letter case does not count", alias)
		}
		var err error
		if entries[i], err = e.secret(value, values); err != nil {
			return nil, fmt.Errorf("secret %q: %w", alias, err)
		}
	}
	return entries, nil
}

func (e entry) secret(raw json.RawMessage, values bool) (resolver.Entry, error) {
	answer := resolver.Entry{Status: macros.Known, Version: e.version}
	if !values {
		return answer, nil
	}
	secret, err := shape.Secret(raw)
	if err != nil {
		return resolver.Entry{}, fmt.Errorf("what the engine has %w", err)
	}
	answer.Secret = secret
	return answer, nil
}
