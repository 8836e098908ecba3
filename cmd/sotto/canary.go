package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// canary renders file with a made-up value for every secret that it mentions,
// prints wherever one of them shows besides the output, and reports whether
// none does.
func (a *app) canary(ctx context.Context, cmd *cli.Command, file lintFile, vars *engine.Object, partials engine.Partials) (bool, error) {
	run, err := newCanaryRun(cmd, file, vars, partials)
	if err != nil {
		return false, err
	}
	seen := run.surfaces(ctx)
	var leaks []string
	for _, s := range seen {
		if run.redactor.String(s.text) != s.text {
			leaks = append(leaks, s.name)
		}
	}
	verdict := fmt.Sprintf("%s: ok: no secret shows outside the output (%d made up)\n", file.name, len(run.secrets))
	if len(leaks) > 0 {
		verdict = fmt.Sprintf("%s: error: a secret shows in %s [leak]\n", file.name, strings.Join(leaks, ", "))
	}
	return len(leaks) == 0, a.deliver("", verdict)
}

// surface is a text that others than the receiver of the message may see.
type surface struct{ name, text string }

// canaryRun is one file, compiled, with the secrets made for it.
type canaryRun struct {
	vars        *engine.Object
	secrets     engine.Map
	redactor    *redact.Redactor
	template    *engine.Template
	expressions map[string]*engine.Expression
}

func newCanaryRun(cmd *cli.Command, file lintFile, vars *engine.Object, partials engine.Partials) (*canaryRun, error) {
	run := &canaryRun{vars: vars, redactor: redact.New(), expressions: map[string]*engine.Expression{}}
	var references []macros.Reference
	if file.expressions == nil {
		t, err := compileTemplate(file.text, cmd.String("syntax"), cmd.String("context"), partials)
		if err != nil {
			return nil, err
		}
		run.template, references = t, t.References()
	}
	for name, e := range file.expressions {
		compiled, err := engine.CompileExpression(e.source, engine.ExpressionOptions{Language: engineLanguage(e.language)})
		if err != nil {
			return nil, err
		}
		run.expressions[name] = compiled
		references = append(references, compiled.References()...)
	}
	run.secrets = madeUp(references)
	for _, secret := range run.secrets {
		run.redactor.Add(secret)
	}
	return run, nil
}

// madeUp makes a secret for each alias, of the type that its references want.
func madeUp(references []macros.Reference) engine.Map {
	// trees :: alias -> what the fields behind it hold
	trees := map[string]map[string]any{}
	for _, ref := range references {
		if ref.Computed != nil {
			continue
		}
		if trees[ref.Alias] == nil {
			trees[ref.Alias] = map[string]any{}
		}
		grow(trees[ref.Alias], ref.Path)
	}
	secrets := engine.Map{}
	for alias, tree := range trees {
		switch {
		case len(tree) == 0:
			secrets[alias] = redact.NewSecret(madeUpValue())
		case only(tree, "username", "password"):
			secrets[alias] = redact.NewCredentials(madeUpValue(), madeUpValue())
		default:
			if secret, err := redact.NewJSON([]byte(toJSON(tree))); err == nil {
				secrets[alias] = secret
			}
		}
	}
	return secrets
}

// grow adds a made-up value at the end of path.
func grow(tree map[string]any, path []macros.Segment) {
	for i, segment := range path {
		if segment.Index != nil {
			return
		}
		if i == len(path)-1 {
			if tree[segment.Key] == nil {
				tree[segment.Key] = madeUpValue()
			}
			return
		}
		next, ok := tree[segment.Key].(map[string]any)
		if !ok {
			next = map[string]any{}
			tree[segment.Key] = next
		}
		tree = next
	}
}

func only(tree map[string]any, names ...string) bool {
	for key := range tree {
		known := false
		for _, name := range names {
			known = known || strings.EqualFold(key, name)
		}
		if !known {
			return false
		}
	}
	return true
}

// madeUpValue is like nothing that a template or a variable holds.
func madeUpValue() string { return "canary-" + newToken() }

// surfaces sends and previews everything, and collects whatever is not the
// output of a send.
func (r *canaryRun) surfaces(ctx context.Context) []surface {
	var seen []surface
	see := func(name string, v any) {
		var log strings.Builder
		slog.New(slog.NewJSONHandler(&log, nil)).Info("canary", "value", v)
		text := fmt.Sprintf("%v\n%+v\n%#v\n%s", v, v, v, log.String())
		if encoded, err := json.Marshal(v); err == nil {
			text += string(encoded)
		}
		seen = append(seen, surface{name, text})
	}
	for _, preview := range []bool{false, true} {
		request := &engine.Request{Vars: r.vars.Map(), Order: r.vars.Keys(), Secrets: r.secrets, Preview: preview, Trace: true}
		mode := string(modeOf(preview))
		if r.template != nil {
			out, err := r.template.Render(ctx, request)
			see("the error of a "+mode, err)
			see("the printed result of a "+mode, out)
			if preview {
				see("a preview", out.Reveal())
			}
		}
		for name, e := range r.expressions {
			result, err := e.Evaluate(ctx, request)
			of := mode + " of " + strings.TrimSpace("expression "+name)
			see("the error of a "+of, err)
			see("the printed result of a "+of, result)
			see("the trace of a "+of, result.Trace)
			if preview || !result.Sensitive {
				see("a result that is not marked sensitive, in a "+of, result.Value.Reveal())
			}
		}
	}
	see("the compiled template", r.template)
	see("the compiled expressions", r.expressions)
	return seen
}
