package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/internal/answer"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/providers"
)

// local works on the spot, with the secrets that --provider knows.
type local struct {
	resolver *resolver.Resolver
	scope    resolver.Scope
	redactor *redact.Redactor
	// failure is why a provider could not answer last.
	failure atomic.Pointer[resolver.ProviderError]
	// warn tells the user, and warned are the texts of what was told.
	warn   func(text string)
	warned map[string]bool
}

func (a *app) newLocal(cmd *cli.Command) (*local, error) {
	scope, err := scopeOf(cmd)
	if err != nil {
		return nil, err
	}
	bindings, err := bindings(cmd)
	if err != nil {
		return nil, err
	}
	r, err := resolver.New(resolver.Options{Providers: bindings, Redactor: a.redactor})
	if err != nil {
		return nil, err
	}
	return &local{resolver: r, scope: scope, redactor: a.redactor, warn: a.warn, warned: make(map[string]bool)}, nil
}

// scopeOf is the scope that cmd works in; "" is `default`.
func scopeOf(cmd *cli.Command) (resolver.Scope, error) {
	name := cmd.String("scope")
	if name == "" {
		name = "default"
	}
	scope, err := resolver.ParseScope(name)
	if err != nil {
		return "", wrongUsage(cmd, "--scope: %w", err)
	}
	return scope, nil
}

// Close implements executor.
func (l *local) Close() error {
	l.resolver.Close()
	return nil
}

// templateOptions are those that the names of a syntax and a context mean.
func templateOptions(syntaxName, contextName string, partials engine.Partials) (engine.TemplateOptions, error) {
	syntax, ok := macros.ParseSyntax(syntaxName)
	if !ok {
		return engine.TemplateOptions{}, fmt.Errorf("there is no syntax %q: use liquid, macros or bare", syntaxName)
	}
	place, ok := engine.ParseContext(contextName)
	if !ok {
		return engine.TemplateOptions{}, fmt.Errorf("there is no context %q: use text, json, html, url or header", contextName)
	}
	return engine.TemplateOptions{Syntax: syntax, Context: place, Partials: partials}, nil
}

// compileTemplate compiles with the names of a syntax and a context.
func compileTemplate(source, syntaxName, contextName string, partials engine.Partials) (*engine.Template, error) {
	options, err := templateOptions(syntaxName, contextName, partials)
	if err != nil {
		return nil, err
	}
	return engine.Compile(source, options)
}

func (l *local) render(ctx context.Context, in *renderRequest) (*api.RenderResponse, error) {
	template, err := compileTemplate(*in.Template, in.Syntax, in.Context, in.partials)
	if err != nil {
		return nil, err
	}
	req := &engine.Request{
		Vars: in.Vars, Secrets: l.secrets(), Preview: in.Mode == api.ModePreview, Strict: in.StrictVariables, Translations: in.Translations, Required: in.RequiredSecrets,
	}
	output, err := template.Render(ctx, req)
	if err != nil {
		return nil, l.reason(err)
	}
	return &api.RenderResponse{Output: output, Secrets: template.Uses(req), Mode: in.Mode}, nil
}

func (l *local) evaluate(ctx context.Context, in *api.EvaluateRequest) (*api.EvaluateResponse, error) {
	expression, err := engine.CompileExpression(*in.Expression, engine.ExpressionOptions{Language: engineLanguage(in.Language)})
	if err != nil {
		return nil, err
	}
	req := &engine.Request{
		Vars: in.Vars, Order: in.Order, Secrets: l.secrets(), Preview: in.Mode == api.ModePreview, Required: in.RequiredSecrets, Trace: in.Trace, Ordered: true,
	}
	result, err := expression.Evaluate(ctx, req)
	answer := &api.EvaluateResponse{Result: result.Value, Sensitive: result.Sensitive, Secrets: expression.Uses(req)}
	for _, step := range result.Trace {
		answer.Steps = append(answer.Steps, api.Step{Line: step.Line, Column: step.Column, Source: step.Source, Value: step.Value})
	}
	answer.Truncated = result.TraceTruncated
	return answer, l.reason(err)
}

func (l *local) lint(ctx context.Context, in *lintRequest) (*api.LintResponse, error) {
	var sources []engine.Source
	if in.Template != nil {
		options, err := templateOptions(in.Syntax, in.Context, in.partials)
		if err != nil {
			return nil, err
		}
		sources = append(sources, engine.Source{Text: *in.Template, Template: options})
	}
	for _, name := range slices.Sorted(maps.Keys(in.Expressions)) {
		sources = append(sources, engine.Source{Name: name, Text: in.Expressions[name], Language: engineLanguage(in.Languages[name])})
	}
	report, err := engine.Lint(ctx, sources, engine.LintOptions{Resolver: l.secrets(), Required: in.RequiredSecrets})
	if err != nil {
		return nil, l.reason(err)
	}
	return answer.Lint(report), nil
}

// secrets is what templates and expressions ask for secrets.
func (l *local) secrets() engine.Resolver {
	return noting{l.resolver.Scoped(l.scope), &l.failure}
}

// noting keeps why a provider failed, which the engine tells nobody.
type noting struct {
	*resolver.Scoped
	failure *atomic.Pointer[resolver.ProviderError]
}

// Resolve implements engine.Resolver.
func (n noting) Resolve(ctx context.Context, aliases []string, status []macros.Status, values []redact.Secret) error {
	err := n.Scoped.Resolve(ctx, aliases, status, values)
	var failed *resolver.ProviderError
	if errors.As(err, &failed) {
		n.failure.Store(failed)
	}
	return err
}

// reason returns which provider does not answer and why, where that is what err
// is about.
func (l *local) reason(err error) error {
	var wrong *engine.Error
	if errors.As(err, &wrong) && wrong.Code == engine.ResolverUnavailable {
		if failed := l.failure.Load(); failed != nil {
			return failed
		}
	}
	return err
}

// bindings are what --provider names, in order.
func bindings(cmd *cli.Command) ([]resolver.Binding, error) {
	var all []resolver.Binding
	for _, value := range cmd.StringSlice("provider") {
		for _, spec := range providers.Split(value) {
			binding, err := providers.Parse(spec)
			if err != nil {
				return nil, wrongUsage(cmd, "--provider: %w", err)
			}
			all = append(all, binding)
		}
	}
	return all, nil
}
