package server

import (
	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/internal/jsonread"
	"github.com/sotto-render/sotto/macros"
)

// text is a field that may be empty but not absent.
type text struct {
	set   bool
	value string
}

func readText(r *jsonread.Reader) text {
	if r.Null() {
		return text{}
	}
	return text{set: true, value: r.String()}
}

// readSource is readText for what is sent again and again.
func readSource(r *jsonread.Reader) text {
	if r.Null() {
		return text{}
	}
	return text{set: true, value: r.Repeated()}
}

// part is one template of a message.
type part struct {
	template text
	context  string
	syntax   string
	// compiled is where the part of a stored template keeps what it was
	// compiled to; nil for others.
	compiled *definitionTemplate
}

// Field implements [jsonread.Fields].
func (p *part) Field(name string, r *jsonread.Reader) bool {
	switch name {
	case "template":
		p.template = readSource(r)
	case "context":
		p.context = r.String()
	case "syntax":
		p.syntax = r.String()
	default:
		return false
	}
	return true
}

// options turns the words of a request into what compiling needs.
func (p *part) options() (engine.TemplateOptions, error) {
	context, ok := engine.ParseContext(p.context)
	if !ok {
		return engine.TemplateOptions{}, fail(api.InvalidRequest, "context must be text, json, html, url or header")
	}
	syntax, ok := macros.ParseSyntax(p.syntax)
	if !ok {
		return engine.TemplateOptions{}, fail(api.InvalidRequest, "syntax must be liquid, macros or bare")
	}
	return engine.TemplateOptions{Context: context, Syntax: syntax}, nil
}

// readParts reads an object of parts.
func readParts(r *jsonread.Reader) map[string]*part {
	if r.Null() {
		return nil
	}
	parts := make(map[string]*part)
	r.Each(func(name string) {
		p := new(part)
		r.Object(p)
		parts[name] = p
	})
	return parts
}
