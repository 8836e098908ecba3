package engine_test

import (
	"context"
	"fmt"
	"log"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/redact"
)

// The README shows this example; a test of the command holds the two together.
func Example() {
	secrets := engine.Map{"weather_fx": redact.NewSecret("tok-4f9a8b2c7d")}
	template, err := engine.Compile("{{ city }}: Bearer <<Secrets.weather_fx>>", engine.TemplateOptions{})
	if err != nil {
		log.Fatal(err) // names the line and the column
	}
	message, err := template.Render(context.Background(), &engine.Request{
		Vars:    map[string]any{"city": "Bern"},
		Secrets: secrets,
	})
	if err != nil {
		log.Fatal(err) // never holds a value
	}
	fmt.Println(message)          // [REDACTED]
	fmt.Println(message.Reveal()) // Bern: Bearer tok-4f9a8b2c7d

	// Output:
	// [REDACTED]
	// Bern: Bearer tok-4f9a8b2c7d
}
