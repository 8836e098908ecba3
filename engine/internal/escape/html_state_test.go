package escape

import (
	"math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// opens reports whether the last token behind text is the start tag that is
// written there: whether a tokenizer is in text at the end of text.
func opens(text string) bool {
	tokens := html.NewTokenizer(strings.NewReader(text + "<zz>"))
	last := ""
	for tokens.Next() != html.ErrorToken {
		last = tokens.Token().String()
	}
	return last == "<zz>"
}

// TestHTMLStateAgreesWithATokenizer: where the reader says that it is in text,
// a tokenizer is; and where it says that it is inside quotes, it is there
// behind the closing quote and a >.
func TestHTMLStateAgreesWithATokenizer(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	pieces := []string{"<", "</", ">", "/>", `"`, "'", "=", " ", "\n", "a", "b", "!", "--", "-", "?", "<!--", "-->", "<a ", "<a href=", `<a title="`, `x='`,
		"<script>", "</script>", "<style>", "</style", "<title>", "</title ", "<textarea/>", "</textarea>", "<!doctype html>", "&amp;", "é", "<b>", "</b>", "--!>", "<!>"}
	texts, quoted := 0, 0
	for range 50_000 {
		var b strings.Builder
		for range 1 + r.IntN(8) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		text := b.String()
		var s htmlState
		s.read(text, false)
		switch s.phase {
		case htmlText:
			texts++
		case htmlDoubleQuoted:
			quoted++
			text += `">`
		case htmlSingleQuoted:
			quoted++
			text += `'>`
		default:
			continue
		}
		if s.raw == "" && rawTextElements[s.name] && s.phase != htmlText {
			continue // the tag opens an element whose text is raw
		}
		if !opens(text) {
			t.Fatalf("the reader is in phase %d behind %q, a tokenizer is not", s.phase, b.String())
		}
	}
	if texts < 5000 || quoted < 300 {
		t.Fatalf("hardly anything was compared: %d, %d", texts, quoted)
	}
}
