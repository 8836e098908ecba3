package resolver_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
)

// Secrets from the environment, as a render is given them. A program passes
// the Scoped as engine.Request.Secrets instead of calling Resolve itself.
func Example() {
	_ = os.Setenv("INTEGRATION_WEATHER_FX", "tok-4f9a8b2c7d")
	binding, err := resolver.ParseProvider("env:INTEGRATION_")
	if err != nil {
		log.Fatal(err)
	}
	process := redact.New()
	r, err := resolver.New(resolver.Options{Providers: []resolver.Binding{binding}, Redactor: process})
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close()

	aliases := []string{"weather_fx", "smtp"}
	status := make([]macros.Status, len(aliases))
	values := make([]redact.Secret, len(aliases))
	if err := r.Scoped(resolver.DefaultScope).Resolve(context.Background(), aliases, status, values); err != nil {
		log.Fatal(err)
	}
	fmt.Println(status)
	fmt.Println(values[0], len(values[0].Reveal()))
	fmt.Println(process.String("sent with tok-4f9a8b2c7d"))
	// Output:
	// [known missing]
	// [REDACTED] 14
	// sent with [REDACTED]
}
