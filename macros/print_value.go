package macros

import (
	"math/big"
	"strconv"
	"strings"
)

func (p *printer) list(values []Expr) {
	for i, v := range values {
		if i > 0 {
			p.add(", ")
		}
		p.expr(v)
	}
}

// expr writes a value.
func (p *printer) expr(e Expr) {
	switch e := e.(type) {
	case *Literal:
		p.literal(e.Value)
	case *Empty:
		p.add("empty")
	case *Blank:
		p.add("blank")
	case *Range:
		p.add("(")
		p.expr(e.From)
		p.add("..")
		p.expr(e.To)
		p.add(")")
	case *Variable:
		if e.Root != nil {
			p.add("[")
			p.expr(e.Root)
			p.add("]")
		}
		p.add(e.Name)
		p.path(e.Path)
	case *Secret:
		r := e.Reference
		p.add("secrets")
		if r.Computed != nil {
			p.add("[")
			p.expr(r.Computed)
			p.add("]")
		} else {
			p.add(".", r.Display)
		}
		p.path(r.Path)
	case *Filtered:
		p.expr(e.Value)
		for _, f := range e.Filters {
			p.filter(f)
		}
	case *Each:
		p.quote(e.Source)
	case *Interpolated:
		p.quote(e.Source)
	case *Binary:
		p.expr(e.Left)
		p.add(" ", e.Op, " ")
		p.expr(e.Right)
	}
}

func (p *printer) literal(value any) {
	switch v := value.(type) {
	case nil:
		p.add("nil")
	case bool:
		p.out = strconv.AppendBool(p.out, v)
	case int64:
		p.out = strconv.AppendInt(p.out, v, 10)
	case *big.Int:
		p.out = v.Append(p.out, 10)
	case float64:
		text := strconv.FormatFloat(v, 'f', -1, 64)
		p.add(text)
		if !strings.Contains(text, ".") {
			p.add(".0")
		}
	case string:
		p.quote(v)
	}
}

// quote writes a text in the quotes that it does not hold. No text of a
// source holds both.
func (p *printer) quote(text string) {
	quotes := `"`
	if strings.Contains(text, quotes) {
		quotes = "'"
	}
	p.add(quotes, text, quotes)
}

func (p *printer) path(path []Segment) {
	for _, s := range path {
		switch {
		case s.Index != nil:
			p.add("[")
			p.expr(s.Index)
			p.add("]")
		case classes[first(s.Key)]&wordStart != 0 && isName(s.Key):
			p.add(".", s.Key)
		default:
			p.add("[")
			p.quote(s.Key)
			p.add("]")
		}
	}
}

func (p *printer) filter(f Filter) {
	p.add(" | ", f.Name)
	separator := ": "
	for _, a := range f.Args {
		p.add(separator)
		p.expr(a)
		separator = ", "
	}
	for _, a := range f.Named {
		p.add(separator, a.Name, ": ")
		p.expr(a.Value)
		separator = ", "
	}
}

func first(text string) byte {
	if text == "" {
		return 0
	}
	return text[0]
}

// isName reports whether a tag can give text as a name without quotes.
func isName(text string) bool {
	text = strings.TrimSuffix(text, "?")
	for i := range len(text) {
		if classes[text[i]]&wordByte == 0 {
			return false
		}
	}
	return text != "" && text[0] != '-'
}
