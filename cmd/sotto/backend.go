package main

import (
	"context"
	"io"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
)

// backend does the work of render, eval, lint and redact: on the spot, or by
// asking a server.
type backend interface {
	render(context.Context, *renderRequest) (*renderAnswer, error)
	evaluate(context.Context, *evaluateRequest) (*evaluateAnswer, error)
	lint(context.Context, *lintRequest) (*lintAnswer, error)
	redact(ctx context.Context, out io.Writer, in io.Reader) error
	Close() error
}

// backendFlags choose the backend.
func backendFlags() []cli.Flag {
	return append([]cli.Flag{
		providerFlag("take secrets from `SPEC`: ", "SPEC", ", the first that has the alias answers"),
	}, clientFlags()...)
}

// providerFlag is --provider. Its help names every kind of provider between
// before, which says what they are for, and after; bound stands for the one
// behind a scope.
func providerFlag(before, bound, after string) cli.Flag {
	var forms strings.Builder
	for i, spec := range resolver.Specs() {
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

// backend returns what the flags of cmd choose. The caller closes it.
func (a *app) backend(cmd *cli.Command) (backend, error) {
	if cmd.String("server") != "" {
		return a.newClient(cmd)
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

// renderRequest is the body of POST /v1/render.
type renderRequest struct {
	common
	Template string `json:"template"`
	Context  string `json:"context,omitempty"`
	Syntax   string `json:"syntax,omitempty"`
	Strict   bool   `json:"strict_variables,omitempty"`
	// partials are those of --partials. A server has its own.
	partials engine.Partials
}

// renderAnswer is what render yields. Output is wrapped so that no error path
// prints it by accident.
type renderAnswer struct {
	Output  redact.Sensitive[string]
	Secrets []string
	Mode    string
}

// evaluateRequest is the body of POST /v1/evaluate.
type evaluateRequest struct {
	common
	Expression string `json:"expression"`
	Trace      bool   `json:"trace,omitempty"`
}

// evaluateAnswer is what eval yields. With an error it has nothing but a trace.
type evaluateAnswer struct {
	Result    redact.Sensitive[any]
	Sensitive bool
	Secrets   []string
	trace
}

// trace is what an evaluation did, as far as it came.
type trace struct {
	Steps []traceStep `json:"trace,omitempty"`
	// Truncated says that there were more steps.
	Truncated bool `json:"trace_truncated,omitempty"`
}

// traceStep is one step of an evaluation. The value of a step that depends on
// a secret is masked by whoever made the answer.
type traceStep struct {
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Source string `json:"source"`
	Value  any    `json:"value"`
}

func modeName(preview bool) string {
	if preview {
		return "preview"
	}
	return "send"
}
