package liquid

import (
	"strings"

	"github.com/sotto-render/sotto/engine/internal/request"
)

// translateFilters put the text of a translation for its key.
var translateFilters = map[string]*filter{"t": {run: translate}}

// translate returns the text under a key, which is a name of the translations, or
// a path of names with dots between them. A translation is data: it is printed,
// and never read as a template.
func translate(c *call, in value, _ []value) value {
	if in.kind == kindString {
		found, ok := c.translations[in.text]
		text := valueOf(found)
		if !ok && strings.Contains(in.text, ".") {
			text = value{kind: kindHash, ref: c.translations}.path(in.text)
		}
		if text.kind == kindString {
			return text
		}
	}
	if c.strict && !c.covered {
		// The key may be data, which no error shows.
		c.fail(c.source, c.pos, request.VariableMissing, "there is no translation under this key: add it or put a default behind it")
	}
	return nilValue
}
