package liquid

import (
	"iter"

	"github.com/sotto-render/sotto/engine/internal/escape"
)

// editor edits the text of in. What is escaped in it stays so.
func (c *call) editor(in value) *escape.Editor {
	return escape.NewEditor(c.escaping(), c.text(in))
}

// plain reports whether nothing in texts is escaped, so that no editor is needed
// to make one of them.
func (c *call) plain(texts ...value) bool {
	for i := range texts {
		if !c.text(texts[i]).Plain(c.escaping()) {
			return false
		}
	}
	return true
}

// edit replaces what found yields, in order.
func (c *call) edit(in value, found iter.Seq[escape.Span], with value) value {
	e, replacement := c.editor(in), c.text(with)
	e.Grow(len(e.Source()))
	for s := range found {
		e.Keep(e.At(), s.From)
		e.Skip(s.To)
		e.Insert(replacement)
	}
	e.Keep(e.At(), len(e.Source()))
	return textOf(e.Text())
}

// cut returns the part of a text from one offset to another.
func (c *call) cut(in value, from, to int) value {
	if c.plain(in) {
		return stringValue(in.string()[from:to])
	}
	e := c.editor(in)
	e.Keep(from, to)
	return textOf(e.Text())
}

// cuts returns parts of a text, each by itself. They are in order.
func (c *call) cuts(in value, parts []escape.Span) []value {
	list := make([]value, len(parts))
	for i, part := range c.editor(in).Parts(parts) {
		list[i] = textOf(part)
	}
	return list
}

// eachPart returns in with each of its parts changed, those that are escaped and
// those that are not.
func (c *call) eachPart(in value, change func(string) string) value {
	return textOf(c.text(in).Map(c.escaping(), change))
}
