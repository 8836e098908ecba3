package engine

import (
	"math"

	"github.com/sotto-render/sotto/engine/internal/liquid"
	"github.com/sotto-render/sotto/internal/jsonread"
	"github.com/sotto-render/sotto/redact"
)

// Cell is one value of a record, as it was written in JSON.
type Cell = jsonread.Cell

// Bound is a prepared template that knows where the variables stand in records of
// one shape, so that it needs no map of them. It is safe for concurrent use, and
// prints nothing of what it holds.
type Bound struct {
	inside redact.Sensitive[*liquid.Bound]
}

// Bind returns p for records whose cells are the variables at paths: {"user",
// "name"} leads to the name of the user. It is nil where the template does more
// than paste variables and secrets.
func (p *Prepared) Bind(paths [][]string) *Bound {
	b := p.open().Bind(paths)
	if b == nil {
		return nil
	}
	return &Bound{redact.NewSensitive(b)}
}

// AppendJSON renders one record and appends the output as it stands inside a JSON
// string. Of a budget it has the room that there was when Bind was called, and uses
// none. It reports false, and appends nothing, where the record needs more than
// pasting: [Prepared.Append] renders it, or says why not.
func (b *Bound) AppendJSON(dst []byte, cells []Cell) ([]byte, bool) {
	return b.inside.Reveal().AppendJSON(dst, cells)
}

// BoundMessage is a prepared message as [Bound] is a template.
type BoundMessage struct {
	parts []*Bound
	room  int
}

// Bind returns p for records, as [Prepared.Bind] does; nil unless it can for all
// parts.
func (p *PreparedMessage) Bind(paths [][]string) *BoundMessage {
	b := &BoundMessage{make([]*Bound, len(p.parts)), p.budget.shared().Room(math.MaxInt)}
	for i, part := range p.parts {
		if b.parts[i] = part.Bind(paths); b.parts[i] == nil {
			return nil
		}
	}
	return b
}

// AppendJSON appends part i, as [Bound.AppendJSON] does.
func (b *BoundMessage) AppendJSON(i int, dst []byte, cells []Cell) ([]byte, bool) {
	return b.parts[i].AppendJSON(dst, cells)
}

// Room returns how long all parts of one record may be together.
func (b *BoundMessage) Room() int { return b.room }
