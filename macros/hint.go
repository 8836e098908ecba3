package macros

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// unexpected refuses what stands at the current offset. What has a likely cause, such
// as an editor that writes typographic quotes or another template language, is told
// that; advice is for all else.
func (p *parser) unexpected(advice string) {
	if hint := p.hintAt(); hint != "" {
		p.fail(p.pos, hint)
		return
	}
	p.fail(p.pos, "unexpected "+p.found()+": "+advice)
}

// hint is what stands where Liquid expects something else, and what to write
// instead.
type hint struct{ prefix, message string }

// openingHints are for what stands right behind {{, others for any place. The first
// that fits counts.
var (
	openingHints = []hint{
		{"{", "three braces are Handlebars: write {{ name }}, or {{ name | raw }} for what is not to be escaped"},
		{"#unless", "this is Handlebars: write {% unless name %}...{% endunless %}"},
		{"#each", "this is Handlebars: write {% for item in list %}...{% endfor %}"},
		{"#", "this is Handlebars: write a tag, as in {% if name %}...{% endif %}"},
		{"/", "this is Handlebars: a tag is closed by its end, as in {% endif %} or {% endfor %}"},
		{"^", "this is Handlebars: write {% unless name %}...{% endunless %}, or {% else %}"},
		{">", "this is Handlebars: write {% render \"name\" %}"},
		{"&", "this is Handlebars: write {{ name | raw }} for what is not to be escaped"},
	}
	hints = []hint{
		{"{{", "an object cannot stand inside a tag or an object: write the name alone, as in {% if name %}"},
		{"{%", "a tag cannot stand inside a tag or an object: close the one around it first"},
		{"&gt;", "`&gt;` is how HTML spells >: write the sign itself"},
		{"&lt;", "`&lt;` is how HTML spells <: write the sign itself"},
		{"&quot;", "`&quot;` is how HTML spells a quote: write the quote itself"},
		{"&#39;", "`&#39;` is how HTML spells a quote: write the quote itself"},
		{"&apos;", "`&apos;` is how HTML spells a quote: write the quote itself"},
		{"&nbsp;", "`&nbsp;` is how HTML spells a no-break space: write an ordinary space"},
		{"&amp;", "`&amp;` is how HTML spells &: write `and` to join conditions"},
		{"&&", "conditions are joined with `and`"},
		{"||", "conditions are joined with `or`"},
		{"!", "there is no !: write {% unless name %}, or compare with != or with false"},
		{"=>", "this is JavaScript: write a filter, as in `where_exp: \"item\", \"item.price > 4\"`"},
		{"=", "values are compared with =="},
		{"??", "write `| default: value` for another value where one is missing"},
		{"? ", "there is no ? : here: write {% if name %}...{% else %}...{% endif %}"},
		{"+", "there is no + here: write `| plus: 1` for numbers and `| append: text` for texts"},
		{"-", "there is no - here: write `| minus: 1`"},
		{"*", "there is no * here: write `| times: 2`"},
		{"/", "there is no / here: write `| divided_by: 2`"},
		{"%", "there is no % here: write `| modulo: 2`"},
		{"`", "a text stands in \" or ': write one of these"},
	}
)

// hintAt returns what is likely wrong at the current offset, or "".
func (p *parser) hintAt() string {
	rest := p.source[p.pos:p.end]
	if before := strings.TrimRight(p.source[:p.pos], spaces); strings.HasSuffix(before, "{{") {
		for _, h := range openingHints {
			if strings.HasPrefix(rest, h.prefix) && !strings.HasPrefix(rest, "{{") && !isEntity(rest) {
				return h.message
			}
		}
	}
	for _, h := range hints {
		// A question mark right behind a name would belong to it.
		if strings.HasPrefix(rest, h.prefix) && (rest[0] != '?' || isSpace(p.source[p.pos-1])) {
			return h.message
		}
	}
	r, size := utf8.DecodeRuneInString(rest)
	switch {
	case size < 2:
		return ""
	case strings.ContainsRune("“”„‟«»‹›‘’‚‛″′", r):
		return "these quotes are typographic: write \" or '"
	case unicode.IsSpace(r) || unicode.Is(unicode.Cf, r):
		return "a no-break space or another invisible letter stands here: write an ordinary space"
	}
	return ""
}

// isEntity reports whether rest begins with a character reference of HTML.
func isEntity(rest string) bool {
	at := strings.IndexByte(rest, ';')
	return rest[0] == '&' && at > 1 && at < len("&quot;") && !strings.ContainsAny(rest[:at], spaces)
}
