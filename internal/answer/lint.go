// Package answer puts what the engine finds into the types of the API, for all
// who answer as the API does.
package answer

import (
	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/engine"
)

// Lint returns a report as POST /v1/lint answers it.
func Lint(report *engine.Report) *api.LintResponse {
	out := &api.LintResponse{
		Valid: report.Valid, Variables: report.Variables,
		References: make([]api.Reference, len(report.References)), Diagnostics: make([]api.Diagnostic, len(report.Diagnostics)),
	}
	for i, m := range report.References {
		out.References[i] = api.Reference{
			Alias: m.Alias, Field: m.Field, Line: m.Line, Column: m.Column, Part: m.Part, Status: m.Status,
		}
	}
	for i, d := range report.Diagnostics {
		out.Diagnostics[i] = api.Diagnostic{
			Severity: string(d.Severity), Code: api.Code(d.Code), Message: d.Message,
			Line: d.Line, Column: d.Column, Part: d.Part,
		}
	}
	return out
}
