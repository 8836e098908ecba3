package redact

import (
	"encoding/binary"

	"github.com/sotto-render/sotto/redact/internal/index"
)

// Base64 of base64, as in the files of Docker within those of Kubernetes, is no form of
// a value: there are nine spellings of it, more than of all else together. It is decoded
// where a text has it, and the index looks at what comes out. That is told from other
// text by what base64 makes of characters of base64: letters and digits alone, and at
// least shortestOuter of them, none of which says anything of what stands around.

const (
	// shortestDecoded is how many bytes a value has at least that is found so; shorter
	// ones have forms.
	shortestDecoded = 20
	// shortestInner is how much base64 of such a value has that no neighbour changes,
	// and shortestOuter how much base64 of that.
	shortestInner, shortestOuter = 26, 34
	// outerWindow is how many bytes a text is looked at with, and outerStep how far apart:
	// at some multiple of it such a window is within every stretch of shortestOuter.
	outerWindow = 16
	outerStep   = shortestOuter - outerWindow + 1
	// quad is how many characters of base64 stand for three bytes.
	quad = 4
)

// outerRuns are the stretches of a text that may hold base64 of base64.
type outerRuns struct {
	at    int // where to look next
	found []outerRun
}

// outerRun is a stretch of a text as quads that begin at from.
type outerRun struct{ from, to int }

// high and zeros are of eight bytes: their highest bits, and the digit 0 in each. No
// letter or digit is below it, nor has the highest bit.
const high, zeros = 0x8080808080808080, 0x3030303030303030

// read looks at text before to. Nearly all that it meets it leaves after two loads: few
// texts have so many letters and digits in a row.
func (o *outerRuns) read(text []byte, to int) {
	at := o.at
	for ; at+outerWindow <= to; at += outerStep {
		window := text[at : at+outerWindow]
		x, y := binary.LittleEndian.Uint64(window), binary.LittleEndian.Uint64(window[8:])
		if (x|y|(x-zeros)|(y-zeros))&high == 0 {
			o.at = at
			o.look(text)
			at = o.at
		}
	}
	o.at = at
}

// look adds the run of letters and digits that has the window at o.at, and goes on
// behind it.
func (o *outerRuns) look(text []byte) {
	at := o.at
	letters := func(i int) bool {
		if i < 0 || i+8 > len(text) {
			return false
		}
		x := binary.LittleEndian.Uint64(text[i:])
		return (x|(x-zeros))&high == 0
	}
	// A stretch of shortestOuter goes on for 9 bytes to one side at least.
	if !letters(at+outerWindow) && !letters(at-8) {
		return
	}
	from, to := at, at
	for from > 0 && alphanumericByte[text[from-1]] {
		from--
	}
	for to < len(text) && alphanumericByte[text[to]] {
		to++
	}
	if to-from < shortestOuter {
		return
	}
	o.at = to / outerStep * outerStep
	for shift := range quad {
		if mayHoldRun(text[from+shift : to]) {
			// Quads that are within the run in part may hold a byte of what is inside.
			o.found = append(o.found, outerRun{max(from+shift-quad, (from+shift)%quad), min(to+quad-1, len(text))})
		}
	}
}

// mayHoldRun reports whether what the quads of text stand for may hold shortestInner
// characters of base64 in a row: of those seven quads in a row are whole, and of these
// two of every third.
func mayHoldRun(text []byte) bool {
	const apart = 3 * quad
	before := false
	for ; len(text) >= quad; text = text[min(apart, len(text)):] {
		now := isInnerQuad(text)
		if before && now {
			return true
		}
		before = now
	}
	return false
}

// isInnerQuad reports whether the quad at the start of text stands for characters of
// base64.
func isInnerQuad(text []byte) bool {
	a, b, c := decodeQuad(text)
	return runByte[a] && runByte[b] && runByte[c]
}

// isPaddedQuad is isInnerQuad with the padding of what is inside.
func isPaddedQuad(text []byte) bool {
	a, b, c := decodeQuad(text)
	return mayBreak[a] && mayBreak[b] && mayBreak[c]
}

func decodeQuad(text []byte) (a, b, c byte) {
	x := uint32(sixBits[text[0]])<<18 | uint32(sixBits[text[1]])<<12 | uint32(sixBits[text[2]])<<6 | uint32(sixBits[text[3]])
	return byte(x >> 16), byte(x >> 8), byte(x)
}

// sixBits :: character of either alphabet of base64 -> what it stands for; 0 for others
var sixBits, alphanumericByte = func() (bits [256]byte, letters [256]bool) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	for i := range len(alphabet) {
		bits[alphabet[i]], letters[alphabet[i]] = byte(i), true
	}
	bits['+'], bits['-'], bits['/'], bits['_'] = 62, 62, 63, 63
	return bits, letters
}()

// appendDecoded appends the bytes that text stands for and that are whole.
func appendDecoded(dst, text []byte) []byte {
	for ; len(text) >= quad; text = text[quad:] {
		a, b, c := decodeQuad(text)
		dst = append(dst, a, b, c)
	}
	if len(text) >= 2 {
		dst = append(dst, sixBits[text[0]]<<2|sixBits[text[1]]>>4)
	}
	if len(text) == 3 {
		dst = append(dst, sixBits[text[1]]<<4|sixBits[text[2]]>>2)
	}
	return dst
}

// encodedLen returns how many characters stand for n bytes.
func encodedLen(n int) int { return (8*n + 5) / 6 }

// findDecoded is find for what stands in base64 of base64.
func (g *registry) findDecoded(dst []index.Span, text []byte, runs []outerRun, hold int, open bool) ([]index.Span, int) {
	var space [1024]byte
	for _, run := range runs {
		inner := appendDecoded(space[:0], text[run.from:run.to])
		found := g.scan(nil, inner, &index.Edge{Apart: true, Broken: true})
		if found == nil {
			continue
		}
		var buf [4]index.Span
		for _, s := range found.Spans(buf[:0]) {
			if s.To-s.From < shortestInner {
				continue
			}
			from, to := run.from+encodedLen(s.From), run.from+encodedLen(s.To)
			// The padding tells nothing, and is masked with what it belongs to.
			for missing := (3 - s.To%3) % 3; missing > 0 && (to == len(text) || text[to] == '='); missing-- {
				if to == len(text) {
					if open {
						hold = min(hold, from)
					}
					break
				}
				to++
			}
			dst = append(dst, index.Span{From: from, To: to})
		}
		found.Release()
	}
	return dst, hold
}

// holdDecoded returns where base64 of the beginning of something known begins at the
// end of text, or len(text).
func (g *registry) holdDecoded(text []byte) int {
	n := len(text)
	cut := n
	if n == 0 || !alphanumericByte[text[n-1]] || !g.mayDecode() {
		return n
	}
	var space [256]byte
	for left := range min(quad, n) {
		// left characters stand behind the last whole quad.
		from := n - left
		for from >= quad && isPaddedQuad(text[from-quad:]) {
			from -= quad
		}
		// What begins within a quad has other bytes before it there.
		if from >= quad {
			from -= quad
		}
		inner := appendDecoded(space[:0], text[from:])
		cut = min(cut, g.heldOf(inner, from, n))
		if left != 1 {
			continue
		}
		// Six bits of the next byte, with which it may begin, are known.
		for rest := range byte(quad) {
			if c := sixBits[text[n-1]]<<2 | rest; mayBreak[c] {
				cut = min(cut, g.heldOf(append(inner, c), from, n))
			}
		}
	}
	return cut
}

// heldOf returns where in a text of n bytes the tail of inner is that may become a
// match. It is what the text stands for from from on.
func (g *registry) heldOf(inner []byte, from, n int) int {
	if at := g.hold(inner, 0); at < len(inner) {
		return min(n, from+encodedLen(at))
	}
	return n
}
