package api_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/redact"
)

// A message is made with a secret that the server keeps. It prints masked until it
// is revealed for sending.
func Example() {
	address, stop := serve()
	defer stop()
	ctx := context.Background()

	c, err := api.New(address, api.Options{Token: redact.NewSecret(adminToken)})
	must(err)
	defer c.Close()
	made, err := c.CreateSecret(ctx, api.SecretDraft{
		Alias: "weather", Type: api.SecretToken, Value: api.TokenValue("k-8d1f22c07a"),
	})
	must(err)
	fmt.Println(made.Alias, "version", made.Version)

	source := "GET /{{ city | path_escape }}?key=<<Secrets.weather>>"
	message, err := c.Render(ctx, api.RenderRequest{Template: &source, Vars: map[string]any{"city": "Bern"}})
	must(err)
	fmt.Println(message.Output)
	fmt.Println(message.Output.Reveal())
	// Output:
	// weather version 1
	// [REDACTED]
	// GET /Bern?key=k-8d1f22c07a
}

// A refusal is a Problem, with a code that never changes its meaning and the place
// of each mistake.
func ExampleProblem() {
	address, stop := serve()
	defer stop()
	c, err := api.New(address, api.Options{Token: redact.NewSecret(adminToken)})
	must(err)
	defer c.Close()

	expression := `"Bearer " + secrets.nobody`
	_, err = c.Evaluate(context.Background(), api.EvaluateRequest{Expression: &expression})
	var refused *api.Problem
	if errors.As(err, &refused) && refused.Code == api.SecretMissing {
		first := refused.Errors[0]
		fmt.Println(refused.Status, refused.Code, first.Alias, first.Line, first.Column)
	}
	// Output: 422 secret_missing nobody 1 13
}

// A list is a loop; the pages behind it are read as it goes.
func ExampleClient_Secrets() {
	address, stop := serve()
	defer stop()
	ctx := context.Background()
	root, err := api.New(address, api.Options{Token: redact.NewSecret(adminToken)})
	must(err)
	defer root.Close()

	shop := root.In("acme/shop")
	for _, alias := range []string{"smtp", "maps"} {
		_, err := shop.CreateSecret(ctx, api.SecretDraft{Alias: alias, Type: api.SecretToken, Value: api.TokenValue("k-" + alias + "-51b6e9d3f4")})
		must(err)
	}
	for secret, err := range shop.Secrets(ctx) {
		must(err)
		fmt.Println(secret.Scope, secret.Alias, secret.Type)
	}
	// Output:
	// acme/shop maps token
	// acme/shop smtp token
}

// A batch renders for many recipients in one call, both ways as a stream: they are
// taken from the iterator as the server takes them, and each is answered in turn. What
// fails for one stops nobody.
func ExampleClient_RenderBatch() {
	address, stop := serve()
	defer stop()
	c, err := api.New(address, api.Options{Token: redact.NewSecret(adminToken)})
	must(err)
	defer c.Close()

	people := func(yield func(api.Recipient) bool) {
		for id, name := range []string{"Ada", "", "Eve"} {
			vars := map[string]any{}
			if name != "" {
				vars["name"] = name
			}
			if !yield(api.Recipient{ID: id, Vars: vars}) {
				return
			}
		}
	}
	source := "Dear {{ name }}"
	request := api.RenderRequest{Template: &source, StrictVariables: true}
	done, err := c.RenderBatch(context.Background(), request, people, func(one api.Rendered) error {
		if one.Problem != nil {
			fmt.Println(one.ID, one.Problem.Code)
			return nil
		}
		fmt.Println(one.ID, one.Output.Reveal())
		return nil
	})
	must(err)
	fmt.Println(done.OK, done.Failed)
	// Output:
	// 0 Dear Ada
	// 1 variable_missing
	// 2 Dear Eve
	// 2 1
}
