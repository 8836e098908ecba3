package engine_test

import (
	"context"
	"fmt"
	"log"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/redact"
)

// A message that goes to many resolves its secrets once. Append writes its
// parts, by their place in Names, into buffers that the caller keeps.
func ExamplePreparedMessage() {
	parts := make(map[string]*engine.Template)
	for name, source := range map[string]string{"title": "Hi {{ name }}", "body": "your key: <<secrets.api_key>>"} {
		part, err := engine.Compile(source, engine.TemplateOptions{})
		if err != nil {
			log.Fatal(err)
		}
		parts[name] = part
	}
	known := engine.Map{"api_key": redact.NewSecret("ak-5f2e8d7c")}
	prepared, err := engine.NewMessage(parts).Prepare(context.Background(), &engine.Request{Secrets: known})
	if err != nil {
		log.Fatal(err)
	}
	var buffer []byte
	for _, person := range []string{"Ann", "Bob"} {
		for i, name := range prepared.Names() {
			buffer, err = prepared.Append(i, buffer[:0], map[string]any{"name": person})
			if err != nil {
				log.Fatal(err)
			}
			fmt.Printf("%s: %s\n", name, buffer)
		}
	}
	// Output:
	// body: your key: ak-5f2e8d7c
	// title: Hi Ann
	// body: your key: ak-5f2e8d7c
	// title: Hi Bob
}

// The error of Append names the part that failed.
func ExamplePreparedMessage_Append_mistake() {
	title, err := engine.Compile("{{ price | divided_by: 0 }}", engine.TemplateOptions{})
	if err != nil {
		log.Fatal(err)
	}
	prepared, err := engine.NewMessage(map[string]*engine.Template{"title": title}).Prepare(context.Background(), &engine.Request{})
	if err != nil {
		log.Fatal(err)
	}
	_, err = prepared.Append(0, nil, map[string]any{"price": 3})
	fmt.Println(err)
	// Output: title:1:12: filter `divided_by`: division by zero
}
