package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strings"

	"github.com/sotto-render/sotto/redact"
)

// Recipient is one of those that a batch renders or evaluates for.
type Recipient struct {
	// ID is what the answer calls it: a string, a number, or nil.
	ID   any            `json:"id"`
	Vars map[string]any `json:"vars,omitempty"`
}

// Rendered is what a batch rendered for one recipient.
type Rendered struct {
	// ID is that of the recipient: a string, a json.Number, or nil.
	ID any
	// Output is that of one template, Outputs those of parts by name.
	Output  redact.Sensitive[string]
	Outputs map[string]redact.Sensitive[string]
	// Problem says why there is no output.
	Problem *Problem
}

// BatchDone is what became of a batch that is whole.
type BatchDone struct {
	OK     int `json:"ok"`
	Failed int `json:"failed"`
	// Secrets are the canonical aliases that were used.
	Secrets []string `json:"secrets"`
}

// ErrCut is what the error of a batch is whose answer ended before it was whole.
// What was answered is done.
var ErrCut = errors.New("the batch ended before it was whole")

// RenderBatch renders for all recipients and calls each with what came out, in their
// order, while they are still sent. in has no Vars. An error of each ends the batch
// and is returned. So is a [*Problem], of a batch that did not begin or was cut.
func (c *Client) RenderBatch(
	ctx context.Context, in RenderRequest, recipients iter.Seq[Recipient], each func(Rendered) error,
) (*BatchDone, error) {
	return c.RenderLines(ctx, in, encoded(recipients), func(line []byte) error {
		var got struct {
			ID      any               `json:"id"`
			Output  string            `json:"output"`
			Outputs map[string]string `json:"outputs"`
			Error   *Problem          `json:"error"`
		}
		if decode(line, &got) != nil {
			return c.lacks("a recipient")
		}
		one := Rendered{ID: got.ID, Output: redact.NewSensitive(got.Output), Problem: got.Error}
		if got.Outputs != nil {
			one.Outputs = make(map[string]redact.Sensitive[string], len(got.Outputs))
			for name, text := range got.Outputs {
				one.Outputs[name] = redact.NewSensitive(text)
			}
		}
		return each(one)
	})
}

// RenderLines is [Client.RenderBatch] for recipients that are NDJSON already. each is
// called with the line of each recipient, without its end, which is in clear; it must
// not keep it. The lines that problems name are those of recipients, from 1.
func (c *Client) RenderLines(
	ctx context.Context, in RenderRequest, recipients io.Reader, each func(line []byte) error,
) (*BatchDone, error) {
	in.Scope, in.Vars = c.scopeOr(in.Scope), nil
	return c.lines(ctx, "/v1/render/batch", in, recipients, each)
}

// EvaluateLines is [Client.RenderLines] for expressions.
func (c *Client) EvaluateLines(
	ctx context.Context, in EvaluateRequest, recipients io.Reader, each func(line []byte) error,
) (*BatchDone, error) {
	in.Scope, in.Vars, in.Order = c.scopeOr(in.Scope), nil, nil
	return c.lines(ctx, "/v1/evaluate/batch", in, recipients, each)
}

// encoded is recipients as NDJSON.
func encoded(recipients iter.Seq[Recipient]) io.Reader {
	next, stop := iter.Pull(recipients)
	return &encoder{next: next, stop: stop}
}

// encoder writes recipients when they are read.
type encoder struct {
	next func() (Recipient, bool)
	stop func()
	text bytes.Buffer
}

// Read implements [io.Reader].
func (e *encoder) Read(p []byte) (int, error) {
	for e.text.Len() == 0 {
		recipient, ok := e.next()
		if !ok {
			return 0, io.EOF
		}
		encoder := json.NewEncoder(&e.text)
		encoder.SetEscapeHTML(false)
		if encoder.Encode(recipient) != nil {
			// The encoder's own text may quote a value.
			return 0, errors.New("a recipient holds something that JSON cannot say, such as a function or an infinite number")
		}
	}
	return e.text.Read(p)
}

// Close implements [io.Closer]: it ends the recipients.
func (e *encoder) Close() error {
	e.stop()
	return nil
}

// lines makes a call whose body and answer are lines. It is made once: nobody can
// tell what of a stream was carried out.
func (c *Client) lines(ctx context.Context, path string, in any, recipients io.Reader, each func([]byte) error) (*BatchDone, error) {
	head := encode(in)
	if head == nil {
		return nil, errors.New("the request holds something that JSON cannot say, such as a function or an infinite number")
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	body := &pending{Reader: io.MultiReader(bytes.NewReader(append(bytes.TrimSpace(head), '\n')), recipients), closed: make(chan struct{})}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(c.base.String(), "/")+path, body)
	if err != nil {
		return nil, errors.New("the address makes no request")
	}
	if token := c.token.Reveal(); token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	req.Header.Set("Content-Type", "application/x-ndjson")
	req.Header.Set("Accept", "application/x-ndjson, application/problem+json")
	req.Header.Set("Accept-Encoding", "identity")
	endless := *c.http
	endless.Timeout = 0 // a stream takes as long as it takes
	resp, err := endless.Do(req)
	if err != nil {
		return nil, fmt.Errorf("cannot reach %s: %w", c.base.Host, withoutURL(err))
	}
	defer func() {
		cancel()
		_ = resp.Body.Close() // only read from
		<-body.closed         // the caller's own reader is the caller's again
		if closer, ok := recipients.(*encoder); ok {
			_ = closer.Close() // it has nothing to fail with
		}
	}()
	if resp.StatusCode != http.StatusOK {
		read, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
		if err != nil {
			return nil, fmt.Errorf("cannot reach %s: %w", c.base.Host, withoutURL(err))
		}
		return nil, c.read(call{method: http.MethodPost}, &answer{status: resp.StatusCode, header: resp.Header, body: read}, nil)
	}
	return c.readLines(resp.Body, each)
}

// pending is a body that tells when the transport is done with it.
type pending struct {
	io.Reader
	closed chan struct{}
}

// Close implements [io.Closer].
func (p *pending) Close() error {
	select {
	case <-p.closed:
	default:
		close(p.closed)
	}
	return nil
}

// withoutRequest is a line of an answer in which a problem that names a line of the body
// names that of the recipients: the request, which the client has put before them, is none.
func withoutRequest(line []byte) []byte {
	if !bytes.Contains(line, []byte(`,"error":{`)) {
		return line
	}
	var of struct {
		ID    json.RawMessage `json:"id"`
		Error *Problem        `json:"error"`
	}
	if decode(line, &of) != nil || of.Error == nil || len(of.Error.Errors) != 1 {
		return line
	}
	// The places of other problems are those in the source.
	named := &of.Error.Errors[0]
	prefix := fmt.Sprintf("line %d", named.Line)
	if rest, ok := strings.CutPrefix(of.Error.Detail, prefix); ok && strings.ContainsAny(rest[:min(1, len(rest))], ",: ") {
		named.Line--
		before := fmt.Sprintf("line %d", named.Line)
		of.Error.Detail = before + rest
		if rest, ok := strings.CutPrefix(named.Message, prefix); ok {
			named.Message = before + rest
		}
		if told := encode(of); told != nil {
			return bytes.TrimSpace(told)
		}
	}
	return line
}

// readLines reads the answer to a batch.
func (c *Client) readLines(from io.Reader, each func([]byte) error) (*BatchDone, error) {
	for lines := bufio.NewReaderSize(from, 64<<10); ; {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.base.Host, ErrCut)
		}
		line = bytes.TrimSuffix(line, []byte("\n"))
		if bytes.HasPrefix(line, []byte(`{"id":`)) {
			if err := each(withoutRequest(line)); err != nil {
				return nil, err
			}
			continue
		}
		var last struct {
			Done  *BatchDone `json:"done"`
			Error *Problem   `json:"error"`
		}
		switch err := decode(line, &last); {
		case err == nil && last.Done != nil:
			return last.Done, nil
		case err == nil && last.Error != nil && last.Error.Code != "":
			return nil, fmt.Errorf("%w: %w", ErrCut, last.Error)
		}
		return nil, c.lacks("done")
	}
}
