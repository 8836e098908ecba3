package redact

import (
	"strings"

	"github.com/sotto-render/sotto/redact/internal/index"
)

const (
	// pieceSize is how many bytes of a body have to stand in a row: base64 of 12 bytes
	// is in no other text by chance.
	pieceSize = 16
	// wholePiece is how long a stretch of a body has one of its pieces in it.
	wholePiece = 2*pieceSize - 1
)

// body adds a long text of random characters, such as the base64 of a PEM, of which
// every stretch is known: it may be wrapped anywhere, and have anything between the
// lines. Each piece of it is a pattern, which matches with as much around it as
// agrees; the pieces of one stretch touch. Its first line is that of the armour before
// it, and its last that of the armour behind it. These are known to nobody, and masked
// with the body where all is escaped.
func (f *forms) body(armoured string) {
	begin, text, end := splitArmour(armoured)
	if len(text) < wholePiece {
		f.tag = nil
		f.form(text)
		return
	}
	f.tag = &index.Tag{Condition: &continued{body: text}}
	for at := 0; at+pieceSize <= len(text); at += pieceSize {
		from := max(0, at-pieceSize+1)
		f.buf = append(f.buf, text[from:min(at+wholePiece, len(text))]...)
		f.put(index.Spell(f.buf[f.end:], at-from+pieceSize, false).Lead(at - from).Broken())
	}
	if head := plainHead(text); head <= longestHead && !f.bare {
		f.tag = &index.Tag{Condition: &continued{body: text, from: head}}
		f.escapes(text[:head])
		f.tag = &index.Tag{Condition: &continued{body: text, end: end, from: head}}
		f.escapes(begin + "\n" + text[:head])
	}
	f.tag = nil
}

func splitArmour(armoured string) (begin, body, end string) {
	begin, body, _ = strings.Cut(armoured, "\n")
	body, end, _ = strings.Cut(body, "\n")
	return begin, body, end
}

// longestHead is how long a beginning of a body may be that has to be known escaped: it
// is within the first line.
const longestHead = 3 * pieceSize

// plainHead returns where the first piece of a body ends that no encoder changes. What
// is behind it is found by it, however it is escaped, and what is before it has forms.
func plainHead(body string) int {
	for at := 0; at+pieceSize <= len(body); at += pieceSize {
		if plainText(body[at : at+pieceSize]) {
			return at + pieceSize
		}
	}
	return len(body)
}

// lines adds the lines of a value of which some are short: these are known where two
// follow each other as in the value.
func (f *forms) lines(all []string) {
	for i := range len(all) - 1 {
		if len(all[i]) >= shortestLine && len(all[i+1]) >= shortestLine {
			continue
		}
		if len(all[i]) < 2 {
			continue // half of every text has it
		}
		f.tag = &index.Tag{Condition: &followed{all[i:]}}
		f.enter(all[i])
		if escaped := string(jsonStyle(0).append(nil, all[i])); escaped != all[i] {
			f.enter(escaped)
		}
	}
	f.tag = nil
}
