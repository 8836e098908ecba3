package engine

import (
	"slices"

	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/macros"
)

// expression looks at an expression.
func (l *linter) expression(s Source) {
	s.Text = macros.WithoutMark(s.Text)
	u := request.Source{Text: s.Text, Places: macros.NewPlaces(s.Text)}
	if bad := notUTF8(s.Text); bad != nil {
		l.mistake(s.Name, expressionProblem(&u, bad))
		return
	}
	options := s.Expression
	options.Language = s.Language
	program, wrong := checkProgram(s.Text, options)
	for _, bad := range wrong {
		l.mistake(s.Name, expressionProblem(&u, bad))
	}
	if program == nil {
		return
	}
	for _, ref := range program.References() {
		l.reference(s.Name, u.Places, ref)
	}
	texts, message := program.TextReferences()
	for _, pos := range texts[:min(len(texts), macros.MaxDiagnostics)] {
		at := u.Places.At(pos)
		l.add(macros.SeverityWarning, macros.CodeBareReference, message, macros.Mention{Line: at.Line, Column: at.Column}, s.Name)
	}
	variables := program.Variables()
	for _, v := range variables {
		l.names[v.Name] = true
	}
	if l.options.Variables == nil {
		return
	}
	unknown := 0
	for _, v := range variables {
		if slices.Contains(l.options.Variables, v.Name) {
			continue
		}
		if unknown++; unknown > macros.MaxDiagnostics {
			return
		}
		message := "no variable is called `" + v.Name + "`"
		if near := macros.Nearest(v.Name, l.options.Variables); near != "" {
			message += ": did you mean `" + near + "`?"
		}
		at := u.Places.At(macros.Pos(program.PosOf(v)))
		l.add(macros.SeverityWarning, macros.CodeUnknownVariable, message, macros.Mention{Line: at.Line, Column: at.Column}, s.Name)
	}
}
