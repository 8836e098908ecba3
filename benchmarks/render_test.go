package benchmarks

import (
	"bytes"
	"context"
	html "html/template"
	"io"
	"testing"
	"text/template"

	"github.com/flosch/pongo2/v6"
	"github.com/osteele/liquid"
	"github.com/stretchr/testify/require"
	"github.com/valyala/fasttemplate"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/redact"
)

// renderer appends the rendered message to dst.
type renderer func(dst []byte) ([]byte, error)

// rival is a template engine, or a limit.
type rival struct {
	name string
	make func() (renderer, error)
}

// renderers makes a renderer of text for each contender. All take the
// variables from a map, and all write into a buffer that is used again.
func renderers(text string, vars map[string]any, secrets map[string]string) []rival {
	all := flat(vars, secrets)
	return []rival{
		{"sotto", func() (renderer, error) {
			t, err := engine.Compile(spell(text, "{{ %s }}", "<<Secrets.%s>>"), engine.TemplateOptions{})
			if err != nil {
				return nil, err
			}
			return prepared(t, vars, secrets)
		}},
		{"loop", func() (renderer, error) { return loop(pieces(text), vars, secrets), nil }},
		{"fasttemplate", func() (renderer, error) {
			t, err := fasttemplate.NewTemplate(spell(text, "{{%s}}", "{{%s}}"), "{{", "}}")
			if err != nil {
				return nil, err
			}
			return func(dst []byte) ([]byte, error) {
				w := bytes.NewBuffer(dst)
				_, err := t.ExecuteFunc(w, func(w io.Writer, tag string) (int, error) {
					return io.WriteString(w, all[tag].(string))
				})
				return w.Bytes(), err
			}, nil
		}},
		{"text-template", func() (renderer, error) {
			t, err := template.New("").Parse(spell(text, "{{.%s}}", "{{.%s}}"))
			if err != nil {
				return nil, err
			}
			return func(dst []byte) ([]byte, error) {
				w := bytes.NewBuffer(dst)
				err := t.Execute(w, all)
				return w.Bytes(), err
			}, nil
		}},
		{"html-template", func() (renderer, error) {
			t, err := html.New("").Parse(spell(text, "{{.%s}}", "{{.%s}}"))
			if err != nil {
				return nil, err
			}
			return func(dst []byte) ([]byte, error) {
				w := bytes.NewBuffer(dst)
				err := t.Execute(w, all)
				return w.Bytes(), err
			}, nil
		}},
		{"pongo2", func() (renderer, error) {
			t, err := pongo2.FromString(spell(text, "{{ %s }}", "{{ %s }}"))
			if err != nil {
				return nil, err
			}
			return func(dst []byte) ([]byte, error) {
				w := bytes.NewBuffer(dst)
				err := t.ExecuteWriterUnbuffered(pongo2.Context(all), w)
				return w.Bytes(), err
			}, nil
		}},
		{"liquid", func() (renderer, error) {
			t, err := liquid.NewEngine().ParseString(spell(text, "{{ %s }}", "{{ %s }}"))
			if err != nil {
				return nil, err
			}
			return func(dst []byte) ([]byte, error) {
				out, err := t.Render(all)
				return append(dst, out...), err
			}, nil
		}},
	}
}

// prepared resolves the secrets once, as a batch does.
func prepared(t *engine.Template, vars map[string]any, secrets map[string]string) (renderer, error) {
	known := make(engine.Map, len(secrets))
	for alias, value := range secrets {
		known[alias] = redact.NewSecret(value)
	}
	p, err := t.Prepare(context.Background(), &engine.Request{Secrets: known})
	if err != nil {
		return nil, err
	}
	return func(dst []byte) ([]byte, error) { return p.Append(dst, vars) }, nil
}

// measure runs render into one buffer.
func measure(b *testing.B, render renderer) {
	buf := make([]byte, 0, 16<<10)
	b.ReportAllocs()
	for b.Loop() {
		out, err := render(buf[:0])
		if err != nil || len(out) == 0 {
			b.Fatal(err)
		}
	}
}

// loop is the limit: what one would write by hand for this one message.
func loop(list []piece, vars map[string]any, secrets map[string]string) renderer {
	return func(dst []byte) ([]byte, error) {
		for _, p := range list {
			dst = append(dst, p.literal...)
			switch {
			case p.secret:
				dst = append(dst, secrets[p.name]...)
			case p.name != "":
				dst = append(dst, vars[p.name].(string)...)
			}
		}
		return dst, nil
	}
}

func TestRenderersAgree(t *testing.T) {
	want, err := loop(pieces(notification), notificationVars, notificationSecrets)(nil)
	require.NoError(t, err)
	for _, r := range renderers(notification, notificationVars, notificationSecrets) {
		render, err := r.make()
		require.NoError(t, err)
		got, err := render(nil)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), r.name)
	}
}

func BenchmarkRender(b *testing.B) {
	for _, size := range []struct {
		name, text string
	}{
		{"1KiB", notification},
		{"10KiB", long()},
	} {
		for _, r := range renderers(size.text, notificationVars, notificationSecrets) {
			render, err := r.make()
			require.NoError(b, err)
			b.Run(size.name+"/"+r.name, func(b *testing.B) { measure(b, render) })
		}
	}
}
