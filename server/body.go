package server

import (
	"io"
	"net/http"
	"strconv"
	"time"
	"unsafe"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/internal/jsonread"
)

// decode reads the request's body, which is JSON, into q.
func (s *Server) decode(x *exchange, q jsonread.Fields) error {
	if err := x.mayBeJSON(false); err != nil {
		return err
	}
	body, err := x.readBody(s.limits.BodyBytes)
	if err != nil {
		return err
	}
	if x.route.repeats {
		if err := x.readKey(body); err != nil {
			return err
		}
	}
	if err := x.begin(); err != nil {
		return err
	}
	// Nobody else has the body, so that it need not be copied to be a string. It
	// MUST never be changed or pooled: what is decoded are parts of it.
	return x.asForm(s.requests.Decode(unsafe.String(unsafe.SliceData(body), len(body)), q))
}

// firstRead is the buffer for a body whose length the client did not tell.
const firstRead = 4 << 10

func (x *exchange) readBody(limit int64) ([]byte, error) {
	if err := x.plain(); err != nil {
		return nil, err
	}
	if x.r.ContentLength > limit {
		return nil, x.tooLarge(limit)
	}
	size := x.r.ContentLength + 1 // for the read that finds the end
	if size == 0 {
		size = firstRead
	}
	if err := x.hold(int(size)); err != nil {
		x.drainShortly()
		return nil, err
	}
	// The streams of HTTP/2 share their connection.
	conn, ok := x.r.Context().Value(connectionKey{}).(*connection)
	if ok = ok && x.r.ProtoMajor == 1; ok {
		conn.bodyStarts()
	}
	var (
		body  = make([]byte, 0, size)
		whole bool
		err   error
	)
	for !whole && err == nil {
		body, whole, err = x.readPiece(body, limit)
	}
	if ok {
		conn.bodyEnds(whole)
	}
	return body, err
}

// readPiece appends what has arrived of the body, and reports whether that was
// its end.
func (x *exchange) readPiece(b []byte, limit int64) (body []byte, whole bool, err error) {
	if len(b) == cap(b) {
		b = append(b, 0)[:len(b)]
		if err := x.hold(cap(b) - len(b)); err != nil {
			x.drainShortly()
			return nil, false, err
		}
	}
	n, err := x.r.Body.Read(b[len(b):cap(b)])
	body = b[:len(b)+n]
	switch {
	case int64(len(body)) > limit:
		return nil, false, x.tooLarge(limit)
	case err == io.EOF:
		return body, true, nil
	case err != nil:
		return nil, false, fail(api.InvalidRequest, "the body could not be read to its end")
	}
	return body, false, nil
}

// What is read of a body that is too large or of no use, so that its client,
// which still sends, lives to see the answer.
const (
	drainBytes = 32 << 20
	drainTime  = 2 * time.Second
)

// drainShortly bounds how long what is left of the body may take. The server
// reads it when the endpoint has returned.
func (x *exchange) drainShortly() {
	if x.r.ContentLength != 0 {
		_ = http.NewResponseController(x.ResponseWriter).SetReadDeadline(time.Now().Add(drainTime))
	}
}

func (x *exchange) tooLarge(limit int64) error {
	// A connection that is closed while its client sends is reset, and the reset
	// may overtake the answer.
	x.drainShortly()
	_, _ = io.CopyN(io.Discard, x.r.Body, drainBytes)
	x.Header().Set("Connection", "close")
	return fail(api.TooLarge, "the body is larger than "+strconv.FormatInt(limit, 10)+" bytes")
}
