package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
)

// TestTranslations puts in texts by their keys, and reads none as a template.
func TestTranslations(t *testing.T) {
	object := new(engine.Object)
	object.Set("hello", "ordered")
	translations := map[string]any{
		"hello": "Grüezi", "mail": map[string]any{"bye": "Adieu", "deep": map[string]any{"er": "tief"}}, "a.b": "whole", "a": map[string]any{"b": "path"},
		"template": "{{ name }} <<Secrets.weather_fx>>", "html": "<b>", "list": []any{"x"}, "o": object,
	}
	for _, test := range []struct {
		name, source, want string
		context            engine.Context
	}{
		{"key", `{{ "hello" | t }}`, "Grüezi", engine.TextContext},
		{"path", `{{ "mail.bye" | t }} {{ "mail.deep.er" | t }} {{ "o.hello" | t }}`, "Adieu tief ordered", engine.TextContext},
		{"the whole key first", `{{ "a.b" | t }}`, "whole", engine.TextContext},
		{"of a variable", `<<key | t>>`, "Grüezi", engine.TextContext},
		{"no template", `{{ "template" | t }}`, "{{ name }} <<Secrets.weather_fx>>", engine.TextContext},
		{"escaped like a variable", `{{ "html" | t }}`, "&lt;b&gt;", engine.HTMLContext},
		{"missing", `[{{ "nosuch" | t }}{{ "mail" | t }}{{ "mail.no.where" | t }}{{ "list" | t }}{{ nosuch | t }}{{ 3 | t }}]`, "[]", engine.TextContext},
		{"missing, with a default", `{{ "nosuch" | t | default: "Hi" }}`, "Hi", engine.TextContext},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := rendered(test.source, engine.TemplateOptions{Context: test.context}, &engine.Request{
				Translations: translations, Vars: map[string]any{"key": "hello", "name": "Ann"},
			})
			require.NoError(t, err)
			require.Equal(t, test.want, got)
		})
	}
	t.Run("strict", func(t *testing.T) {
		_, err := rendered(`{{ "nosuch" | t }}`, engine.TemplateOptions{}, &engine.Request{Strict: true})
		require.EqualError(t, err, "1:15: there is no translation under this key: add it or put a default behind it")
		got, err := rendered(`{{ "nosuch" | t | default: "Hi" }}`, engine.TemplateOptions{}, &engine.Request{Strict: true})
		require.NoError(t, err)
		require.Equal(t, "Hi", got)
	})
}
