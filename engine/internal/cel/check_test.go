package cel

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// TestCheckFindsAll says where the mistakes of one source are: behind the first
// too, but none that only follows from another.
func TestCheckFindsAll(t *testing.T) {
	tests := []struct {
		name, source string
		places       []int
	}{
		{"right", "n + 1", nil},
		{"operators", "a === b", []int{4}},
		{"names and types", "size(1) + size(2)\n+ nope(3)", []int{0, 10, 20}},
		{"what follows", "1 + 'a' + true - 'x'", []int{2}},
		{"bare roots", "secrets + [secrets, secrets.x]", []int{0, 11}},
		{"arrows", "x => y => x", []int{2, 5, 7}},
		{"brackets", "[1, 2", []int{0}},
		{"empty", " ", []int{0}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			program, wrong := Check(test.source, eval.Limits{})
			require.Equal(t, len(test.places) == 0, program != nil)
			var places []int
			for _, e := range wrong {
				places = append(places, e.Pos)
			}
			slices.Sort(places)
			require.Equal(t, test.places, places)
		})
	}
}

// TestVariables says where a program names variables: those that a comprehension
// or cel.bind brings are none, and has() may ask for what is not there.
func TestVariables(t *testing.T) {
	source := "['é', vars.a, n, [1].map(x, x + m), vars['c'], has(vars.d), cel.bind(vars, e, vars.f)]"
	program, err := Compile(source, eval.Limits{})
	require.NoError(t, err)
	found := map[string]string{}
	for _, v := range program.Variables() {
		found[v.Name] = source[program.PosOf(v):][:5]
	}
	require.Equal(t, map[string]string{"a": "vars.", "n": "n, [1", "m": "m), v", "c": "vars[", "e": "e, va"}, found)
}
