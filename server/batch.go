package server

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/internal/batch"
	"github.com/sotto-render/sotto/internal/jsonread"
)

// maxRecipients is how many one document may list. A stream has no such bound.
const maxRecipients = 1000

// listing is a document that may list recipients: what a stream says in its first
// line is the same without them.
type listing struct {
	jsonread.Fields
	// recipients are those of a document, as they were written; nil for the first
	// line of a stream.
	recipients []string
}

// Field implements [jsonread.Fields].
func (l *listing) Field(name string, r *jsonread.Reader) bool {
	switch name {
	case "recipients":
		l.recipients = r.RawList()
	case "vars":
		return false // each recipient has its own
	default:
		return l.Fields.Field(name, r)
	}
	return true
}

// batchWork makes what works on recipients in one goroutine.
type batchWork = func(yield func() time.Duration, budget *engine.Budget) batch.Worker

// renderBatch answers POST /v1/render/batch.
func (s *Server) renderBatch(x *exchange) error {
	return s.batch(x, func() (jsonread.Fields, func(*exchange, context.Context) (batchWork, []string, error)) {
		q := new(renderRequest)
		return q, func(x *exchange, ctx context.Context) (batchWork, []string, error) { return s.prepareRender(x, ctx, q) }
	})
}

// prepareRender compiles what q asks for and resolves its secrets.
func (s *Server) prepareRender(x *exchange, ctx context.Context, q *renderRequest) (batchWork, []string, error) {
	if err := q.check(); err != nil {
		return nil, nil, err
	}
	run, err := s.newRun(x, q.mode, q.scope)
	if err != nil {
		return nil, nil, err
	}
	if err := s.stored(x, q, run.scope); err != nil {
		return nil, nil, err
	}
	run.Required, run.Strict, run.Translations = q.required, q.strict, q.translations
	if q.parts != nil {
		message, err := s.compiled.message(x, run.scope, q.parts)
		if err != nil {
			return nil, nil, err
		}
		prepared, err := message.Prepare(ctx, &run.Request)
		if err != nil {
			return nil, nil, s.warnRequired(run, err)
		}
		return batch.NewMessage(prepared), message.Uses(&run.Request), nil
	}
	template, err := s.compiled.template(x, run.scope, &q.part)
	if err != nil {
		return nil, nil, err
	}
	prepared, err := template.Prepare(ctx, &run.Request)
	if err != nil {
		return nil, nil, s.warnRequired(run, err)
	}
	return batch.NewTemplate(prepared), template.Uses(&run.Request), nil
}

// evaluateBatch answers POST /v1/evaluate/batch.
func (s *Server) evaluateBatch(x *exchange) error {
	return s.batch(x, func() (jsonread.Fields, func(*exchange, context.Context) (batchWork, []string, error)) {
		q := new(evaluateRequest)
		return q, func(x *exchange, ctx context.Context) (batchWork, []string, error) {
			return s.prepareEvaluate(x, ctx, q)
		}
	})
}

// prepareEvaluate is prepareRender for an expression, or several.
func (s *Server) prepareEvaluate(x *exchange, ctx context.Context, q *evaluateRequest) (batchWork, []string, error) {
	if err := q.check(); err != nil {
		return nil, nil, err
	}
	run, err := s.newRun(x, q.mode, q.scope)
	if err != nil {
		return nil, nil, err
	}
	if err := s.storedFlow(x, q, run.scope); err != nil {
		return nil, nil, err
	}
	run.Required, run.Trace = q.required, q.trace
	if q.expressions != nil {
		flow, err := s.compiled.flow(x, q.expressions)
		if err != nil {
			return nil, nil, err
		}
		prepared, err := flow.Prepare(ctx, &run.Request)
		if err != nil {
			return nil, nil, s.warnRequired(run, err)
		}
		return batch.NewFlow(prepared, s.traceRedactor(run)), flow.Uses(&run.Request), nil
	}
	expression, err := s.compiled.expressions.Compile(q.expression.value, q.language)
	if err != nil {
		return nil, nil, err
	}
	prepared, err := expression.Prepare(ctx, &run.Request)
	if err != nil {
		return nil, nil, s.warnRequired(run, err)
	}
	return batch.NewExpression(prepared, s.traceRedactor(run)), expression.Uses(&run.Request), nil
}

// opened returns an empty request and what prepares the work that it asks for.
type opened func() (jsonread.Fields, func(*exchange, context.Context) (batchWork, []string, error))

// batch answers one of the batches. What is wrong before the first recipient is a
// problem like that of a single call; from there on each recipient has its own.
func (s *Server) batch(x *exchange, open opened) error {
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(x.r.Context()))
	defer cancel(nil)
	b := &stream{x: x, ctx: ctx, control: http.NewResponseController(x.ResponseWriter)}
	major := x.r.ProtoMajor // x may be another request's when the context ends
	defer context.AfterFunc(x.r.Context(), func() {
		// HTTP/1 ends the context too when a read of the body fails. Whoever reads
		// sees why, and what has arrived is still to be answered.
		if major != 1 || b.whole.Load() {
			cancel(context.Canceled)
		}
	})()
	defer b.close()
	work, aliases, err := s.beginBatch(b, open)
	if err != nil {
		b.drain()
		return err
	}
	defer x.watch(cancel)()
	tally, err := b.run(work)
	s.endBatch(b, tally, aliases, err)
	return nil
}

// beginBatch reads what is asked for and prepares it.
func (s *Server) beginBatch(b *stream, open opened) (batchWork, []string, error) {
	x := b.x
	if err := x.mayBeJSON(true); err != nil {
		return nil, nil, err
	}
	if err := b.open(); err != nil {
		return nil, nil, err
	}
	head, before, err := b.lines.Head()
	if err != nil {
		return nil, nil, b.broken(err)
	}
	if err := x.begin(); err != nil {
		return nil, nil, err
	}
	defer x.turn.End()
	fields, prepare := open()
	doc := listing{Fields: fields}
	if err := s.requests.Decode(string(head), &doc); err != nil {
		var wrong *jsonread.Error
		if !errors.As(err, &wrong) || !wrong.Early {
			return nil, nil, x.asForm(inLine(err, before))
		}
		// The first line is not all of it: a document of several lines.
		x.turn.End()
		rest, err := b.lines.Rest(int(s.limits.BodyBytes) - len(head))
		if err != nil {
			return nil, nil, b.broken(err)
		}
		if err := x.begin(); err != nil {
			return nil, nil, err
		}
		fields, prepare = open()
		doc = listing{Fields: fields}
		if err := s.requests.Decode(string(append(head, rest...)), &doc); err != nil {
			return nil, nil, inLine(err, before)
		}
		if doc.recipients == nil {
			return nil, nil, fail(api.InvalidRequest,
				"recipients is missing: list them, or send the request in one line and each recipient in a line of its own")
		}
	} else if doc.recipients != nil {
		rest, err := b.lines.Rest(int(s.limits.BodyBytes))
		if err != nil {
			return nil, nil, b.broken(err)
		}
		if len(bytes.TrimSpace(rest)) > 0 {
			return nil, nil, fail(api.InvalidRequest, "the document with recipients has ended; nothing may follow it")
		}
	}
	if len(doc.recipients) > maxRecipients {
		return nil, nil, fail(api.InvalidRequest,
			"recipients must list at most "+strconv.Itoa(maxRecipients)+": send more of them as a stream of lines")
	}
	if doc.recipients != nil {
		b.list = &batch.List{Records: doc.recipients}
	}
	work, aliases, err := prepare(x, withPins(b.ctx))
	if err == nil {
		err = s.shown(&x.run, aliases)
	}
	return work, aliases, err
}

// inLine counts the blank lines before the text that err is about.
func inLine(err error, before int) error {
	var wrong *jsonread.Error
	if errors.As(err, &wrong) {
		wrong.Place.Line += before
	}
	return err
}

// endBatch says what became of the batch, if anybody listens.
func (s *Server) endBatch(b *stream, tally batch.Tally, aliases []string, cut error) {
	x := b.x
	x.recipients = tally
	x.traced.endWork()
	if tally.OK > 0 {
		s.countUses(&x.run, aliases)
	}
	s.metrics.countBatch(x, tally, cut == nil)
	if cut == nil {
		b.finish(appendDone(nil, tally, aliases))
		return
	}
	var panicked *batch.PanicError
	if errors.As(cut, &panicked) {
		s.logPanic(x, panicked.Cause)
	}
	if b.ctx.Err() != nil {
		return // nobody is left to tell
	}
	p := problemOf(b.broken(cut))
	p.RequestID = x.id
	x.code = p.Code
	b.finish(append(append([]byte(`"error":`), encodeProblem(&p)...), '}'))
}

// appendDone appends the last field of a batch that is whole.
func appendDone(dst []byte, tally batch.Tally, aliases []string) []byte {
	dst = strconv.AppendInt(append(dst, `"done":{"ok":`...), int64(tally.OK), 10)
	dst = strconv.AppendInt(append(dst, `,"failed":`...), int64(tally.Failed), 10)
	dst = append(dst, `,"secrets":[`...)
	for i, alias := range aliases {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(append(append(dst, '"'), alias...), '"')
	}
	return append(dst, `]}}`...)
}

// broken is what err, of reading a body, says to its client.
func (b *stream) broken(err error) error {
	var refused interface{ RetryAfter() string }
	switch {
	case errors.Is(err, batch.ErrEndless), errors.Is(err, errUnpacked):
		return fail(api.TooLarge, "a line, or what is unpacked of it, is larger than "+strconv.FormatInt(b.x.server.limits.BodyBytes, 10)+" bytes")
	case errors.As(err, &refused), errors.Is(err, errRevoked):
		return err
	case errors.Is(err, io.ErrClosedPipe), errors.Is(err, context.Canceled):
		return err
	}
	var panicked *batch.PanicError
	if errors.As(err, &panicked) {
		return fail(api.Internal, "the server failed; its log tells more under the request id")
	}
	return fail(api.InvalidRequest, "the body could not be read to its end: what is answered is done, send the rest again")
}
