package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/internal/answer"
	"github.com/sotto-render/sotto/internal/batch"
)

// maxLine is how long the line of a recipient may be: as long as a server lets it.
const maxLine = 4 << 20

func (l *local) renderBatch(ctx context.Context, in *renderRequest, from io.Reader, out io.Writer) (*api.BatchDone, error) {
	template, err := compileTemplate(*in.Template, in.Syntax, in.Context, in.partials)
	if err != nil {
		return nil, err
	}
	req := &engine.Request{
		Secrets: l.secrets(), Preview: in.Mode == api.ModePreview, Strict: in.StrictVariables,
		Translations: in.Translations, Required: in.RequiredSecrets,
	}
	prepared, err := template.Prepare(ctx, req)
	if err != nil {
		return nil, l.reason(err)
	}
	return runLocal(ctx, batch.NewTemplate(prepared), template.Uses(req), from, out)
}

func (l *local) evaluateBatch(ctx context.Context, in *api.EvaluateRequest, from io.Reader, out io.Writer) (*api.BatchDone, error) {
	expression, err := engine.CompileExpression(*in.Expression, engine.ExpressionOptions{Language: engineLanguage(in.Language)})
	if err != nil {
		return nil, err
	}
	req := &engine.Request{
		Secrets: l.secrets(), Preview: in.Mode == api.ModePreview, Required: in.RequiredSecrets, Trace: in.Trace, Ordered: true,
	}
	prepared, err := expression.Prepare(ctx, req)
	if err != nil {
		return nil, l.reason(err)
	}
	known := l.redactor
	if req.Preview {
		known = nil
	}
	return runLocal(ctx, batch.NewExpression(prepared, known), expression.Uses(req), from, out)
}

// runLocal answers the recipients as a server does.
func runLocal(
	ctx context.Context, work func(func() time.Duration, *engine.Budget) batch.Worker, secrets []string, from io.Reader, out io.Writer,
) (*api.BatchDone, error) {
	tally, err := batch.Run(ctx, &batch.Lines{Reader: from, Max: maxLine}, batch.Options{
		Work: work, Problem: appendProblem,
		Write: func(p []byte) error { _, err := out.Write(p); return err },
	})
	switch {
	case errors.Is(err, batch.ErrEndless):
		return nil, fmt.Errorf("a line of the batch is longer than %d MiB", maxLine>>20)
	case err != nil:
		return nil, err
	}
	done := &api.BatchDone{OK: tally.OK, Failed: tally.Failed, Secrets: secrets}
	_, err = io.WriteString(out, toJSON(struct {
		Done *api.BatchDone `json:"done"`
	}{done}))
	return done, err
}

// appendProblem appends what is wrong with one recipient, as a server tells it.
func appendProblem(dst []byte, err error) []byte {
	p := api.Problem{Code: api.Internal, Detail: "the recipient could not be worked on"}
	var (
		wrong  *engine.Error
		line   *batch.LineError
		traced *batch.TracedError
	)
	if errors.As(err, &traced) {
		p.Trace = traced.Trace
	}
	switch {
	case errors.As(err, &wrong):
		p.Code, p.Detail, p.Errors = api.Code(wrong.Code), wrong.Error(), answer.Details(wrong)
	case errors.As(err, &line):
		p.Code, p.Detail = api.InvalidRequest, line.Error()
		switch {
		case line.Rejected:
			p.Code = api.ValueRejected
		case line.Long > 0:
			p.Code = api.TooLarge
		}
		p.Errors = []api.Detail{{Code: p.Code, Message: line.Message, Line: line.Line, Column: line.Column}}
	case errors.Is(err, batch.ErrNotText):
		p.Code, p.Detail = api.ValueRejected, err.Error()
	}
	p.Type, p.Title, p.Status = p.Code.Type(), p.Code.Title(), p.Code.Status()
	text, err := json.Marshal(&p)
	if err != nil {
		panic("a problem that is not JSON")
	}
	return append(dst, text...)
}
