package eval

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestDoublesAreSpelledAsJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, 1e21, 1e20, 1e-6, 9e-7, 1e-10, 5e-324, math.MaxFloat64})).Draw(t, "f")
		want, err := json.Marshal(f)
		require.NoError(t, err)
		got, err := appendDouble([]byte("1e-0"), f)
		require.NoError(t, err)
		require.Equal(t, "1e-0"+string(want), string(got))
	})
}
