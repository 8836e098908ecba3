package main

import (
	"context"
	"io"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/resolver/providers"
)

// executor does the work of render, eval, lint, redact and explain: on the spot, or by
// asking a server.
type executor interface {
	render(context.Context, *renderRequest) (*api.RenderResponse, error)
	// evaluate may return what it has of a trace along with an error.
	evaluate(context.Context, *api.EvaluateRequest) (*api.EvaluateResponse, error)
	// renderBatch and evaluateBatch answer the lines of in with lines, and a last
	// one.
	renderBatch(ctx context.Context, q *renderRequest, in io.Reader, out io.Writer) (*api.BatchDone, error)
	evaluateBatch(ctx context.Context, q *api.EvaluateRequest, in io.Reader, out io.Writer) (*api.BatchDone, error)
	lint(context.Context, *lintRequest) (*api.LintResponse, error)
	redact(ctx context.Context, out io.Writer, in io.Reader) error
	explain(ctx context.Context, alias string) (*api.Resolution, error)
	Close() error
}

// renderRequest is a template of its own, and where the templates are that it calls.
type renderRequest struct {
	api.RenderRequest
	// partials are those of --partials. A server has its own.
	partials engine.Partials
}

// lintRequest is a template or expressions, and where the templates are that the
// template calls.
type lintRequest struct {
	api.LintRequest
	partials engine.Partials
}

// executorFlags choose the executor.
func executorFlags() []cli.Flag {
	return append([]cli.Flag{
		providerFlag("take secrets from `SPEC`: ", "SPEC", ", the first that has the alias answers"),
	}, clientFlags()...)
}

// providerFlag is --provider. Its help names every kind of provider between
// before, which says what they are for, and after; bound stands for the one
// behind a scope.
func providerFlag(before, bound, after string) cli.Flag {
	var forms strings.Builder
	for i, spec := range providers.Specs() {
		if i > 0 {
			forms.WriteString(", ")
		}
		forms.WriteString(spec.Form)
	}
	flag := list("provider", before+forms.String()+" or SCOPE="+bound+"; repeatable or separated by commas"+after)
	flag.Value = []string{"env:INTEGRATION_"}
	return flag
}

// clientFlags say which server to ask, and as who.
func clientFlags() []cli.Flag {
	return []cli.Flag{
		text("scope", "", "work in the scope `PATH`, as in acme/shop/prod"),
		text("server", "", "ask the server at `URL`; its token is in SOTTO_TOKEN or --token-file"),
		text("token-file", "", "read the token from `FILE`"),
	}
}

// executor returns what the flags of cmd choose. The caller closes it.
func (a *app) executor(cmd *cli.Command) (executor, error) {
	if cmd.String("server") != "" {
		c, err := a.newClient(cmd)
		if err != nil {
			return nil, err
		}
		return remote{c}, nil
	}
	return a.newLocal(cmd)
}

// split returns the values of a flag that is repeatable or separated by commas.
func split(cmd *cli.Command, flag string) []string {
	var values []string
	for _, value := range cmd.StringSlice(flag) {
		for part := range strings.SplitSeq(value, ",") {
			if part = strings.TrimSpace(part); part != "" {
				values = append(values, part)
			}
		}
	}
	return values
}

func modeOf(preview bool) api.Mode {
	if preview {
		return api.ModePreview
	}
	return api.ModeSend
}
