package escape

import (
	"html"
	"strings"
)

// Following is what the author wrote behind a value, as far as the value's place
// in a URL, or in a link of HTML, depends on it.
type Following struct {
	// next is the first byte; 0 at the end of the block, unknownNext where
	// something else than text follows.
	next byte
	// user says that a @ comes before the end of the host, so that the value
	// is no part of the host.
	user bool
	// colon says that a : comes before anything that ends a scheme.
	colon bool
	past  bool // says that colon is known
	// Raw says that the author answers for what the value holds.
	Raw bool
	// outermost says that the end of the block is that of the URL.
	outermost bool
}

// MaxFollowing is how many pieces of text and values are looked at behind a
// value. More would make the compilation of a long run of values quadratic.
const MaxFollowing = 16

// unknownNext stands for what follows a value where that is no literal text.
const unknownNext = 0xff

// AtEnd returns what follows where nothing was looked at yet. Outermost says
// that the block's end is that of the URL.
func AtEnd(outermost bool) Following { return Following{outermost: outermost} }

// Literal takes the text that comes next, and reports whether no more matters.
func (f *Following) Literal(text string) (done bool) {
	if text != "" && f.next == 0 {
		f.next = text[0]
	}
	// Only links of HTML ask for the colon, which may be written as &colon; there.
	link := html.UnescapeString(text)
	if at := strings.IndexAny(link, ":/?#\\\"'<> "); at >= 0 && !f.past {
		f.colon, f.past = link[at] == ':', true
	}
	at := strings.IndexAny(text, "/?#\\@")
	f.user = at >= 0 && text[at] == '@'
	return at >= 0
}

// Value takes what comes next and is no literal text.
func (f *Following) Value() {
	if f.next == 0 {
		f.next = unknownNext
	}
}
