package answer

import (
	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/engine"
)

// Details returns what err tells of each mistake as a problem of the API does.
func Details(err *engine.Error) []api.Detail {
	out := make([]api.Detail, len(err.Details))
	for i, d := range err.Details {
		out[i] = api.Detail{
			Code: api.Code(d.Code), Message: d.Message, Line: d.Line, Column: d.Column,
			Alias: d.Alias, Field: d.Field, Part: d.Part,
		}
	}
	return out
}
