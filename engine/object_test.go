package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
)

// brokenObject has what an ordered object has, and cannot be read.
type brokenObject struct{}

func (brokenObject) Keys() []string         { panic("keys-4711") }
func (brokenObject) Get(string) (any, bool) { panic("get-4711") }
func (brokenObject) Map() map[string]any    { panic("map-4711") }

// TestObjectsInPaths: a path reads an Object like a map, wherever it stands, and
// a type of the variables' own that fails ends the render and nothing more.
func TestObjectsInPaths(t *testing.T) {
	decoded, err := engine.DecodeVars([]byte(`{"user": {"name": "Ann", "home": {"city": "Ulm"}, "none": {}}}`))
	require.NoError(t, err)
	decoded["mixed"] = map[string]any{"user": decoded["user"]}
	decoded["absent"] = (*engine.Object)(nil)
	for _, c := range []struct{ name, source, want string }{
		{"object", `{{ user.name }}`, "Ann"},
		{"object in an object", `{{ user.home.city }}`, "Ulm"},
		{"object in a map", `{{ mixed.user.home.city }}`, "Ulm"},
		{"whole object", `{{ user.home }}`, `{"city"=>"Ulm"}`},
		{"no such key", `[{{ user.home.zip }}]`, "[]"},
		{"empty object", `[{{ user.none.any }}]`, "[]"},
		{"nil object", `[{{ absent.any }}{{ absent }}]`, "[]"},
		{"nil object in a tag", `{% if absent %}there{% else %}none{% endif %}`, "none"},
		{"loop in order", `{% for pair in user %}{{ pair[0] }} {% endfor %}`, "name home none "},
	} {
		t.Run(c.name, func(t *testing.T) {
			tmpl, err := engine.Compile(c.source, engine.TemplateOptions{})
			require.NoError(t, err)
			out, err := tmpl.Append(t.Context(), &engine.Request{Vars: decoded}, nil)
			require.NoError(t, err)
			require.Equal(t, c.want, string(out))
		})
	}
	for _, source := range []string{`{{ broken.any }}`, `{{ broken }}`, `{% for x in broken %}{{ x }}{% endfor %}`} {
		t.Run(source, func(t *testing.T) {
			tmpl, err := engine.Compile(source, engine.TemplateOptions{})
			require.NoError(t, err)
			out, err := tmpl.Append(t.Context(), &engine.Request{Vars: map[string]any{"broken": brokenObject{}}}, nil)
			require.Empty(t, out)
			require.ErrorContains(t, err, "the render failed inside")
			require.NotContains(t, err.Error(), "4711")
		})
	}
}
