package main

import (
	"context"
	"errors"
	"io"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/macros"
)

// remote works by asking a server.
type remote struct{ *api.Client }

// Close implements executor.
func (r remote) Close() error {
	r.Client.Close()
	return nil
}

func (r remote) render(ctx context.Context, in *renderRequest) (*api.RenderResponse, error) {
	if err := sendable("template", api.TemplateSyntax, *in.Template); err != nil {
		return nil, err
	}
	return r.Render(ctx, in.RenderRequest)
}

func (r remote) evaluate(ctx context.Context, in *api.EvaluateRequest) (*api.EvaluateResponse, error) {
	if err := sendable("expression", api.ExpressionSyntax, *in.Expression); err != nil {
		return nil, err
	}
	answer, err := r.Evaluate(ctx, *in)
	var failed *api.Problem
	if errors.As(err, &failed) {
		return &api.EvaluateResponse{Trace: failed.Trace}, err
	}
	return answer, err
}

func (r remote) lint(ctx context.Context, in *lintRequest) (*api.LintResponse, error) {
	if in.Template != nil {
		if err := sendable("template", api.TemplateSyntax, *in.Template); err != nil {
			return nil, err
		}
	}
	for _, source := range in.Expressions {
		if err := sendable("expression", api.ExpressionSyntax, source); err != nil {
			return nil, err
		}
	}
	return r.Lint(ctx, in.LintRequest)
}

// redact implements executor. What follows changes is the server.
func (r remote) redact(ctx context.Context, out io.Writer, in io.Reader) error {
	return r.RedactStream(ctx, out, in)
}

// sendable refuses what JSON cannot carry, with its place and the code that it
// has in a text of this kind.
func sendable(kind string, code api.Code, text string) error {
	text = macros.WithoutMark(text)
	at, advice := macros.InvalidUTF8(text)
	if at < 0 {
		return nil
	}
	place := macros.PlaceOf(text, at)
	return &sourceError{source: kind, code: code, details: []api.Detail{{
		Code: code, Message: advice,
		Line: place.Line, Column: place.Column,
	}}}
}
