// Package docs_test runs every example of the documentation.
package docs_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// arrow stands between the source and the result of an example.
const arrow = " → "

// block is a fenced block of a document.
type block struct {
	line int
	// kind is the first word behind the fence, options the others.
	kind    string
	options []string
	text    string
}

func blocks(t *testing.T, file string) []block {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []block
	var open *block
	for i, line := range strings.Split(string(data), "\n") {
		switch {
		case open == nil && strings.HasPrefix(line, "```"):
			words := strings.Fields(line[len("```"):])
			open = &block{line: i + 1}
			if len(words) > 0 {
				open.kind, open.options = words[0], words[1:]
			}
		case open != nil && line == "```":
			open.text = strings.TrimSuffix(open.text, "\n")
			all = append(all, *open)
			open = nil
		case open != nil:
			open.text += line + "\n"
		}
	}
	if open != nil {
		t.Fatalf("%s:%d: the block is not closed", file, open.line)
	}
	return all
}

// world is what the examples of a document are given.
type world struct {
	secrets      engine.Map
	vars         map[string]any
	partials     engine.PartialMap
	translations map[string]any
}

func TestSyntax(t *testing.T) {
	all := blocks(t, "syntax.md")
	w := world{secrets: engine.Map{"github_app": pem(t, "github_app"), "apns": pem(t, "apns")}}
	examples := 0
	for i, b := range all {
		switch b.kind {
		case "json":
			w.learn(t, b)
		case "liquid", "cel", "lint":
			if i+1 < len(all) && all[i+1].kind == "output" {
				examples++
				w.check(t, b, b.line, b.text, all[i+1].text)
				continue
			}
			for _, example := range cut(b.text) {
				source, want, ok := strings.Cut(example, arrow)
				if !ok {
					t.Errorf("line %d: %q has no result", b.line, example)
				}
				examples++
				w.check(t, b, b.line, source, want)
			}
		}
	}
	if examples < 100 {
		t.Errorf("only %d examples found", examples)
	}
}

// cut splits a block into examples: each ends with the line that has an arrow.
func cut(text string) []string {
	var examples []string
	example := ""
	for _, line := range strings.Split(text, "\n") {
		example += line
		if strings.Contains(line, arrow) {
			examples = append(examples, example)
			example = ""
			continue
		}
		example += "\n"
	}
	return examples
}

func (w *world) learn(t *testing.T, b block) {
	t.Helper()
	switch b.options[0] {
	case "vars":
		vars, err := engine.DecodeVars([]byte(b.text))
		if err != nil {
			t.Fatal(err)
		}
		w.vars = vars
	case "translations":
		if err := json.Unmarshal([]byte(b.text), &w.translations); err != nil {
			t.Fatal(err)
		}
	case "partials":
		if err := json.Unmarshal([]byte(b.text), &w.partials); err != nil {
			t.Fatal(err)
		}
	case "secrets":
		var raw map[string]json.RawMessage
		if err := json.Unmarshal([]byte(b.text), &raw); err != nil {
			t.Fatal(err)
		}
		for alias, value := range raw {
			w.secrets[alias] = secret(t, value)
		}
	}
}

// pem returns a private key that only examples use.
func pem(t *testing.T, name string) redact.Secret {
	t.Helper()
	key, err := os.ReadFile("testdata/" + name + ".pem")
	if err != nil {
		t.Fatal(err)
	}
	return redact.NewSecret(string(key))
}

func secret(t *testing.T, raw json.RawMessage) redact.Secret {
	t.Helper()
	var token string
	if json.Unmarshal(raw, &token) == nil {
		return redact.NewSecret(token)
	}
	var login map[string]string
	if json.Unmarshal(raw, &login) == nil && len(login) == 2 && login["username"] != "" {
		return redact.NewCredentials(login["username"], login["password"])
	}
	s, err := redact.NewJSON(raw)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (w *world) check(t *testing.T, b block, line int, source, want string) {
	t.Helper()
	req := &engine.Request{Vars: w.vars, Secrets: w.secrets, Translations: w.translations}
	o := engine.TemplateOptions{Partials: w.partials}
	for _, option := range b.options {
		name, value, _ := strings.Cut(option, "=")
		switch name {
		case "syntax":
			o.Syntax, _ = macros.ParseSyntax(value)
		case "context":
			o.Context, _ = engine.ParseContext(value)
		case "required":
			req.Required = strings.Split(value, ",")
		case "strict":
			req.Strict = true
		case "preview":
			req.Preview = true
		default:
			t.Fatalf("line %d: unknown option %q", line, option)
		}
	}
	run := w.template
	switch b.kind {
	case "cel":
		run = w.expression
	case "lint":
		run = w.lint
	}
	got, err := run(source, o, req)
	if err != nil {
		got = describe(err)
	}
	if code, ok := strings.CutPrefix(want, "error "); ok && err != nil {
		if !strings.HasPrefix(got, "error "+code) {
			t.Errorf("line %d: %s\n got %s (%v)\nwant %s", line, source, got, err, want)
		}
		return
	}
	if strings.TrimRight(got, "\n ") != want {
		t.Errorf("line %d: %s\n got %s\nwant %s", line, source, got, want)
	}
}

func (w *world) template(source string, o engine.TemplateOptions, req *engine.Request) (string, error) {
	compiled, err := engine.Compile(source, o)
	if err != nil {
		return "", err
	}
	out, err := compiled.Render(context.Background(), req)
	return out.Reveal(), err
}

func (w *world) expression(source string, _ engine.TemplateOptions, req *engine.Request) (string, error) {
	compiled, err := engine.CompileExpression(source, engine.ExpressionOptions{})
	if err != nil {
		return "", err
	}
	result, err := compiled.Evaluate(context.Background(), req)
	if err != nil {
		return "", err
	}
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err = encoder.Encode(result.Value.Reveal())
	return text.String(), err
}

// lint returns "code line:column" of each finding.
func (w *world) lint(source string, o engine.TemplateOptions, req *engine.Request) (string, error) {
	report, err := engine.Lint(context.Background(), []engine.Source{{Text: source, Template: o}}, engine.LintOptions{
		Resolver: w.secrets, Required: req.Required, Variables: slices.Sorted(maps.Keys(w.vars)),
	})
	if err != nil {
		return "", err
	}
	found := make([]string, 0, len(report.Diagnostics))
	for _, d := range report.Diagnostics {
		found = append(found, fmt.Sprintf("%s %d:%d", d.Code, d.Line, d.Column))
	}
	return strings.Join(found, ", "), nil
}

// describe returns "error code line:column line:column".
func describe(err error) string {
	var e *engine.Error
	if !errors.As(err, &e) {
		return fmt.Sprintf("%T", err)
	}
	text := "error " + string(e.Code)
	for _, d := range e.Details {
		text += fmt.Sprintf(" %d:%d", d.Line, d.Column)
	}
	return text
}
