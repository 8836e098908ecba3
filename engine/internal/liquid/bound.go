package liquid

import (
	"slices"
	"unicode/utf8"

	"github.com/sotto-render/sotto/engine/internal/escape"
	"github.com/sotto-render/sotto/internal/jsonread"
	"github.com/sotto-render/sotto/internal/jsontext"
)

// Bound renders records of one shape without maps: text, secrets and cells, one
// behind the other, written as the inside of a JSON string. It is immutable and
// safe for concurrent use. Its texts hold values in clear, as those of [Prepared]
// do.
type Bound struct {
	pieces []piece
	// tail stands behind the last piece.
	tail   string
	most   int
	strict bool
}

// piece is a cell and what stands before it: the template's text and secrets,
// escaped for JSON.
type piece struct {
	text string
	cell int
	mode escape.Escaper
}

// Bind returns a Bound for records whose cells are the values at paths. It is nil
// where the template does more than paste them.
func (p *Prepared) Bind(paths [][]string) *Bound {
	if !p.template.flat {
		return nil
	}
	b := &Bound{strict: p.strict, most: p.budget.Room(p.template.options.Limits.OutputBytes)}
	var before []byte
	for i := range p.template.ops {
		o := &p.template.ops[i]
		if !utf8.ValidString(o.text) {
			return nil
		}
		before = jsontext.AppendText(before, o.text)
		switch o.does {
		case opVariable, opPath:
			at := slices.IndexFunc(paths, func(path []string) bool { return slices.Equal(path, o.path) })
			if at < 0 {
				if !p.missesQuietly(o, paths) {
					return nil
				}
				continue
			}
			if !pastes(o.mode) {
				return nil
			}
			b.pieces = append(b.pieces, piece{string(before), at, o.mode})
			before = before[:0]
		case opSecret:
			v := &p.pinned[o.slot].value
			if v.kind != kindString || !utf8.ValidString(v.text) || !pastes(o.mode) {
				return nil
			}
			text, _ := o.mode.AppendPlain(nil, v.text)
			before = jsontext.AppendText(before, string(text))
		}
	}
	b.tail = string(before)
	return b
}

// missesQuietly reports whether a variable that no record of the shape has renders
// to nothing.
func (p *Prepared) missesQuietly(o *op, paths [][]string) bool {
	inside := func(path []string) bool { return path[0] == o.path[0] }
	return o.does == opVariable && o.mode == escape.AsIs && !p.strict && !slices.ContainsFunc(paths, inside)
}

// pastes reports whether mode leaves text that needs no escape in JSON without
// such need, but for the quotes that it adds itself.
func pastes(mode escape.Escaper) bool {
	switch mode {
	case escape.AsIs, escape.JSONText, escape.JSONValue, escape.JSONKey, escape.HTML, escape.URLPart:
		return true
	}
	return false
}

// AppendJSON renders one record and appends the output as it stands inside a JSON
// string. It reports false, and appends nothing, where the record needs more than
// pasting, or the output is too long: then [Prepared.Append] tells what it is.
func (b *Bound) AppendJSON(dst []byte, cells []jsonread.Cell) ([]byte, bool) {
	start := len(dst)
	for i := range b.pieces {
		p := &b.pieces[i]
		dst = append(dst, p.text...)
		c := &cells[p.cell]
		if c.Kind == jsonread.Text && (p.mode == escape.AsIs || p.mode == escape.JSONText) {
			dst = append(dst, c.Literal...)
		} else {
			var ok bool
			if dst, ok = p.appendCell(dst, c); !ok || b.strict && c.Kind == jsonread.Null {
				return dst[:start], false
			}
		}
		if len(dst)-start > b.most {
			return dst[:start], false // before any more memory is taken
		}
	}
	dst = append(dst, b.tail...)
	if len(dst)-start > b.most {
		return dst[:start], false
	}
	return dst, true
}

// appendCell is the long way.
func (p *piece) appendCell(dst []byte, c *jsonread.Cell) ([]byte, bool) {
	switch c.Kind {
	case jsonread.Text:
		if p.mode == escape.JSONValue || p.mode == escape.JSONKey {
			return append(append(append(dst, `\"`...), c.Literal...), `\"`...), true
		}
		return p.mode.AppendPlain(dst, c.Literal)
	case jsonread.Escaped:
		if p.mode == escape.AsIs && !c.Lavish() {
			return append(dst, c.Literal...), true
		}
		from := len(dst)
		dst = c.AppendText(dst)
		out, ok := p.mode.AppendPlain(nil, string(dst[from:]))
		if !ok {
			return dst[:from], false
		}
		return jsontext.AppendText(dst[:from], string(out)), true
	case jsonread.Bare:
		return append(dst, c.Literal...), p.mode == escape.AsIs || p.mode == escape.JSONText || p.mode == escape.JSONValue
	}
	return dst, p.mode == escape.AsIs && c.Kind == jsonread.Null
}
