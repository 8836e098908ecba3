package benchmarks

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/dop251/goja"
	"github.com/google/cel-go/cel"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/redact"
)

// javaScripts are what flow builders write. Each is evaluated with fresh state: sotto
// looks its secrets up and has all limits on, goja gets a runtime with the variables
// and secrets set.
var javaScripts = []struct{ name, source string }{
	{"template", "`Bearer ${secrets.t}`"},
	{"object", `({Authorization: secrets.t, "X-User": u.n, retries: n})`},
	{"list", `items.filter(i => i.price > 3).map(i => i.name).join(",")`},
	{"nullish", `u.nick ?? u.n`},
	{"stringify", `JSON.stringify({name: u.n, count: n, tags: ["a", "b"]})`},
	{"encode", `encodeURIComponent(u.n + " & " + b)`},
	{"loop", `(() => { let t = 0; for (const i of items) { t += i.price } return t })()`},
}

func BenchmarkJavaScript(b *testing.B) {
	vars := expressionVars()
	request := &engine.Request{Secrets: engine.Map{"t": redact.NewSecret(expressionToken)}, Vars: vars, Ordered: true}
	for _, e := range javaScripts {
		compiled, err := engine.CompileExpression(e.source, engine.ExpressionOptions{Language: engine.JavaScript})
		if err != nil {
			b.Fatal(e.name, err)
		}
		program := goja.MustCompile("", e.source, true)
		fresh := func() (goja.Value, error) {
			vm := goja.New()
			for name, v := range vars {
				if err := vm.Set(name, v); err != nil {
					return nil, err
				}
			}
			if err := vm.Set("secrets", map[string]any{"t": expressionToken}); err != nil {
				return nil, err
			}
			return vm.RunProgram(program)
		}
		requireSame(b, e.name, compiled, request, fresh)
		b.Run(e.name+"/sotto", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := compiled.Evaluate(context.Background(), request); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(e.name+"/goja", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := fresh(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// requireSame checks that both yield the same JSON.
func requireSame(b *testing.B, name string, compiled *engine.Expression, request *engine.Request, fresh func() (goja.Value, error)) {
	b.Helper()
	result, err := compiled.Evaluate(context.Background(), request)
	if err != nil {
		b.Fatal(name, err)
	}
	own, err := json.Marshal(result.Value.Reveal())
	if err != nil {
		b.Fatal(name, err)
	}
	other, err := fresh()
	if err != nil {
		b.Fatal(name, err)
	}
	theirs, err := json.Marshal(other.Export())
	if err != nil || string(own) != string(theirs) {
		b.Fatalf("%s: sotto says %s, goja %s (%v)", name, own, theirs, err)
	}
}

// BenchmarkJavaScriptParallel is how two goroutines get on with one program.
func BenchmarkJavaScriptParallel(b *testing.B) {
	request := &engine.Request{Secrets: engine.Map{"t": redact.NewSecret(expressionToken)}, Vars: expressionVars()}
	compiled, err := engine.CompileExpression("`Bearer ${secrets.t}`", engine.ExpressionOptions{Language: engine.JavaScript})
	if err != nil {
		b.Fatal(err)
	}
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := compiled.Evaluate(context.Background(), request); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkJavaScriptCompile(b *testing.B) {
	env, err := cel.NewEnv(cel.Variable("secrets", cel.DynType), cel.Variable("u", cel.DynType), cel.Variable("n", cel.IntType))
	if err != nil {
		b.Fatal(err)
	}
	for _, e := range javaScripts {
		b.Run(e.name+"/sotto", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := engine.CompileExpression(e.source, engine.ExpressionOptions{Language: engine.JavaScript}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(e.name+"/goja", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := goja.Compile("", e.source, true); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("object/cel-go", func(b *testing.B) {
		for b.Loop() {
			tree, issues := env.Compile(`{"Authorization": secrets.t, "X-User": u.n, "retries": n}`)
			if issues.Err() != nil {
				b.Fatal(issues.Err())
			}
			if _, err := env.Program(tree); err != nil {
				b.Fatal(err)
			}
		}
	})
}
