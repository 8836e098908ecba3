package drive

import (
	"errors"
	"slices"
	"strconv"
	"strings"
)

// Mix says which kinds of requests are sent, and how often each.
type Mix []Part

// Part is one kind of a [Mix].
type Part struct {
	Kind   string
	Weight int
}

var kinds = []string{"preview", "render", "batch", "evaluate", "redact"}

// ParseMix reads KIND=WEIGHT, several with commas between them; a weight left out is 1.
func ParseMix(text string) (Mix, error) {
	var mix Mix
	for part := range strings.SplitSeq(text, ",") {
		kind, weight, given := strings.Cut(strings.TrimSpace(part), "=")
		n := 1
		if given {
			var err error
			if n, err = strconv.Atoi(weight); err != nil || n < 1 || n > 1000 {
				return nil, errors.New("a weight is a whole number from 1 to 1000")
			}
		}
		if !slices.Contains(kinds, kind) {
			return nil, errors.New("write " + strings.Join(kinds, ", ") + " with a weight each, as in render=8,batch=1")
		}
		mix = append(mix, Part{kind, n})
	}
	return mix, nil
}
