package cel

import (
	"slices"
	"testing"

	"github.com/google/cel-go/cel"
	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// TestSignaturesHaveOwnFunctions: what sotto adds to CEL is listed, whoever adds it.
func TestSignaturesHaveOwnFunctions(t *testing.T) {
	env, err := shared()
	require.NoError(t, err)
	plain, err := cel.NewEnv(libraries()...)
	require.NoError(t, err)
	own := 0
	for name := range env.env.Functions() {
		if plain.HasFunction(name) || !isLetter(name[0]) {
			continue
		}
		own++
		t.Run(name, func(t *testing.T) {
			require.True(t, slices.ContainsFunc(Signatures(), func(s eval.Signature) bool { return s.Name == name }))
		})
	}
	require.Greater(t, own, 10)
}
