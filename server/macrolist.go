package server

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
)

// macroList is the answer to GET /v1/macros: what an author can insert. The first
// page has all filters, tags and functions.
type macroList struct {
	Secrets   []macro         `json:"secrets"`
	Filters   []macro         `json:"filters"`
	Tags      []macro         `json:"tags"`
	Functions []functionMacro `json:"functions"`
	Next      string          `json:"next,omitempty"`
}

// macro is one thing to insert and the ways to write it, each of which compiles.
type macro struct {
	Name string `json:"name"`
	// Description is "" for a secret.
	Description string   `json:"description,omitempty"`
	Forms       []string `json:"forms"`
}

// functionMacro is a function of expressions.
type functionMacro struct {
	macro
	Language api.Language `json:"language"`
}

// macros answers GET /v1/macros.
func (s *Server) macros(x *exchange) error {
	values, err := x.query("scope", "cursor", "limit")
	if err != nil {
		return err
	}
	scope, err := x.scope(values.Get("scope"))
	if err != nil {
		return err
	}
	wanted, err := paging(values)
	if err != nil {
		return err
	}
	aliases, err := s.resolver.List(x.r.Context(), scope)
	if err != nil {
		return err
	}
	page, err := wanted.Of(aliases)
	if err != nil {
		return err
	}
	fields, err := s.fields(x.r.Context(), scope, wanted, page.Items)
	if err != nil {
		return err
	}
	answer := macroList{Secrets: make([]macro, len(page.Items)), Filters: []macro{}, Tags: []macro{}, Functions: []functionMacro{}, Next: page.Next}
	for i, alias := range page.Items {
		answer.Secrets[i] = macro{Name: alias, Forms: secretForms(alias, fields[alias])}
	}
	if wanted.Cursor != "" {
		return x.replyJSON(http.StatusOK, answer)
	}
	for _, filter := range macros.Filters() {
		answer.Filters = append(answer.Filters, macro{filter.Name, filter.Description, filter.Forms()})
	}
	for _, tag := range macros.TagSignatures() {
		answer.Tags = append(answer.Tags, macro{tag.Name, tag.Description, tag.Forms})
	}
	for _, language := range []engine.Language{engine.CEL, engine.JavaScript} {
		for _, f := range engine.FunctionSignatures(language) {
			answer.Functions = append(answer.Functions, functionMacro{macro{f.Name, f.Description, f.Forms}, languageNames[language]})
		}
	}
	return x.replyJSON(http.StatusOK, answer)
}

// fields returns the names behind each of a page's aliases that the store keeps, as
// seen from scope. Of a provider's secrets nothing is known without opening them.
func (s *Server) fields(ctx context.Context, scope resolver.Scope, from store.Paging, aliases []string) (map[string][]string, error) {
	found := make(map[string][]string, len(aliases))
	if s.store == nil || len(aliases) == 0 {
		return found, nil
	}
	for at := scope; at != ""; at = at.Parent() {
		for page, more := from, true; more; {
			secrets, err := s.store.Secrets(ctx, at, page)
			if err != nil {
				return nil, err
			}
			for _, meta := range secrets.Items {
				alias, _ := macros.Canonical(meta.Alias)
				if more = alias < aliases[len(aliases)-1]; alias > aliases[len(aliases)-1] {
					break
				}
				if _, nearer := found[alias]; !nearer {
					found[alias] = meta.Fields
				}
			}
			page.Cursor = secrets.Next
			more = more && page.Cursor != ""
		}
	}
	return found, nil
}

// secretForms are the ways to mention a secret: in a template as a macro and as
// an object, in an expression as a reference and inside a template literal.
func secretForms(alias string, fields []string) []string {
	paths := []string{"." + alias}
	for _, field := range fields {
		if _, plain := macros.Canonical(field); plain {
			paths = append(paths, "."+alias+"."+field)
		} else if !strings.ContainsAny(field, `"\`) {
			paths = append(paths, "."+alias+`["`+field+`"]`)
		}
	}
	if slices.Equal(fields, []string{"username", "password"}) || slices.Equal(fields, []string{"password", "username"}) {
		paths = paths[1:] // credentials have no text of their own
	}
	forms := make([]string, 0, 4*len(paths))
	for _, path := range paths {
		forms = append(forms, "<<Secrets"+path+">>", "{{ secrets"+path+" }}", "secrets"+path, "`${secrets"+path+"}`")
	}
	return forms
}
