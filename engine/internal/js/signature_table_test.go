package js

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// TestSignaturesHaveOwnFunctions: what sotto adds to JavaScript is listed, whoever adds
// it.
func TestSignaturesHaveOwnFunctions(t *testing.T) {
	for _, f := range slices.Concat(ownFunctions, wordFunctions) {
		t.Run(f.Name, func(t *testing.T) {
			require.True(t, slices.ContainsFunc(Signatures(), func(s eval.Signature) bool { return s.Name == f.Name }))
		})
	}
}
