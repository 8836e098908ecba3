package server

import (
	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/internal/jsonread"
	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/server/internal/admission"
)

// tokenLimits are the limits in the body of POST /v1/tokens.
type tokenLimits struct{ store.TokenLimits }

// Field implements [jsonread.Fields].
func (l *tokenLimits) Field(name string, r *jsonread.Reader) bool {
	switch name {
	case "rate":
		l.Rate = r.Whole()
	case "concurrency":
		l.Concurrency = r.Whole()
	case "bytes":
		l.Bytes = r.Whole()
	default:
		return false
	}
	return true
}

// ownLimits are those that a token of the store came with.
func ownLimits(l *store.TokenLimits) admission.Limits {
	if l == nil {
		return admission.Limits{}
	}
	// The store keeps no count that an int of 32 bits cannot hold.
	return admission.Limits{Rate: int(l.Rate), Concurrency: int(l.Concurrency), Bytes: l.Bytes}
}

// mayLimit refuses limits above those of the server to all but the admins of all
// scopes: who runs the server says what one token may take of it, and an admin of
// a scope shares it with others. Whoever has limits itself gives no more than it
// has, and what it leaves open is as its own: else one more token would undo them.
func (x *exchange) mayLimit(l *store.TokenLimits) error {
	own, most := &x.caller.limits, &x.server.limits.Token
	if x.caller.scope == "" {
		most = &TokenLimits{}
	}
	for _, of := range []struct {
		name          string
		asked         *int64
		own, ofServer int64
	}{
		{"rate", &l.Rate, int64(own.Rate), int64(most.Rate)},
		{"concurrency", &l.Concurrency, int64(own.Concurrency), int64(most.Concurrency)},
		{"bytes", &l.Bytes, own.Bytes, most.Bytes},
	} {
		switch {
		case of.own > 0 && *of.asked > of.own:
			return fail(api.Forbidden, "limits."+of.name+" is above what your own token has: ask for less, or an admin of all scopes")
		case of.own > 0 && *of.asked == 0:
			*of.asked = of.own
		case of.own == 0 && of.ofServer > 0 && *of.asked > of.ofServer:
			return fail(api.Forbidden, "limits."+of.name+" is above what the server gives each token: ask an admin of all scopes")
		}
	}
	return nil
}
