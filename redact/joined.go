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

	tagged []index.Tagged
	spans  []index.Span
}

// chunk says where in the text a piece of the joined one stands.
type chunk struct{ at, from int }

var joinedTexts = sync.Pool{New: func() any { return new(joinedText) }}

func (j *joinedText) reset() {
	const large = 1 << 20
	if cap(j.text) > large {
		*j = joinedText{}
	}
	clear(j.tagged)
	j.text, j.chunks, j.tagged, j.spans, j.tail = j.text[:0], j.chunks[:0], j.tagged[:0], j.spans[:0], -1
}

func (j *joinedText) append(text []byte, from, to int) {
	j.chunks = append(j.chunks, chunk{len(j.text), from})
	j.text = append(j.text, text[from:to]...)
}

// origin returns where in the text the byte at at comes from.
func (j *joinedText) origin(at int) int {
	low, high := 0, len(j.chunks)
	for low+1 < high {
		if middle := (low + high) / 2; j.chunks[middle].at <= at {
			low = middle
		} else {
			high = middle
		}
	}
	return j.chunks[low].from + at - j.chunks[low].at
}

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

// firstBreak returns where in text the line begins that ends in the first line break
// which may stand within a value, or -1 for none; soft is set if one of them may be a
// soft break. Most texts have none, so this is all that is looked at of them.
func firstBreak(text []byte, open bool) (soft bool, first int) {
	first = -1
	for i := 0; ; {
		n := bytes.IndexByte(text[i:], '\n')
		if n < 0 {
			break
		}
		at := i + n
		left := at
		if left > 0 && text[left-1] == '\r' {
			left--
		}
		if left > 0 && mayBreak[text[left-1]] {
			soft = soft || text[left-1] == '='
			right := at + 1
			for right < len(text) && (text[right] == ' ' || text[right] == '\t') {
				right++
			}
			if first < 0 && (text[left-1] == '=' || right == len(text) || runByte[text[right]]) {
				first = i
			}
		}
		i = at + 1
	}
	if n := len(text); open && n > 0 {
		if text[n-1] == '\r' {
			n--
		}
		if n > 0 && mayBreak[text[n-1]] && (n < len(text) || text[n-1] == '=') {
			soft = soft || text[n-1] == '='
			if first < 0 {
				first = bytes.LastIndexByte(text[:n], '\n') + 1
			}
		}
	}
	return soft, first
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
