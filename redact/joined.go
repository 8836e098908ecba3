package redact

import (
	"bytes"
	"sync"

	"github.com/sotto-render/sotto/redact/internal/index"
)

// joinedText is what a text reads like without the line breaks that encoders put into
// it: base64 and hex in lines, the soft breaks of quoted-printable. It is a list of
// stretches of the text, between which a NUL stands where they do not go together.
type joinedText struct {
	text   []byte
	chunks []chunk
	// tail is where the last stretch begins if it reaches the end of a text that may
	// go on, else -1.
	tail int

	spans []index.Span
}

// chunk says where in the text a piece of the joined one stands.
type chunk struct{ at, from int }

var joinedTexts = sync.Pool{New: func() any { return new(joinedText) }}

func (j *joinedText) reset() {
	const large = 1 << 20
	if cap(j.text) > large {
		*j = joinedText{}
	}
	j.text, j.chunks, j.spans, j.tail = j.text[:0], j.chunks[:0], j.spans[:0], -1
}

func (j *joinedText) append(text []byte, from, to int) {
	j.chunks = append(j.chunks, chunk{len(j.text), from})
	j.text = append(j.text, text[from:to]...)
}

// origin returns where in the text the byte at at comes from.
func (j *joinedText) origin(at int) int {
	c := j.chunks[j.chunkOf(at)]
	return c.from + at - c.at
}

// chunkOf returns the number of the chunk that has the byte at at.
func (j *joinedText) chunkOf(at int) int {
	low, high := 0, len(j.chunks)
	for low+1 < high {
		if middle := (low + high) / 2; j.chunks[middle].at <= at {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}

// shortestHeld is how much of base64 of base64 a line ends in at least that is held back
// for the next one. Less may be the beginning of it nearly anywhere, and a log would be
// read a line late; it tells five characters of a value's base64, and is not masked.
const shortestHeld = 8

// leaveShort has s begin behind the line breaks that less than shortestHeld of it is
// before, so that a stream finds the same as who looks at all at once.
func (j *joinedText) leaveShort(s *index.Span) {
	from := s.From
	for _, c := range j.chunks[j.chunkOf(from)+1:] {
		if c.at >= min(s.To, from+shortestHeld) {
			return
		}
		s.From = c.at
	}
}

// broken reports whether a line break stands behind the last character.
func (j *joinedText) broken(text []byte) bool { return j.origin(len(j.text)-1)+1 < len(text) }

// shortestBroken is how many characters of base64 or hex a value of 8 bytes has at
// least: what is shorter is not looked at.
const shortestBroken = 10

// breaksOf returns the next line break in text from i on: where what is before it
// ends, and where the next line begins. ok is false if there is none.
func breaksOf(text []byte, i int) (left, right int, ok bool) {
	n := bytes.IndexByte(text[i:], '\n')
	if n < 0 {
		return 0, 0, false
	}
	left, right = i+n, i+n+1
	if left > 0 && text[left-1] == '\r' {
		left--
	}
	return left, right, true
}

// lineBreaks are what a text has of line breaks that may stand within a value. Most
// texts have none, so this is all that is looked at of them.
type lineBreaks struct {
	// open is set if more text may follow.
	open bool
	// line is where the line begins that was not looked at.
	line int
	// found is set if there is one; first is where the line begins that ends in the
	// first. soft is set if one of them may be a soft break.
	found, soft bool
	first       int
}

// oneLine reports whether text is one line.
func oneLine(text []byte) bool {
	n := bytes.IndexByte(text, '\n')
	return n < 0 || n == len(text)-1
}

// read looks at the line breaks of text before to, and at its end.
func (b *lineBreaks) read(text []byte, to int) {
	if b.open && to == len(text) {
		b.readEnd(text)
	}
	for b.line < to {
		n := bytes.IndexByte(text[b.line:to], '\n')
		if n < 0 {
			return
		}
		from, left := b.line, b.line+n
		b.line = left + 1
		if left > 0 && text[left-1] == '\r' {
			left--
		}
		if left == 0 || !mayBreak[text[left-1]] {
			continue
		}
		right := b.line
		for right < len(text) && (text[right] == ' ' || text[right] == '\t') {
			right++
		}
		if soft := text[left-1] == '='; soft || right == len(text) && b.open || right < len(text) && runByte[text[right]] {
			b.add(from, soft)
		}
	}
}

// readEnd looks at the end of a text that goes on.
func (b *lineBreaks) readEnd(text []byte) {
	n := len(text)
	if n > 0 && text[n-1] == '\r' {
		n--
	}
	if n == 0 || !mayBreak[text[n-1]] {
		return
	}
	if soft := text[n-1] == '='; soft || n < len(text) {
		b.add(bytes.LastIndexByte(text[:n], '\n')+1, soft)
	}
}

func (b *lineBreaks) add(line int, soft bool) {
	if !b.found || line < b.first {
		b.found, b.first = true, line
	}
	b.soft = b.soft || soft
}

// runByte :: what can be part of base64 or hex; mayBreak :: that and what ends a line
// of quoted-printable
var runByte, mayBreak = func() (run, soft [256]bool) {
	for i := range run {
		run[i] = inRun(byte(i))
		soft[i] = run[i] || i == '='
	}
	return run, soft
}()

// joinRuns joins runs of base64 and hex over line breaks and indentation, from the
// line at first on.
func (j *joinedText) joinRuns(text []byte, first int, open bool) {
	start, end := 0, -1 // of the last stretch: in j.text, in text
	for i := first; ; {
		left, right, ok := breaksOf(text, i)
		if !ok {
			break
		}
		i = right
		if left == 0 || !inRun(text[left-1]) {
			continue
		}
		for right < len(text) && (text[right] == ' ' || text[right] == '\t') {
			right++
		}
		if right < len(text) && !inRun(text[right]) || right == len(text) && !open {
			continue
		}
		if end != left {
			start = j.begin(start)
			from := left
			for from > 0 && inRun(text[from-1]) {
				from--
			}
			j.append(text, from, left)
		}
		for end = right; end < len(text) && inRun(text[end]); {
			end++
		}
		i = end
		padded := end
		for padded < len(text) && padded < end+2 && text[padded] == '=' {
			padded++
		}
		j.append(text, right, padded)
	}
	if open && len(text) > 1 && text[len(text)-1] == '\r' && inRun(text[len(text)-2]) {
		if end != len(text)-1 {
			start = j.begin(start)
			from := len(text) - 1
			for from > 0 && inRun(text[from-1]) {
				from--
			}
			j.append(text, from, len(text)-1)
		}
		end = len(text)
	}
	if open && end == len(text) && len(j.text) > start {
		j.tail = start
	} else {
		j.begin(start)
	}
}

// begin ends the stretch that begins at start, and returns where the next begins. A
// stretch that is too short goes.
func (j *joinedText) begin(start int) int {
	if len(j.text)-start >= shortestBroken {
		j.text = append(j.text, 0)
		return len(j.text)
	}
	for len(j.chunks) > 0 && j.chunks[len(j.chunks)-1].at >= start {
		j.chunks = j.chunks[:len(j.chunks)-1]
	}
	j.text = j.text[:start]
	return start
}

// longestSoft is how long a line of quoted-printable may be; RFC 2045 says 76.
const longestSoft = 998

// joinSoft joins lines over the soft breaks of quoted-printable.
func (j *joinedText) joinSoft(text []byte, open bool) {
	start, end := 0, -1
	line := func(left int) (from int) {
		return max(bytes.LastIndexByte(text[:left], '\n')+1, left-longestSoft)
	}
	for i := 0; ; {
		left, right, ok := breaksOf(text, i)
		if !ok {
			break
		}
		i = right
		if left == 0 || text[left-1] != '=' {
			continue
		}
		if end != left-1 {
			start = j.begin(start)
			j.append(text, line(left), left-1)
		}
		end = len(text)
		if n := bytes.IndexByte(text[right:], '\n'); n >= 0 {
			end = right + n
			if end > right && text[end-1] == '\r' {
				end--
			}
		}
		if end = min(end, right+longestSoft); end > right && text[end-1] == '=' {
			end--
		}
		j.append(text, right, end)
	}
	if n := len(text); open && n > 1 {
		if text[n-1] == '\r' {
			n--
		}
		if text[n-1] == '=' {
			if end != n-1 {
				start = j.begin(start)
				j.append(text, line(n), n-1)
			}
			end = len(text)
		}
	}
	if open && end == len(text) && len(j.text) > start {
		j.tail = start
	} else {
		j.begin(start)
	}
}
