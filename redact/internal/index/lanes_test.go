package index

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// A value of each tier is found wherever it stands: across the ends of lanes and
// of blocks of lanes, and where they give way to what is too short for them.
func TestAValueAcrossLanes(t *testing.T) {
	for stride, value := range map[int]string{
		16: "kT9wQe5xYb2mZp7Lr4Vc8Ns",
		11: "kT9wQe5xYb2mZp7L",
		10: "kT9wQe5xYb2mZp7",
		5:  "kT9wQe5x",
		1:  "kT9w",
	} {
		t.Run(fmt.Sprint("stride ", stride), func(t *testing.T) {
			m := matcherOf(value)
			spansOf(m, nil, Edge{})
			require.True(t, func() bool {
				for _, tier := range m.index.Load().tiers {
					if tier != nil && tier.stride == stride {
						return true
					}
				}
				return false
			}())
			for _, size := range []int{8 * 3520, 8*3520 + 5, 8*3520 + 8, 2*8*3520 + 100, 8*10560 + 8, 8*10560 + 8*3520 + 300} {
				text := bytes.Repeat([]byte{'.'}, size)
				for at := 0; at+len(value) <= size; {
					copy(text[at:], value)
					require.Equal(t, []Span{{at, at + len(value)}}, spansOf(m, text, Edge{}), "at %d of %d", at, size)
					copy(text[at:], "........................"[:len(value)])
					// Every place near the end of a lane, and some between.
					if near := (at + 40) % 3520; near < 60 || size-at < 60 {
						at++
					} else {
						at += min(60-near+3520, 1009)
					}
				}
			}
		})
	}
}
