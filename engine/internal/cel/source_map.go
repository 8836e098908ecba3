package cel

import (
	"sort"
	"unicode/utf8"
)

// span says that text[out:] up to the next span came from source[in:]. Copied
// text maps byte by byte; made-up text maps to its start.
type span struct {
	out, in int
	copied  bool
}

// offset returns where in the author's source the code point at out of the
// rewritten text came from.
func (r *rewritten) offset(codePoint int) int {
	out := codePoint
	if !isASCII(r.text) {
		out = 0
		for i := 0; i < codePoint && out < len(r.text); i++ {
			_, size := utf8.DecodeRuneInString(r.text[out:])
			out += size
		}
	}
	i := sort.Search(len(r.spans), func(i int) bool { return r.spans[i].out > out }) - 1
	if i < 0 {
		return 0
	}
	if s := r.spans[i]; s.copied {
		return s.in + out - s.out
	}
	return r.spans[i].in
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
