package liquid

import (
	"regexp"
	"strings"

	"github.com/sotto-render/sotto/engine/internal/escape"
)

// markupFilters make and remove HTML.
var markupFilters = map[string]*filter{
	"escape":        finished(escapeHTML, escape.HTMLContent),
	"h":             finished(escapeHTML, escape.HTMLContent),
	"escape_once":   finished(escapeOnce, escape.HTMLContent),
	"strip_html":    text(stripHTML),
	"newline_to_br": {run: newlineToBreak},
}

// finished is text for a filter whose result needs no escaping in a context.
func finished(run func(string) string, done escape.Content) *filter {
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
			return string(escape.AppendHTML(b, s))
		}
		b = escape.AppendHTML(b, s[:at])
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

// newlineToBreak yields HTML: the breaks that it puts in are not escaped, what
// is around them is as before.
func newlineToBreak(c *call, in value, _ []value) value {
	s := in.string()
	if n := strings.Count(s, "\n") * len("<br />"); n > 0 && !c.spend(len(s)+n) {
		return value{}
	}
	out := c.edit(in, lineEnds(s), value{kind: kindString, text: "<br />\n", content: escape.HTMLContent})
	out.content |= in.content & escape.RawContent
	return out
}

func escapeHTML(s string) string {
	if !strings.ContainsAny(s, `&<>"'`) {
		return s
	}
	return string(escape.AppendHTML(nil, s))
}
