package request

import (
	"context"

	"github.com/sotto-render/sotto/macros"
)

// suggest adds to what is said of missing secrets that another exists, whose alias
// has the hyphen that the source reads as a minus.
func (s *Secrets) suggest(ctx context.Context, from Resolver, sources []Source, failed *Error) {
	type at struct {
		part  string
		place macros.Place
	}
	// meant :: where a reference stands -> the alias that may be meant
	meant := make(map[at]string)
	var aliases []string
	for i := range sources {
		for _, ref := range sources[i].References {
			alias, ok := macros.Canonical(ref.Hyphenated)
			if ok && (s.declared == nil || s.declared[alias]) {
				meant[at{sources[i].Part, sources[i].Place(ref.Pos)}] = ref.Hyphenated
				aliases = append(aliases, alias)
			}
		}
	}
	if len(aliases) == 0 {
		return
	}
	var others Secrets
	if others.Exist(ctx, from, nil, aliases) != nil {
		return
	}
	for i := range failed.Problems {
		p := &failed.Problems[i]
		hyphenated := meant[at{p.Part, p.Place}]
		alias, _ := macros.Canonical(hyphenated)
		if alias == "" || others.Status(alias) != macros.Known {
			continue
		}
		p.Message += `, or write secrets["` + hyphenated + `"]: that one exists, and behind a dot a hyphen is a minus`
	}
}
