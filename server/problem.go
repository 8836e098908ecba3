package server

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/internal/answer"
	"github.com/sotto-render/sotto/internal/batch"
	"github.com/sotto-render/sotto/internal/jsonread"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/server/internal/admission"
)

// maxDetails is how many mistakes one answer lists.
const maxDetails = 1000

func encodeProblem(p *api.Problem) []byte {
	body, err := json.Marshal(p)
	if err != nil {
		panic("server: a problem that JSON cannot hold")
	}
	return body
}

// failure is an error that is made to be shown: its text names no value.
type failure struct {
	code    api.Code
	message string
	details []api.Detail
	// allow are the methods that a path knows, where the one used is not
	// among them.
	allow string
}

// Error returns the message.
func (f *failure) Error() string { return f.message }

func fail(code api.Code, message string) error {
	return &failure{code: code, message: message}
}

// problemOf translates err. An error that nobody made for showing is
// `internal`, and nothing of its text is told.
func problemOf(err error) api.Problem {
	var evaluation *batch.TracedError
	if errors.As(err, &evaluation) {
		p := problemOf(evaluation.Unwrap())
		p.Trace = evaluation.Trace
		return p
	}
	var (
		shown    *failure
		refused  *admission.Refusal
		rendered *engine.Error
		decoded  *jsonread.Error
		kept     *store.Error
		line     *batch.LineError
		provider *resolver.ProviderError
	)
	switch {
	case errors.Is(err, store.ErrLost):
		return newProblem(api.ResolverUnavailable, "an edit was lost: the scope went back to an earlier state and is refused on all nodes; restore the newest backup, or repair the scope", nil)
	case errors.As(err, &shown):
		return newProblem(shown.code, shown.message, shown.details)
	case errors.As(err, &refused):
		return admissionProblem(refused)
	case errors.As(err, &rendered):
		return newProblem(api.Code(rendered.Code), summary(rendered), answer.Details(rendered))
	case errors.As(err, &decoded):
		code := api.InvalidRequest
		if decoded.Rejected {
			code = api.ValueRejected
		}
		return newProblem(code, decoded.Error(), []api.Detail{{
			Code: code, Message: decoded.Message,
			Line: decoded.Place.Line, Column: decoded.Place.Column,
		}})
	case errors.As(err, &line):
		return lineProblem(line)
	case errors.Is(err, batch.ErrNotText):
		return newProblem(api.ValueRejected, err.Error(), nil)
	case errors.As(err, &kept):
		return storeProblem(kept)
	case errors.As(err, &provider), errors.Is(err, resolver.ErrClosed):
		return newProblem(api.ResolverUnavailable, "the secrets cannot be looked up now: a provider does not answer", nil)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return newProblem(api.ResolverUnavailable, "the request took too long and was stopped", nil)
	}
	return internalProblem()
}

// lineProblem shows what is wrong with one recipient of a batch.
func lineProblem(err *batch.LineError) api.Problem {
	if err.Long > 0 {
		return newProblem(api.TooLarge, err.Error(), []api.Detail{{Code: api.TooLarge, Message: err.Error(), Line: err.Line}})
	}
	code := api.InvalidRequest
	if err.Rejected {
		code = api.ValueRejected
	}
	return newProblem(code, err.Error(), []api.Detail{{Code: code, Message: err.Message, Line: err.Line, Column: err.Column}})
}

// storeProblem shows what the store refused, and what keeps it from doing it.
func storeProblem(err *store.Error) api.Problem {
	if err.Code == store.Internal {
		return internalProblem()
	}
	code := api.Code(err.Code)
	if len(err.Documents) == 0 {
		var details []api.Detail
		if err.Alias != "" || err.Field != "" {
			details = []api.Detail{{Code: code, Message: err.Message, Alias: err.Alias, Field: err.Field}}
		}
		return newProblem(code, err.Message, details)
	}
	details := make([]api.Detail, len(err.Documents))
	for i, t := range err.Documents {
		details[i] = api.Detail{
			Code: code, Alias: err.Alias,
			Message: string(t.Kind) + " " + strconv.Quote(t.ID) + " of scope " + strconv.Quote(string(t.Scope)) + " mentions it",
		}
	}
	return newProblem(code, err.Message, details)
}

func internalProblem() api.Problem {
	return newProblem(api.Internal, "the server failed; its log tells more under the request id", nil)
}

func newProblem(code api.Code, detail string, details []api.Detail) api.Problem {
	status := code.Status()
	if status == 0 {
		return internalProblem()
	}
	return api.Problem{
		Type: code.Type(), Title: code.Title(), Status: status,
		Code: code, Detail: detail, Errors: details[:min(len(details), maxDetails)],
	}
}

// summary is the first mistake and how many more there are.
func summary(err *engine.Error) string {
	first, _, _ := strings.Cut(err.Error(), "\n")
	if more := len(err.Details) - 1; more > 0 {
		first += " (and " + strconv.Itoa(more) + " more)"
	}
	return first
}
