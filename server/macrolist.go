package server

import "net/http"

// macroList is the answer to GET /v1/macros: what an author can insert.
type macroList struct {
	Secrets []macro `json:"secrets"`
	Filters []macro `json:"filters"`
	Tags    []macro `json:"tags"`
}

// macro is one thing to insert and the ways to write it.
type macro struct {
	Name  string   `json:"name"`
	Forms []string `json:"forms"`
}

// macros answers GET /v1/macros.
func (s *Server) macros(x *exchange) error {
	values, err := x.query("scope")
	if err != nil {
		return err
	}
	scope, err := x.scope(values.Get("scope"))
	if err != nil {
		return err
	}
	aliases, err := s.resolver.List(x.r.Context(), scope)
	if err != nil {
		return err
	}
	answer := macroList{Secrets: make([]macro, len(aliases)), Filters: []macro{}, Tags: []macro{}}
	for i, alias := range aliases {
		answer.Secrets[i] = macro{alias, secretForms(alias)}
	}
	return x.replyJSON(http.StatusOK, answer)
}

func secretForms(alias string) []string {
	return []string{"<<Secrets." + alias + ">>", "{{ secrets." + alias + " }}", `secrets["` + alias + `"]`, "${secrets." + alias + "}"}
}
