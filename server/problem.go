package server

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/server/internal/jsonread"
)

// problemType is the base of each problem's type; the code follows it.
const problemType = "https://github.com/sotto-render/sotto/blob/main/docs/api.md#"

// maxDetails is how many mistakes one answer lists.
const maxDetails = 1000

// problem is an error as a client sees it (RFC 9457).
type problem struct {
	Type      string          `json:"type"`
	Title     string          `json:"title"`
	Status    int             `json:"status"`
	Code      engine.Code     `json:"code"`
	Detail    string          `json:"detail"`
	RequestID string          `json:"request_id"`
	Errors    []engine.Detail `json:"errors,omitempty"`
	trace
}

func (p problem) encode() []byte {
	body, err := json.Marshal(p)
	if err != nil {
		panic("server: a problem that JSON cannot hold")
	}
	return body
}

// failure is an error that is made to be shown: its text names no value.
type failure struct {
	code    engine.Code
	message string
	details []engine.Detail
	// allow are the methods that a path knows, where the one used is not
	// among them.
	allow string
}

// Error returns the message.
func (f *failure) Error() string { return f.message }

func fail(code engine.Code, message string) error {
	return &failure{code: code, message: message}
}

// problemOf translates err. An error that nobody made for showing is
// `internal`, and nothing of its text is told.
func problemOf(err error) problem {
	var evaluation *traced
	if errors.As(err, &evaluation) {
		p := problemOf(evaluation.error)
		p.trace = evaluation.trace
		return p
	}
	var (
		shown    *failure
		rendered *engine.Error
		decoded  *jsonread.Error
		kept     *store.Error
		provider *resolver.ProviderError
	)
	switch {
	case errors.As(err, &shown):
		return newProblem(shown.code, shown.message, shown.details)
	case errors.As(err, &rendered):
		return newProblem(rendered.Code, summary(rendered), rendered.Details)
	case errors.As(err, &decoded):
		return newProblem(engine.InvalidRequest, decoded.Error(), []engine.Detail{{
			Code: engine.InvalidRequest, Message: decoded.Message,
			Line: decoded.Place.Line, Column: decoded.Place.Column,
		}})
	case errors.As(err, &kept):
		return storeProblem(kept)
	case errors.As(err, &provider), errors.Is(err, resolver.ErrClosed):
		return newProblem(engine.ResolverUnavailable, "the secrets cannot be looked up now: a provider does not answer", nil)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return newProblem(engine.ResolverUnavailable, "the request took too long and was stopped", nil)
	}
	return internalProblem()
}

// storeProblem shows what the store refused, and what keeps it from doing it.
func storeProblem(err *store.Error) problem {
	if err.Code == store.Internal {
		return internalProblem()
	}
	code := engine.Code(err.Code)
	if len(err.Templates) == 0 {
		var details []engine.Detail
		if err.Alias != "" || err.Field != "" {
			details = []engine.Detail{{Code: code, Message: err.Message, Alias: err.Alias, Field: err.Field}}
		}
		return newProblem(code, err.Message, details)
	}
	details := make([]engine.Detail, len(err.Templates))
	for i, t := range err.Templates {
		details[i] = engine.Detail{
			Code: code, Alias: err.Alias,
			Message: "template " + strconv.Quote(t.ID) + " of scope " + strconv.Quote(string(t.Scope)) + " mentions it",
		}
	}
	return newProblem(code, err.Message, details)
}

func internalProblem() problem {
	return newProblem(engine.Internal, "the server failed; its log tells more under the request id", nil)
}

func newProblem(code engine.Code, detail string, details []engine.Detail) problem {
	result, ok := outcomes[code]
	if !ok {
		return internalProblem()
	}
	details = details[:min(len(details), maxDetails)]
	return problem{
		Type: problemType + string(code), Title: result.title, Status: result.status,
		Code: code, Detail: detail, Errors: details,
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
