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
	// id names a stored template in the place of template; not set once that is
	// put in.
	id      text
	context string
	syntax  string
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

// namedPart is a part in an object of parts, which may name a stored template.
type namedPart struct{ *part }

// Field implements [jsonread.Fields].
func (p namedPart) Field(name string, r *jsonread.Reader) bool {
	if name == "template_id" {
		p.id = readText(r)
		return true
	}
	return p.part.Field(name, r)
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
		r.Object(namedPart{p})
		parts[name] = p
	})
	return parts
}

// check refuses a part of a message that does not name exactly one source.
func (p *part) check(name string) error {
	message := ""
	switch {
	case p.template.set == p.id.set:
		message = "each part needs either a template or a template_id"
	case p.id.set && (p.context != "" || p.syntax != ""):
		message = "a stored template has its own context and syntax: leave them out"
	default:
		return nil
	}
	return inPart(name, fail(api.InvalidRequest, message))
}
