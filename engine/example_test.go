package engine_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/redact"
)

// A template is compiled once and rendered for many. The output prints masked
// until Reveal takes it out.
func ExampleCompile() {
	template, err := engine.Compile("Hi {{ name | default: 'you' }}, your key is <<Secrets.Api_Key>>", engine.TemplateOptions{})
	if err != nil {
		log.Fatal(err)
	}
	known := engine.Map{"api_key": redact.NewSecret("ak-5f2e8d7c")}
	out, err := template.Render(context.Background(), &engine.Request{Secrets: known, Vars: map[string]any{"name": "Ann"}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(out)
	fmt.Println(out.Reveal())
	// Output:
	// [REDACTED]
	// Hi Ann, your key is ak-5f2e8d7c
}

// All that is wrong comes in one error, with the place of each mistake.
func ExampleTemplate_Render_missing() {
	template, err := engine.Compile("{{ secrets.first }}\n<<secrets.second>>", engine.TemplateOptions{})
	if err != nil {
		log.Fatal(err)
	}
	_, err = template.Render(context.Background(), &engine.Request{Secrets: engine.Map{}})
	var problem *engine.Error
	if errors.As(err, &problem) {
		for _, d := range problem.Details {
			fmt.Println(d.Code, d.Alias, d.Line, d.Column)
		}
	}
	// Output:
	// secret_missing first 1 4
	// secret_missing second 2 3
}

// A preview opens no secret and checks only that each exists.
func ExampleRequest_preview() {
	template, err := engine.Compile("Bearer <<secrets.token>>", engine.TemplateOptions{})
	if err != nil {
		log.Fatal(err)
	}
	known := engine.Map{"token": redact.NewSecret("tok-4f9a8b2c7d")}
	out, err := template.Render(context.Background(), &engine.Request{Secrets: known, Preview: true})
	fmt.Println(out.Reveal(), err)
	// Output: Bearer [secrets.token] <nil>
}

// A batch resolves once, then appends each recipient's message to one buffer.
func ExamplePrepared_Append() {
	template, err := engine.Compile(`{"to":"{{ name }}","n":{{ n }}}`, engine.TemplateOptions{Context: engine.JSONContext})
	if err != nil {
		log.Fatal(err)
	}
	prepared, err := template.Prepare(context.Background(), &engine.Request{})
	if err != nil {
		log.Fatal(err)
	}
	var buf []byte
	for _, vars := range []map[string]any{{"name": `Ann "A" Lee`, "n": 1}, {"n": []any{true, "x"}}} {
		if buf, err = prepared.Append(buf[:0], vars); err != nil {
			log.Fatal(err)
		}
		fmt.Println(string(buf))
	}
	// Output:
	// {"to":"Ann \"A\" Lee","n":1}
	// {"to":"","n":[true,"x"]}
}

// The parts of a message are rendered together: all of them or none.
func ExampleMessage() {
	title, err := engine.Compile("Hi {{ name }}", engine.TemplateOptions{})
	if err != nil {
		log.Fatal(err)
	}
	link, err := engine.Compile("https://api.example.com/{{ name }}?t=<<secrets.token>>", engine.TemplateOptions{Context: engine.URLContext})
	if err != nil {
		log.Fatal(err)
	}
	message := engine.NewMessage(map[string]*engine.Template{"title": title, "link": link})
	out, err := message.Render(context.Background(), &engine.Request{
		Secrets: engine.Map{"token": redact.NewSecret("a+b/c")}, Vars: map[string]any{"name": "Ann Lee"},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(out["title"].Reveal(), out["link"].Reveal())
	// Output: Hi Ann Lee https://api.example.com/Ann%20Lee?t=a%2Bb%2Fc
}

// Partials come from a map, a file system, or a store of your own.
func ExamplePartialMap() {
	template, err := engine.Compile("{% render 'greeting', who: name %}", engine.TemplateOptions{
		Partials: engine.PartialMap{"greeting": "Hello {{ who }}!"},
	})
	if err != nil {
		log.Fatal(err)
	}
	out, err := template.Render(context.Background(), &engine.Request{Vars: map[string]any{"name": "Ann"}})
	fmt.Println(out.Reveal(), err)
	// Output: Hello Ann! <nil>
}

// Lint finds what compiling refuses, all of it, and the secrets that do not exist.
func ExampleLint() {
	report, err := engine.Lint(context.Background(), []engine.Source{
		{Name: "body", Text: "{{ name | upcas }} <<secrets.tokn>>"},
		{Name: "header", Text: "`Bearer ${secrets.token}` + size(1)", Language: engine.CEL},
	}, engine.LintOptions{Resolver: engine.Map{"token": redact.NewSecret("tok-4f9a8b2c7d")}})
	if err != nil {
		log.Fatal(err)
	}
	for _, d := range report.Diagnostics {
		fmt.Printf("%s:%d:%d %s\n", d.Part, d.Line, d.Column, d.Code)
	}
	// Output:
	// body:1:11 unknown_filter
	// body:1:22 secret_shown
	// body:1:22 secret_missing
	// header:1:29 expression_syntax
}
