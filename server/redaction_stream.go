package server

import (
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/sotto-render/sotto/api"
)

// streamPiece is how much of a stream is masked at once.
const streamPiece = 64 << 10

// redactStream masks a body of any length while it arrives, and sends what is safe to
// send at once. A stream may be silent for as long as its client likes, as a pipe that
// waits for a log's next line is; it counts as one of its token's requests. Once a
// part of the answer has left, a failure can only end the connection, and the client
// sees that the answer is not whole.
func (s *Server) redactStream(x *exchange, contentType string) error {
	known, err := s.knowledge(x, "")
	if err != nil {
		return err
	}
	if err := x.hold(2 * streamPiece); err != nil {
		return err
	}
	if err := x.begin(); err != nil {
		return err
	}
	if err := known.load(x.r.Context()); err != nil {
		return err
	}
	control := http.NewResponseController(x.ResponseWriter)
	_ = control.EnableFullDuplex() // HTTP/2 always does, and says that it cannot
	_ = control.SetReadDeadline(time.Time{})
	conn, ok := x.r.Context().Value(connectionKey{}).(*connection)
	if ok = ok && x.r.ProtoMajor == 1; ok {
		conn.bodyStarts()
	}
	header := x.Header()
	header["Content-Type"] = []string{contentType}
	header["Cache-Control"] = headerNoStore
	header["X-Content-Type-Options"] = headerNoSniff
	whole, err := s.mask(x, known, control)
	if ok {
		conn.bodyEnds(whole)
	}
	if err != nil && x.status == 0 {
		return err
	}
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}

// mask copies the body to the answer, and reports whether it came whole.
func (s *Server) mask(x *exchange, known *knowledge, control *http.ResponseController) (whole bool, err error) {
	masked := known.redactor.Writer(patient{x, control})
	loaded := time.Now()
	caller := recheck{x, loaded}
	piece := make([]byte, streamPiece)
	for {
		// The turn is over while nothing is there to be masked.
		x.turn.End()
		n, readErr := x.r.Body.Read(piece)
		if err := x.begin(); err != nil {
			return false, err
		}
		if err := caller.still(); err != nil {
			return false, err
		}
		// What has become known since the last piece may stand in this one.
		if since := time.Since(loaded); !known.below || since > time.Second {
			if err := known.load(x.r.Context()); err != nil {
				return false, err
			}
			loaded = time.Now()
		}
		if _, err := masked.Write(piece[:n]); err != nil {
			return false, err
		}
		switch {
		case errors.Is(readErr, io.EOF):
			if x.status == 0 {
				x.WriteHeader(http.StatusOK)
			}
			return true, masked.Close()
		case readErr != nil:
			return false, fail(api.InvalidRequest, "the body could not be read to its end")
		}
		if x.status == 0 {
			continue
		}
		if err := control.Flush(); err != nil {
			return false, err
		}
	}
}

// patient writes to a client for as long as it takes something now and then.
type patient struct {
	x       *exchange
	control *http.ResponseController
}

// Write implements [io.Writer].
func (p patient) Write(text []byte) (int, error) {
	p.x.turn.End()
	_ = p.control.SetWriteDeadline(time.Now().Add(p.x.server.limits.Idle)) // fails for one that is gone
	return p.x.Write(text)
}
