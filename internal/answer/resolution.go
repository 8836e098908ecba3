package answer

import (
	"math"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/resolver"
)

// Resolution returns what was found of a secret as GET /v1/secrets/{alias}/resolution
// answers it.
func Resolution(scope resolver.Scope, alias string, found resolver.Resolution) *api.Resolution {
	out := &api.Resolution{Alias: alias, Scope: string(scope), Status: "missing", Answers: make([]api.ResolutionAnswer, len(found.Answers))}
	for i, a := range found.Answers {
		status := a.Entry.Status.String()
		if a.Outcome == resolver.Down {
			status = string(resolver.Down)
		}
		if out.Status == "missing" && a.Outcome != resolver.Lacks {
			out.Status = status
		}
		out.Answers[i] = api.ResolutionAnswer{
			Provider: a.Provider, BoundTo: string(a.Bound), Scope: string(a.Entry.Scope), Status: status,
			Version: a.Entry.Version, Outcome: string(a.Outcome),
		}
	}
	if h := found.Held; h != nil {
		out.Cached = &api.CachedAnswer{
			Provider: h.Provider, Scope: string(h.Scope), Status: h.Status.String(), Version: h.Version,
			AgeSeconds: math.Round(h.Age.Seconds()*1000) / 1000, Fresh: h.Fresh,
		}
	}
	return out
}
