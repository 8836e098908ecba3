package redact

import (
	"strings"
	"sync"

	"github.com/sotto-render/sotto/redact/internal/index"
)

// condition is what the match of a form depends on besides its text: what stands
// around it. It is found after the index has found the text.
type condition interface {
	// holds decides a match. It may return a longer one.
	holds(p *place) verdict
}

// place is where in a text a match stands.
type place struct {
	text []byte
	index.Span
	// open is set where more text may follow.
	open bool
}

type verdict uint8

const (
	no verdict = iota
	yes
	later // what follows decides
)

// tagged returns the tag of a condition.
func tagged(c condition) *index.Tag { return &index.Tag{Condition: c} }

var (
	wordTag = tagged(word{})
	runTag  = tagged(run{})
)

// word is the condition of values of 4 to 7 bytes: they stand at boundaries of words
// on both sides, so that no mask tells a value.
type word struct{}

func (word) holds(p *place) verdict {
	if !boundaryBefore(p.text, p.From) {
		return no
	}
	return boundaryAfter(p.text, p.To, p.open)
}

// boundaryBefore reports whether a word may begin at i.
func boundaryBefore(text []byte, i int) bool {
	return i == 0 || !alphanumeric(text[i-1]) || !alphanumeric(text[i]) || endsEscape(text, i) || endsColour(text, i)
}

// boundaryAfter reports whether a word may end before i.
func boundaryAfter(text []byte, i int, open bool) verdict {
	switch {
	case i == len(text) && open:
		return later
	case i == len(text) || !alphanumeric(text[i]) || !alphanumeric(text[i-1]):
		return yes
	}
	return no
}

// run is the condition of what base64 and hex make of a value of 4 to 7 bytes: it
// reaches either end of the encoded run.
type run struct{}

func (run) holds(p *place) verdict {
	if p.From == 0 || !inRun(p.text[p.From-1]) || endsEscape(p.text, p.From) || endsColour(p.text, p.From) {
		return yes
	}
	end := p.To
	for end < len(p.text) && p.text[end] == '=' {
		end++
	}
	switch {
	case end == len(p.text) && p.open:
		return later
	case end == len(p.text) || !inRun(p.text[end]):
		return yes
	}
	return no
}

// inRun reports whether c can be part of base64 or hex.
func inRun(c byte) bool {
	return alphanumeric(c) || c == '+' || c == '/' || c == '-' || c == '_'
}

// keyTags :: names -> the tag of common values that have them
var keyTags sync.Map

// keyTag returns the tag of a common value that is masked behind keys that name a
// secret, and behind names, which are separated by blanks.
func keyTag(names string) *index.Tag {
	var own []string
	for name := range strings.FieldsSeq(names) {
		if !namesSecret(name) && !isEveryday(name) {
			own = append(own, name)
		}
	}
	names = strings.Join(own, " ")
	tag, _ := keyTags.LoadOrStore(names, tagged(&keyed{own}))
	return tag.(*index.Tag)
}

// keyed is the condition of common values: they stand whole behind a key that names
// a secret or is one of names.
type keyed struct{ names []string }

func (k *keyed) holds(p *place) verdict {
	end := endsWhole(p.text, p.To, p.open)
	if end == no {
		return no
	}
	key := keyBefore(p.text, p.From)
	if key == "" || isEveryday(key) {
		return no
	}
	if namesSecret(key) {
		return end
	}
	bare := bareKey(key)
	for _, name := range k.names {
		if bare == name {
			return end
		}
	}
	return no
}

// endsWhole reports whether a value ends before i, and is not the beginning of a
// longer one such as `admin-2`.
func endsWhole(text []byte, i int, open bool) verdict {
	for ; i < len(text); i++ {
		switch c := text[i]; {
		case alphanumeric(c) || c == '_' || c == '-' || c == '/' || c == '@' || c == '$' || c >= 0x80:
			return no
		case c != '.' && c != ':':
			return yes
		case i+1 < len(text):
			if next := text[i+1]; alphanumeric(next) || next == '/' {
				return no
			}
			return yes
		}
	}
	if open {
		return later
	}
	return yes
}

// followed is the condition of a line of a value that is short, or next to one that
// is: the next one follows.
type followed struct{ lines []string }

func (f *followed) holds(p *place) verdict {
	if !boundaryBefore(p.text, p.From) {
		return no
	}
	found := no
	for _, line := range f.lines[1:] {
		to, v := follows(p.text, p.To, line, p.open)
		if v == later {
			return later
		}
		if v == no {
			break
		}
		p.To, found = to, yes
	}
	return found
}

// continued is the condition of a piece of a body: none, but where the line ends,
// what is left of the body may go on behind the break.
type continued struct{ body string }

func (c *continued) holds(p *place) verdict {
	at := strings.Index(c.body, string(p.text[p.From:p.To]))
	if at < 0 {
		return yes
	}
	for at += p.To - p.From; at < len(c.body); {
		for p.To < len(p.text) && at < len(c.body) && p.text[p.To] == c.body[at] {
			p.To++
			at++
		}
		rest := c.body[at:]
		if rest == "" {
			break
		}
		to, v := follows(p.text, p.To, rest[:min(len(rest), wholePiece)], p.open)
		if v == later {
			return later
		}
		if v == no {
			break
		}
		p.To, at = to, at+min(len(rest), wholePiece)
	}
	return yes
}
