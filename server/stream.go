package server

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/internal/batch"
	"github.com/sotto-render/sotto/server/internal/admission"
)

// stream is a body that is read while its answer is written.
type stream struct {
	x       *exchange
	ctx     context.Context
	control *http.ResponseController
	body    io.ReadCloser
	lines   *batch.Lines
	// list are the recipients of a document, whose answer is one too; nil for a
	// stream of lines.
	list *batch.List
	// coder packs the answer; nil sends it as it is. It works in turns of its own.
	coder *coder
	turn  admission.Turn
	// held is how many bytes are counted for the stream.
	held atomic.Int64
	// whole says that the body has ended.
	whole atomic.Bool
	// duplex says that the body may still be read while the answer is written, and
	// written that a recipient is in the answer.
	duplex, written bool
}

// open prepares to read the body.
func (b *stream) open() (err error) {
	s := b.x.server
	if b.body, err = unpacked(b.x.r, b.hold); err != nil {
		if err == errCoding {
			b.x.Header()["Accept-Encoding"] = headerCodings
		}
		return err
	}
	b.body = &rechecked{b.body, recheck{b.x, time.Now()}}
	b.lines = &batch.Lines{Reader: b.body, Max: int(s.limits.BodyBytes), Expect: b.expect, Ended: b.ended, Hold: b.hold}
	if conn := b.conn(); conn != nil {
		conn.bodyStarts()
	}
	return nil
}

// conn is the connection of HTTP/1, or nil.
func (b *stream) conn() *connection {
	if conn, ok := b.x.r.Context().Value(connectionKey{}).(*connection); ok && b.x.r.ProtoMajor == 1 {
		return conn
	}
	return nil
}

// close gives back what the stream holds.
func (b *stream) close() {
	if b.coder != nil {
		b.coder.close()
	}
	if conn := b.conn(); conn != nil && !b.whole.Load() {
		conn.bodyEnds(false)
	}
	if b.lines != nil {
		b.lines.Close()
	}
	if b.body != nil {
		_ = b.body.Close() // only read from
	}
	if !b.whole.Load() && b.duplex {
		b.drain()
		// Where bodies and answers pass each other, net/http trusts that it was
		// read or closed before the endpoint returns.
		_ = b.x.r.Body.Close()
	}
	b.free(int(b.held.Load()))
}

// expect bounds how long the next line may take. A client that sends is not silent,
// so that it may take answers later.
func (b *stream) expect() {
	limits := &b.x.server.limits
	deadline := time.Now().Add(limits.Read)
	if conn := b.conn(); conn != nil {
		conn.expect(deadline)
	} else {
		_ = b.control.SetReadDeadline(deadline) // one that cannot be set is of a client that is gone
	}
	_ = b.control.SetWriteDeadline(time.Now().Add(limits.Silence))
}

// ended says that the body is here whole: what is worked on now may take its time,
// and a deadline would end the request's context.
func (b *stream) ended() {
	if conn := b.conn(); conn != nil {
		conn.bodyEnds(true)
	}
	b.whole.Store(true)
	_ = b.control.SetReadDeadline(time.Time{})
}

// hold counts memory before it is taken.
func (b *stream) hold(bytes int) error {
	if err := b.x.account.Hold(int64(bytes)); err != nil {
		return err
	}
	b.held.Add(int64(bytes))
	return nil
}

func (b *stream) free(bytes int) {
	b.held.Add(-int64(bytes))
	b.x.account.Free(int64(bytes))
}

// drain reads what a client still sends of a body that is of no use, for a moment:
// one that is reset while it sends may never see the answer.
func (b *stream) drain() {
	if b.whole.Load() || b.ctx.Err() != nil {
		return
	}
	b.x.drainShortly()
	if n, err := io.CopyN(io.Discard, b.x.r.Body, drainBytes); err == nil && n == drainBytes && !b.duplex {
		b.x.Header().Set("Connection", "close")
	}
}

// run answers the recipients.
func (b *stream) run(work batchWork) (batch.Tally, error) {
	x := b.x
	if err := b.start(); err != nil {
		return batch.Tally{}, err
	}
	var from batch.Source = b.lines
	if b.list != nil {
		from = b.list
	}
	return batch.Run(b.ctx, from, batch.Options{
		Work: work, Write: b.write, Listed: b.list != nil,
		Problem: func(dst []byte, err error) []byte {
			p := problemOf(err)
			p.RequestID = x.id
			return append(dst, encodeProblem(&p)...)
		},
		Interrupt: func() { _ = b.control.SetReadDeadline(time.Unix(1, 0)) },
		Turn:      func() batch.Turn { return &batchTurn{stream: b} },
		Budget:    engine.BudgetLimits{OutputBytes: x.server.limits.OutputBytes, CPU: x.server.limits.CPU},
		Queue:     int(x.server.limits.BodyBytes),
		Hold:      b.hold, Free: b.free,
	})
}

// batchTurn is a goroutine's work on the processors.
type batchTurn struct {
	stream *stream
	turn   admission.Turn
}

// Begin implements [batch.Turn].
func (t *batchTurn) Begin(recipients int) error {
	return t.stream.x.account.Continue(t.stream.ctx, &t.turn, recipients)
}

// Yield implements [batch.Turn].
func (t *batchTurn) Yield() time.Duration { return t.turn.Yield(t.stream.ctx) }

// End implements [batch.Turn].
func (t *batchTurn) End() { t.turn.End() }

// headerCodings are those that unpacked knows (RFC 9110, 12.5.3).
var headerCodings = []string{"gzip, zstd"}

var headerLines = []string{"application/x-ndjson"}

// start begins the answer. A client that has sent no recipient sees it before it does.
func (b *stream) start() error {
	x := b.x
	header := x.Header()
	header["Content-Type"] = headerLines
	if b.list != nil {
		header["Content-Type"] = headerJSON
	}
	header["Cache-Control"] = headerNoStore
	header["X-Content-Type-Options"] = headerNoSniff
	header["Vary"] = []string{"Accept-Encoding"}
	var err error
	if b.coder, err = newCoder(x.r.Header, b.hold); err != nil {
		return err
	}
	if b.coder != nil {
		header["Content-Encoding"] = []string{b.coder.name}
	}
	if b.list == nil {
		b.duplex = true
		_ = b.control.EnableFullDuplex() // HTTP/2 always is
	}
	x.WriteHeader(http.StatusOK)
	if b.list != nil {
		return b.send([]byte(`{"results":[`))
	}
	if b.lines.Waiting() {
		return nil // what is answered soon wakes the client once
	}
	return b.control.Flush()
}

// write sends the answers to some recipients.
func (b *stream) write(p []byte) error {
	if b.list != nil && !b.written {
		p = p[1:] // no comma before the first
	}
	b.written = true
	return b.send(p)
}

// finish sends the last field of the answer.
func (b *stream) finish(field []byte) {
	var last []byte
	if b.list != nil {
		last = append([]byte("],"), field...)
	} else {
		last = append([]byte("{"), field...)
	}
	last, err := b.pack(append(last, '\n'))
	if err == nil && b.coder != nil {
		var tail []byte
		last = bytes.Clone(last) // the coder's until it is asked again
		tail, err = b.coder.end()
		last = append(last, tail...)
	}
	if err == nil {
		err = b.transmit(last)
	}
	if err == nil && !b.whole.Load() {
		_ = b.control.Flush() // what is left of the body is read first
	}
	// Else it leaves with the end of the answer, or the client is gone.
}

// send packs p, if the client asked for it, and sends it now.
func (b *stream) send(p []byte) error {
	packed, err := b.pack(p)
	if err == nil {
		err = b.transmit(packed)
	}
	if err != nil {
		return err
	}
	return b.control.Flush()
}

// pack returns p as the client asked for it.
func (b *stream) pack(p []byte) ([]byte, error) {
	if b.coder == nil {
		return p, nil
	}
	if err := b.x.account.Continue(b.ctx, &b.turn, 0); err != nil {
		return nil, err
	}
	packed, err := b.coder.pack(p)
	b.turn.End()
	return packed, err
}

// transmit writes p. Its client is given up when it takes nothing for a while,
// and sends nothing either.
func (b *stream) transmit(p []byte) error {
	for len(p) > 0 {
		_ = b.control.SetWriteDeadline(time.Now().Add(b.x.server.limits.Silence))
		n, err := b.x.Write(p[:min(len(p), piece)])
		if err != nil {
			return err
		}
		p = p[n:]
	}
	return nil
}
