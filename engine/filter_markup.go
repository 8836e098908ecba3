package engine

import (
	"regexp"
	"strings"
)

// markupFilters make and remove HTML.
var markupFilters = map[string]*filter{
	"escape":        finished(escapeHTML, finishHTML),
	"h":             finished(escapeHTML, finishHTML),
	"escape_once":   finished(escapeOnce, finishHTML),
	"strip_html":    text(stripHTML),
	"newline_to_br": {run: newlineToBreak},
}

// finished is text for a filter whose result needs no escaping in a context.
func finished(run func(string) string, done finish) *filter {
	f := text(run)
	f.finishes = done
	return f
}

// entity is what escape_once leaves alone.
var entity = regexp.MustCompile(`^&(?:[a-zA-Z]+|#\d+);`)

func escapeOnce(s string) string {
	var b []byte
	for {
		at := strings.IndexByte(s, '&')
		if at < 0 {
			return string(appendHTML(b, s))
		}
		b = appendHTML(b, s[:at])
		s = s[at:]
		found := entity.FindString(s)
		if found == "" {
			b, s = append(b, "&amp;"...), s[1:]
			continue
		}
		b, s = append(b, found...), s[len(found):]
	}
}

var (
	htmlBlocks = regexp.MustCompile(`(?s)<script.*?</script>|<!--.*?-->|<style.*?</style>`)
	htmlTags   = regexp.MustCompile(`(?s)<.*?>`)
)

func stripHTML(s string) string {
	if strings.IndexByte(s, '<') < 0 {
		return s
	}
	return htmlTags.ReplaceAllLiteralString(htmlBlocks.ReplaceAllLiteralString(s, ""), "")
}

// newlineToBreak yields HTML: in an HTML template it escapes a text that is
// not yet finished, so that its line breaks survive and nothing else does.
func newlineToBreak(c *call, in value, _ []value) value {
	s, done := in.string(), in.done&(finishHTML|finishRaw)
	if c.template.context == HTMLContext {
		if done == 0 {
			s = escapeHTML(s)
		}
		done |= finishHTML
	}
	if n := strings.Count(s, "\n") * len("<br />"); n > 0 {
		if !c.spend(len(s) + n) {
			return value{}
		}
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "<br />\n")
	}
	return value{kind: kindString, text: s, done: done}
}
