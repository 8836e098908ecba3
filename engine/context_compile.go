package engine

import "github.com/sotto-render/sotto/macros"

// place returns how a value that is printed at pos is escaped.
func (c *compiler) place(macros.Pos) mode {
	switch c.t.context {
	case HTMLContext:
		return modeHTML
	case HeaderContext:
		if !c.entry.capturing {
			return modeHeader
		}
	case URLContext:
		if c.entry.capturing {
			return modeURLPart
		}
		return modeURLLive
	case JSONContext:
		if !c.entry.capturing {
			c.t.check = true
			return modeJSONLive
		}
	}
	return modeText
}

// literal takes note of text that is printed as it is.
func (c *compiler) literal(*macros.Text) {}
