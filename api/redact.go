package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// streamType is the Content-Type of bytes that are masked as they stand.
const streamType = "application/octet-stream"

// RedactStream masks what it reads of in, of any length and of any bytes, and writes it
// to out as the server sends it: lines come out while in is still open. What was written
// before an error is masked, and not whole. It needs the role [Render], and is not tried
// again. [Options.HTTP] may bound it by a Timeout; the client's own does not.
func (c *Client) RedactStream(ctx context.Context, out io.Writer, in io.Reader) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// The transport closes what it can; in is the caller's.
	req, err := c.request(ctx, call{method: http.MethodPost, path: "/v1/redact", query: c.query()}, io.NopCloser(in))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", streamType)
	resp, err := c.streams.Do(req)
	if err != nil {
		return fmt.Errorf("cannot reach %s: %w", c.base.Host, withoutURL(err))
	}
	defer func() { _ = resp.Body.Close() }() // only read from
	if resp.StatusCode != http.StatusOK {
		body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
		if err != nil {
			return fmt.Errorf("cannot reach %s: %w", c.base.Host, withoutURL(err))
		}
		return c.read(call{}, &answer{status: resp.StatusCode, header: resp.Header, body: body}, nil)
	}
	if resp.Header.Get("Content-Type") != streamType {
		return fmt.Errorf("%s did not answer with a stream: %w", c.base.Host, ErrAnswer)
	}
	sink := &sink{next: out}
	_, err = io.Copy(sink, resp.Body)
	switch {
	case sink.err != nil:
		return sink.err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%s ended before all was masked", c.base.Host)
	case err != nil:
		return fmt.Errorf("%s does not answer any more: %w", c.base.Host, withoutURL(err))
	}
	return nil
}

// sink tells an error of what is written to from one of what is read.
type sink struct {
	next io.Writer
	err  error
}

// Write implements [io.Writer].
func (s *sink) Write(p []byte) (int, error) {
	n, err := s.next.Write(p)
	s.err = err
	return n, err
}
