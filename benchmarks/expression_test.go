package benchmarks

import (
	"context"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/dop251/goja"
	"github.com/expr-lang/expr"
	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/ext"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/redact"
)

// expression is one task, spelled for each language.
type expression struct {
	name string
	// sotto and the spellings of the rivals; cel-go's takes the secrets from a
	// map like any variable.
	sotto, cel, exprLang, js string
}

var expressionTasks = []expression{
	{
		"concat", `"Bearer " + secrets.t`,
		`"Bearer " + secrets.t`, `"Bearer " + secrets.t`, `"Bearer " + secrets.t`,
	},
	{
		"template", "`a ${b} ${c}`",
		`"a " + b + " " + c`, `"a " + b + " " + c`, "`a ${b} ${c}`",
	},
	{
		"has", `has(u.n) ? u.n : "friend"`,
		`has(u.n) ? u.n : "friend"`, `u.n ?? "friend"`, `u.n !== undefined ? u.n : "friend"`,
	},
	{
		"object", "{'Authorization': `Bearer ${secrets.t}`, 'n': n}",
		`{"Authorization": "Bearer " + secrets.t, "n": n}`, `{"Authorization": "Bearer " + secrets.t, "n": n}`, "({Authorization: `Bearer ${secrets.t}`, n: n})",
	},
	{
		"loop", `items.filter(i, i.price > 10.0).map(i, i.name + "!")`,
		`items.filter(i, i.price > 10.0).map(i, i.name + "!")`, `map(filter(items, .price > 10.0), .name + "!")`, `items.filter(i => i.price > 10).map(i => i.name + "!")`,
	},
	{
		"exists", `items.exists(i, i.name == "item-19") && b.startsWith("b")`,
		`items.exists(i, i.name == "item-19") && b.startsWith("b")`, `any(items, .name == "item-19") && b startsWith "b"`, `items.some(i => i.name === "item-19") && b.startsWith("b")`,
	},
}

func expressionVars() map[string]any {
	items := make([]any, 20)
	for i := range items {
		items[i] = map[string]any{"name": "item-" + string(rune('0'+i/10)) + string(rune('0'+i%10)), "price": float64(i)}
	}
	return map[string]any{"b": "beta", "c": "gamma", "n": int64(3), "u": map[string]any{"n": "Ann"}, "items": items}
}

const expressionToken = "tok-4f9a8b2c7d"

// evaluator evaluates, and puts the result as its library gives it into a
// variable that result reads.
type evaluator struct {
	run    func() error
	result func() any
}

// evaluates makes an evaluator of a function whose result has the type T.
func evaluates[T any](evaluate func() (T, error)) evaluator {
	var last T
	return evaluator{
		run: func() (err error) {
			last, err = evaluate()
			return err
		},
		result: func() any { return last },
	}
}

type contender struct {
	name string
	make func(expression) (evaluator, error)
}

// evaluators are the contenders. sotto has all its limits on. It appends the
// result to a buffer, ready to be sent: a text as it is, anything else as JSON.
// sotto-evaluate yields the result as a Go value and takes it out of its
// redact.Sensitive; sotto-once does so with the secrets looked up anew each time.
// cel-go runs bare and under limits of its own.
func evaluators(tb testing.TB) []contender {
	vars := expressionVars()
	all := expressionVars()
	all["secrets"] = map[string]any{"t": expressionToken}
	request := &engine.Request{Secrets: engine.Map{"t": redact.NewSecret(expressionToken)}, Vars: vars}
	revealed := func(r engine.Result, err error) (any, error) { return r.Value.Reveal(), err }
	prepare := func(e expression) (*engine.PreparedExpression, error) {
		compiled, err := engine.CompileExpression(e.sotto, engine.ExpressionOptions{})
		if err != nil {
			return nil, err
		}
		return compiled.Prepare(context.Background(), request)
	}
	return []contender{
		{"sotto-once", func(e expression) (evaluator, error) {
			compiled, err := engine.CompileExpression(e.sotto, engine.ExpressionOptions{})
			return evaluates(func() (any, error) { return revealed(compiled.Evaluate(context.Background(), request)) }), err
		}},
		{"sotto-evaluate", func(e expression) (evaluator, error) {
			p, err := prepare(e)
			return evaluates(func() (any, error) { return revealed(p.Evaluate(vars)) }), err
		}},
		{"sotto", func(e expression) (evaluator, error) {
			p, err := prepare(e)
			buf := make([]byte, 0, 1<<10)
			return evaluates(func() ([]byte, error) { return p.Append(buf, vars) }), err
		}},
		{"cel-go", func(e expression) (evaluator, error) { return celEvaluator(e, all) }},
		{"cel-go-limits", func(e expression) (evaluator, error) {
			program, err := celProgram(e, cel.CostLimit(500_000), cel.InterruptCheckFrequency(100))
			return evaluates(func() (ref.Val, error) {
				ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
				defer cancel()
				v, _, err := program.ContextEval(ctx, all)
				return v, err
			}), err
		}},
		{"expr-lang", func(e expression) (evaluator, error) {
			program, err := expr.Compile(e.exprLang, expr.Env(all))
			return evaluates(func() (any, error) { return expr.Run(program, all) }), err
		}},
		{"goja", func(e expression) (evaluator, error) {
			program, err := goja.Compile("", e.js, true)
			vm := goja.New()
			for name, v := range all {
				require.NoError(tb, vm.Set(name, v))
			}
			return evaluates(func() (goja.Value, error) { return vm.RunProgram(program) }), err
		}},
	}
}

func celEnv() (*cel.Env, error) {
	options := []cel.EnvOption{ext.Strings(), ext.Encoders(), ext.Math(), ext.Lists(), ext.Sets(), cel.OptionalTypes()}
	for _, name := range []string{"b", "c", "n", "u", "items", "secrets"} {
		options = append(options, cel.Variable(name, cel.DynType))
	}
	return cel.NewEnv(options...)
}

func celProgram(e expression, options ...cel.ProgramOption) (cel.Program, error) {
	env, err := celEnv()
	if err != nil {
		return nil, err
	}
	compiled, issues := env.Compile(e.cel)
	if issues.Err() != nil {
		return nil, issues.Err()
	}
	return env.Program(compiled, options...)
}

func celEvaluator(e expression, all map[string]any) (evaluator, error) {
	program, err := celProgram(e)
	return evaluates(func() (ref.Val, error) {
		v, _, err := program.Eval(all)
		return v, err
	}), err
}

// TestEvaluatorsAgree holds the results of all contenders against each other.
func TestEvaluatorsAgree(t *testing.T) {
	for _, task := range expressionTasks {
		var want any
		for i, c := range evaluators(t) {
			evaluate, err := c.make(task)
			require.NoError(t, err, c.name)
			require.NoError(t, evaluate.run(), c.name)
			got := evaluate.result()
			if i == 0 {
				want = plain(t, got)
			}
			switch v := got.(type) {
			case []byte:
				if got = json.RawMessage(v); !json.Valid(v) {
					got = string(v)
				}
			case ref.Val:
				got, err = v.ConvertToNative(reflect.TypeFor[*structpb.Value]())
				require.NoError(t, err)
			case goja.Value:
				got = v.Export()
			}
			require.Equal(t, want, plain(t, got), "%s: %s", task.name, c.name)
		}
	}
}

// plain returns v as encoding/json would read it back.
func plain(t *testing.T, v any) any {
	text, err := json.Marshal(v)
	require.NoError(t, err)
	var back any
	require.NoError(t, json.Unmarshal(text, &back))
	return back
}

func BenchmarkExpression(b *testing.B) {
	for _, task := range expressionTasks {
		for _, c := range evaluators(b) {
			evaluate, err := c.make(task)
			require.NoError(b, err)
			b.Run(task.name+"/"+c.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := evaluate.run(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkExpressionCompile compiles each expression of a task. cached/sotto
// finds one in the cache that the server keeps, cached/cel-go compiles it each
// time.
func BenchmarkExpressionCompile(b *testing.B) {
	env, err := celEnv()
	require.NoError(b, err)
	sotto := func(e expression) error {
		_, err := engine.CompileExpression(e.sotto, engine.ExpressionOptions{})
		return err
	}
	celGo := func(e expression) error {
		compiled, issues := env.Compile(e.cel)
		if issues.Err() != nil {
			return issues.Err()
		}
		_, err := env.Program(compiled)
		return err
	}
	run := func(name string, e expression, compile func(expression) error) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := compile(e); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	for _, task := range expressionTasks[:5] {
		run(task.name+"/sotto", task, sotto)
		run(task.name+"/cel-go", task, celGo)
	}
	var cache engine.ExpressionCache
	run("cached/sotto", expressionTasks[0], func(e expression) error {
		_, err := cache.Compile(e.sotto, engine.CEL)
		return err
	})
	run("cached/cel-go", expressionTasks[0], celGo)
}
