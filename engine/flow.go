package engine

import (
	"context"
	"maps"
	"slices"

	"github.com/sotto-render/sotto/engine/internal/request"
)

// Flow is a set of named expressions that are evaluated together, such as the
// fields of a block. It is immutable and safe for concurrent use.
type Flow struct {
	expressions map[string]*Expression
	names       []string
	units       []request.Source
}

// NewFlow returns a flow of the expressions.
func NewFlow(expressions map[string]*Expression) *Flow {
	f := &Flow{expressions: maps.Clone(expressions), names: slices.Sorted(maps.Keys(expressions))}
	for _, name := range f.names {
		f.units = append(f.units, f.expressions[name].part(name))
	}
	return f
}

// Aliases returns the canonical aliases that the expressions write out, sorted.
func (f *Flow) Aliases() []string {
	var all []string
	for _, e := range f.expressions {
		all = append(all, e.aliases...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Uses returns the canonical aliases that an evaluation of req may use, sorted:
// those of Aliases and, if an expression computes one, all that req declares.
func (f *Flow) Uses(req *Request) []string {
	return request.Uses(f.Aliases(), request.Computes(f.units), req.Required)
}

// Evaluate evaluates all expressions over one lookup of their secrets. If any
// fails there is no value; the error has the mistakes of all of them, with
// their names in [Detail.Part]. Where the request asked for a trace, the results
// then have the traces of all of them and nothing else.
func (f *Flow) Evaluate(ctx context.Context, req *Request) (map[string]Result, error) {
	s, err := resolve(ctx, req, f.units)
	if err != nil {
		return nil, err
	}
	r := runs.Get().(*run)
	defer r.release()
	return f.results(ctx, req.Budget, req.Trace, func(i int, e *Expression) (Result, error) {
		return r.evaluate(ctx, req, s, e, &f.units[i])
	})
}

// results evaluates all expressions, each with one.
func (f *Flow) results(
	ctx context.Context, budget *Budget, trace bool, one func(i int, e *Expression) (Result, error),
) (map[string]Result, error) {
	results := make(map[string]Result, len(f.names))
	var failed *Error
	for i, name := range f.names {
		result, err := one(i, f.expressions[name])
		results[name] = result
		if err == nil {
			continue
		}
		e := err.(*Error)
		if failed == nil {
			failed = e
		} else {
			failed.Details = append(failed.Details, e.Details...)
		}
		if ended(ctx, budget) {
			break
		}
	}
	if failed == nil {
		return results, nil
	}
	if !trace {
		return nil, failed
	}
	for name, result := range results {
		results[name] = Result{Trace: result.Trace, TraceTruncated: result.TraceTruncated}
	}
	return results, failed
}
