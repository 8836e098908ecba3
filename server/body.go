package server

import (
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/server/internal/jsonread"
)

// buffers hold request and response bodies. Big ones are left to the garbage
// collector, so that one large request does not keep its memory for ever.
var buffers = sync.Pool{New: func() any { return &buffer{make([]byte, 0, 4<<10)} }}

const maxPooledBuffer = 1 << 20

// buffer is shared by reference, so that putting it back costs no allocation.
type buffer struct{ bytes []byte }

func newBuffer() *buffer { return buffers.Get().(*buffer) }

func (b *buffer) release() {
	if cap(b.bytes) <= maxPooledBuffer {
		b.bytes = b.bytes[:0]
		buffers.Put(b)
	}
}

// decode reads the request's body into q, whatever its Content-Type says: curl
// and others send forms' unless told, and a browser cannot add our token.
func (s *Server) decode(x *exchange, q jsonread.Fields) error {
	b := newBuffer()
	defer b.release()
	if err := s.readBody(x, b); err != nil {
		return err
	}
	return jsonread.Decode(string(b.bytes), q)
}

func (s *Server) readBody(x *exchange, into *buffer) error {
	limit := s.limits.BodyBytes
	if x.r.ContentLength > limit {
		return x.tooLarge(limit)
	}
	if n := int(x.r.ContentLength); n >= cap(into.bytes) {
		into.bytes = make([]byte, 0, n+1)
	}
	// The streams of HTTP/2 share their connection.
	conn, ok := x.r.Context().Value(connectionKey{}).(*connection)
	if ok = ok && x.r.ProtoMajor == 1; ok {
		conn.arrives()
	}
	var (
		whole bool
		err   error
	)
	for !whole && err == nil {
		whole, err = x.readPiece(into, limit)
	}
	if ok {
		conn.arrived(whole)
	}
	return err
}

// readPiece reads what has arrived of the body, and reports whether that was
// its end.
func (x *exchange) readPiece(into *buffer, limit int64) (whole bool, err error) {
	b := into.bytes
	if len(b) == cap(b) {
		b = append(b, 0)[:len(b)]
	}
	n, err := x.r.Body.Read(b[len(b):cap(b)])
	into.bytes = b[:len(b)+n]
	switch {
	case int64(len(into.bytes)) > limit:
		return false, x.tooLarge(limit)
	case err == io.EOF:
		return true, nil
	case err != nil:
		return false, fail(engine.InvalidRequest, "the body could not be read to its end")
	}
	return false, nil
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
	x.drainShortly()
	_, _ = io.CopyN(io.Discard, x.r.Body, drainBytes)
	x.Header().Set("Connection", "close")
	return fail(codeTooLarge, "the body is larger than "+strconv.FormatInt(limit, 10)+" bytes")
}
