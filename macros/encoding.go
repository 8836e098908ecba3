package macros

import (
	"strings"
	"unicode/utf8"
)

// InvalidUTF8 returns the offset of the first byte of text that is not UTF-8, and
// what to do about it; -1 where all of text is UTF-8.
func InvalidUTF8(text string) (at Pos, advice string) {
	if utf8.ValidString(text) {
		return -1, ""
	}
	for i, r := range text {
		if r != utf8.RuneError {
			continue
		}
		if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
			at = Pos(i)
			break
		}
	}
	if strings.HasPrefix(text, "\xff\xfe") || strings.HasPrefix(text, "\xfe\xff") {
		return at, "this text is UTF-16, not UTF-8: save it as UTF-8"
	}
	return at, "this byte is not UTF-8: save the text as UTF-8"
}

// WithoutMark returns source without the byte order mark that some editors put
// before it. The engine compiles sources without theirs; [Parse] takes it as text.
func WithoutMark(source string) string { return strings.TrimPrefix(source, "\ufeff") }
