package index

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheDigitsOfAnEscapeAreFoundAnew(t *testing.T) {
	w := world{rand.New(rand.NewPCG(3, 3))}
	for range 20_000 {
		text := []byte(w.text("%25\\uUx{}&#aF0", 1+w.IntN(24)))
		digits := make([]bool, len(text))
		eachEscape(text, func(from, to int) {
			for i := from; i < to; i++ {
				digits[i] = true
			}
		})
		for i := range text {
			require.Equal(t, digits[i], inEscape(text, i), "%q at %d", text, i)
		}
	}
}
