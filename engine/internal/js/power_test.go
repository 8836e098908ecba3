package js

import (
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// TestWholePowers: a power with a whole exponent is the nearest double.
func TestWholePowers(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 3))
	nearest := func(x float64, n int) float64 {
		product := new(big.Float).SetPrec(20_000).SetInt64(1)
		base := new(big.Float).SetPrec(20_000).SetFloat64(x)
		for range max(n, -n) {
			product.Mul(product, base)
		}
		if n < 0 {
			product.Quo(new(big.Float).SetPrec(20_000).SetInt64(1), product)
		}
		f, _ := product.Float64()
		return f
	}
	for range 400 {
		x, n := math.Exp(4*r.Float64()-2), r.IntN(200)-100
		if r.IntN(2) == 0 {
			x = float64(r.IntN(40) - 20)
		}
		if x == 0 {
			continue
		}
		require.Equal(t, nearest(x, n), power(x, float64(n)), "%v ** %d", x, n)
	}
	for _, c := range []struct {
		x float64
		n int
	}{{10, 308}, {10, 309}, {10, -308}, {10, -323}, {10, -324}, {2, 1023}, {2, 1024}, {2, -1074}, {-2, 1023}, {0.5, 1074}, {3, 646}, {-3, -645}} {
		require.Equal(t, nearest(c.x, c.n), power(c.x, float64(c.n)), "%v ** %d", c.x, c.n)
	}
}

// TestNormalizesLongTexts: the longest texts that a request brings are within the limits.
func TestNormalizesLongTexts(t *testing.T) {
	for form, want := range map[string]float64{"NFC": 500_000, "NFD": 1_000_000, "NFKC": 500_000} {
		t.Run(form, func(t *testing.T) {
			p, err := Compile(`s.normalize("`+form+`").length`, eval.Limits{Time: time.Minute}, nil)
			require.NoError(t, err)
			var in eval.Prepared
			p.Prepare(&in, eval.Given{})
			out, err := p.Evaluate(&in, map[string]any{"s": strings.Repeat("é", 500_000)})
			require.NoError(t, err)
			require.Equal(t, want, out.Value)
		})
	}
}
