package benchmarks

import (
	"testing"
	"text/template"

	"github.com/flosch/pongo2/v6"
	"github.com/osteele/liquid"
	"github.com/valyala/fasttemplate"

	"github.com/sotto-render/sotto/engine"
)

// BenchmarkCompile compiles the notification of 1 KiB. cached/sotto finds it in
// the cache that the server keeps, cached/template compiles it each time.
func BenchmarkCompile(b *testing.B) {
	own := spell(notification, "{{ %s }}", "<<Secrets.%s>>")
	var cache engine.Cache
	for _, c := range []struct {
		name    string
		compile func() error
	}{
		{"1KiB/sotto", func() error {
			_, err := engine.Compile(own, engine.TemplateOptions{})
			return err
		}},
		{"1KiB/fasttemplate", func() error {
			_, err := fasttemplate.NewTemplate(spelledPlain, "{{", "}}")
			return err
		}},
		{"1KiB/text-template", func() error {
			_, err := template.New("").Parse(spelledDotted)
			return err
		}},
		{"1KiB/liquid", func() error {
			_, err := liquidEngine.ParseString(spelledPlain)
			return err
		}},
		{"1KiB/pongo2", func() error {
			_, err := pongo2.FromString(spelledPlain)
			return err
		}},
		{"cached/sotto", func() error {
			_, err := cache.Compile(own, engine.TemplateOptions{})
			return err
		}},
		{"cached/text-template", func() error {
			_, err := template.New("").Parse(spelledDotted)
			return err
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := c.compile(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

var (
	liquidEngine  = liquid.NewEngine()
	spelledPlain  = spell(notification, "{{%s}}", "{{%s}}")
	spelledDotted = spell(notification, "{{.%s}}", "{{.%s}}")
)
