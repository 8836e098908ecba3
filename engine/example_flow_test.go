package engine_test

import (
	"context"
	"fmt"
	"log"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/redact"
)

// A flow that is evaluated for many resolves its secrets once. One whose variables are
// wrong fails alone.
func ExamplePreparedFlow() {
	expressions := make(map[string]*engine.Expression)
	for name, source := range map[string]string{"authorization": "'Bearer ' + secrets.api_key", "next": "n + 1"} {
		expression, err := engine.CompileExpression(source, engine.ExpressionOptions{})
		if err != nil {
			log.Fatal(err)
		}
		expressions[name] = expression
	}
	known := engine.Map{"api_key": redact.NewSecret("ak-5f2e8d7c")}
	prepared, err := engine.NewFlow(expressions).Prepare(context.Background(), &engine.Request{Secrets: known})
	if err != nil {
		log.Fatal(err)
	}
	for _, vars := range []map[string]any{{"n": 1}, {}, {"n": 41}} {
		results, err := prepared.Evaluate(vars)
		if err != nil {
			fmt.Println("failed:", err)
			continue
		}
		for _, name := range prepared.Names() {
			fmt.Println(name, results[name].Value.Reveal())
		}
	}
	// Output:
	// authorization Bearer ak-5f2e8d7c
	// next 2
	// failed: next:1:1: there is no variable n
	// authorization Bearer ak-5f2e8d7c
	// next 42
}
