package liquid

import (
	"strings"

	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/macros"
)

// Doubts are what compiles and may fail when it is rendered, each once, with the
// code of a warning.
func (t *Template) Doubts() []request.Problem { return t.doubts }

// doubt notes one, if there is something to say. A body that is walked several times
// is doubted once.
func (c *compiler) doubt(source *request.Source, pos macros.Pos, message string) {
	if message == "" || c.dynamic || len(c.t.doubts) >= macros.MaxDiagnostics {
		return
	}
	p := source.Problem(pos, macros.CodeSuspectPlace, message)
	for _, known := range c.t.doubts {
		if known == p {
			return
		}
	}
	c.t.doubts = append(c.t.doubts, p)
}

// trailing doubts commas that a loop writes behind its last item too, right before
// the bracket that closes the list.
func (c *compiler) trailing(nodes []macros.Node) {
	for i, n := range nodes {
		loop, ok := n.(*macros.For)
		if !ok || i+1 >= len(nodes) || len(loop.Body) == 0 {
			continue
		}
		last, isText := loop.Body[len(loop.Body)-1].(*macros.Text)
		behind, isBehind := nodes[i+1].(*macros.Text)
		if !isText || !isBehind {
			continue
		}
		text := strings.TrimRight(last.Text, " \t\r\n")
		if next := strings.TrimLeft(behind.Text, " \t\r\n"); !strings.HasSuffix(text, ",") || next == "" || next[0] != ']' && next[0] != '}' {
			continue
		}
		c.doubt(c.source, c.source.PosIn(last, len(text)-1),
			"this comma stands behind the last item too, where JSON has none: write {% unless forloop.last %},{% endunless %}")
	}
}
