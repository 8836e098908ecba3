package redact

import (
	"fmt"
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

// continued is the condition of a piece of a body: none, but what is left of the body
// may go on behind it, with its signs escaped and behind line breaks, and the armour
// behind that.
type continued struct {
	body, end string
	// from is where the body goes on behind what is matched; 0 for where that stands.
	from int
}

func (c *continued) holds(p *place) verdict {
	at := c.from
	if at == 0 {
		matched := string(p.text[p.From:p.To])
		if at = strings.Index(c.body, matched); at < 0 {
			return yes
		}
		at += len(matched)
	}
	for at < len(c.body) {
		n, v := spelledAt(p.text, p.To, c.body[at], p.open)
		if v == yes {
			p.To += n
			at++
			continue
		}
		rest := c.body[at:]
		to, next := follows(p.text, p.To, rest[:min(len(rest), wholePiece)], p.open)
		if next == yes {
			p.To, at = to, at+min(len(rest), wholePiece)
			continue
		}
		if v == later || next == later {
			return later
		}
		return yes
	}
	if c.end != "" {
		to, v := follows(p.text, p.To, c.end, p.open)
		if v == later {
			return later
		}
		p.To = to
	}
	return yes
}

// spelledAt returns how many bytes at i stand for c as it is, or escaped if it is a sign
// of base64 or of armour.
func spelledAt(text []byte, i int, c byte, open bool) (n int, v verdict) {
	if i < len(text) && text[i] == c {
		return 1, yes
	}
	for _, spelling := range signSpellings[c] {
		rest := text[min(i, len(text)):]
		if len(rest) >= len(spelling) {
			if string(rest[:len(spelling)]) == spelling {
				return len(spelling), yes
			}
		} else if open && len(rest) > 0 && string(rest) == spelling[:len(rest)] {
			v = later
		}
	}
	return 0, v
}

// signSpellings :: sign of base64 or of armour -> how encoders write it
var signSpellings = func() (all [256][]string) {
	for _, c := range [...]byte{'+', '/', '=', '-', ' '} {
		for _, before := range [...]string{`\`, `\\`, `\\\`, "^", "%", "`"} {
			all[c] = append(all[c], before+string(rune(c)))
		}
		for _, format := range [...]string{"%%%02X", "%%%02x", "%%25%02X", "%%25%02x", "&#%d;", "&#x%X;", "&#x%x;", "&#x%02X;", "&amp;#%d;", "&amp;#x%X;",
			`\u%04x`, `\u%04X`, `\\u%04x`, `\x%02x`, `\x%02X`, `\\x%02x`, "=%02X", `\%03o`, `\u{%x}`, "%%5C%%%02X", "%%5c%%%02x"} {
			all[c] = append(all[c], fmt.Sprintf(format, c))
		}
	}
	all['+'] = append(all['+'], "-")
	all['/'] = append(all['/'], "_", "~1")
	all[' '] = append(all[' '], "+", "%2B", "%2b", "_", "&nbsp;")
	return all
}()
