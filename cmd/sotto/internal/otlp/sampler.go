package otlp

import (
	"encoding/binary"
	"math"
)

// sampler decides which traces are wanted, as OTEL_TRACES_SAMPLER says.
type sampler struct {
	// byParent takes the caller's decision where there is a caller.
	byParent bool
	// below is the first number that is not taken, of those that the second half of a
	// trace's id has without its last bit: what other services decide by too.
	below uint64
}

var samplers = map[string]struct{ byParent, ratio, none bool }{
	"always_on": {}, "always_off": {none: true}, "traceidratio": {ratio: true},
	"parentbased_always_on": {byParent: true}, "parentbased_always_off": {byParent: true, none: true},
	"parentbased_traceidratio": {byParent: true, ratio: true},
}

// newSampler returns the sampler called name, with a ratio from 0 to 1, and whether there
// is such a one.
func newSampler(name string, ratio float64) (sampler, bool) {
	kind, known := samplers[name]
	s := sampler{byParent: kind.byParent, below: math.MaxUint64}
	switch {
	case kind.none, kind.ratio && ratio <= 0:
		s.below = 0
	case kind.ratio && ratio < 1:
		s.below = uint64(ratio * (1 << 63))
	}
	return s, known
}

func (s sampler) sample(trace [16]byte, parent, sampled bool) bool {
	if s.byParent && parent {
		return sampled
	}
	return binary.BigEndian.Uint64(trace[8:])>>1 < s.below
}
