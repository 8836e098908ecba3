package engine_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// A filter of the program's own. It is as sensitive as what it is made of.
func ExampleTemplateOptions_filters() {
	filters, err := engine.NewFunctions(engine.Function{
		Name:       "initials",
		Parameters: []macros.Parameter{{Name: "name", Kind: macros.TextKind}, {Name: "separator", Kind: macros.TextKind, Optional: true}},
		Run: func(args []any) (any, error) {
			separator := ""
			if len(args) > 1 {
				separator = args[1].(string)
			}
			var initials []string
			for _, word := range strings.Fields(args[0].(string)) {
				initials = append(initials, word[:1])
			}
			return strings.Join(initials, separator), nil
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	template, err := engine.Compile(`{{ name | initials }} {{ name | initials: "." }}`, engine.TemplateOptions{Filters: filters})
	if err != nil {
		fmt.Println(err)
		return
	}
	output, err := template.Render(context.Background(), &engine.Request{Vars: map[string]any{"name": "Ada King Lovelace"}})
	fmt.Println(output.Reveal(), err)
	// Output: AKL A.K.L <nil>
}

// A function of the program's own. Its errors say where, and nothing of what it
// was given.
func ExampleExpressionOptions_functions() {
	functions, err := engine.NewFunctions(engine.Function{
		Name:       "tenant_of",
		Parameters: []macros.Parameter{{Name: "key", Kind: macros.TextKind}},
		Run: func(args []any) (any, error) {
			tenant, _, ok := strings.Cut(args[0].(string), ":")
			if !ok {
				return nil, fmt.Errorf("no tenant in %q", args[0])
			}
			return tenant, nil
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	secrets := engine.Map{"good": redact.NewSecret("acme:k-4711"), "bad": redact.NewSecret("k-0815")}
	for _, source := range []string{"tenant_of(secrets.good)", "tenant_of(secrets.bad)"} {
		expression, err := engine.CompileExpression(source, engine.ExpressionOptions{Functions: functions})
		if err != nil {
			fmt.Println(err)
			return
		}
		result, err := expression.Evaluate(context.Background(), &engine.Request{Secrets: secrets})
		fmt.Println(result.Value.Reveal(), result.Sensitive, err)
	}
	// Output:
	// acme true <nil>
	// <nil> false 1:1: the function failed
}

// The same in JavaScript, where a function is a value that others may call.
func ExampleExpressionOptions_javaScript() {
	functions, err := engine.NewFunctions(engine.Function{
		Name:       "slug",
		Parameters: []macros.Parameter{{Name: "text", Kind: macros.TextKind}},
		Run: func(args []any) (any, error) {
			return strings.ReplaceAll(strings.ToLower(args[0].(string)), " ", "-"), nil
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	options := engine.ExpressionOptions{Language: engine.JavaScript, Functions: functions}
	expression, err := engine.CompileExpression("names.map(slug).join()", options)
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := expression.Evaluate(context.Background(), &engine.Request{Vars: map[string]any{"names": []any{"Ada King", "Mary"}}})
	fmt.Println(result.Value.Reveal(), err)
	// Output: ada-king,mary <nil>
}
