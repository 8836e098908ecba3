package server

import (
	"cmp"
	"context"
	"log/slog"
	"net/url"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
)

// rootScope stands above all scopes. It holds no secret; only tokens and the
// lists that reach below a scope know it.
const rootScope = "/"

var errOutOfScope = fail(api.Forbidden, "the token does not reach this scope")

// scope returns the scope that a request names, or the token's own, and
// refuses one that the token does not reach. That it is refused tells nothing
// about what the scope holds.
func (x *exchange) scope(given string) (resolver.Scope, error) {
	if given == "" {
		if x.caller.scope != "" {
			return x.caller.scope, nil
		}
		return resolver.DefaultScope, nil
	}
	if x.asked == "" {
		x.asked = given
	} else if x.asked != given {
		x.asked += " " + given
	}
	scope, err := resolver.ParseScope(given)
	if err != nil {
		return "", fail(api.InvalidRequest, "the request's scope is "+err.Error())
	}
	if x.caller.scope != "" && !x.caller.scope.Covers(scope) {
		x.outOfScope = true
		return "", errOutOfScope
	}
	return scope, nil
}

// scopeAttr is an attribute for our log. The scope of the caller's token was looked up, and so
// is one that looks like a value; what does not exist is what the caller sent, and a text
// like others, which is looked at as it was sent: folded to lower case, a value is none.
func (x *exchange) scopeAttr(scope resolver.Scope) slog.Attr {
	name := string(scope)
	if scope != x.caller.scope && scope != resolver.DefaultScope {
		clean := foreign(x.server.redactor, name)
		if foreign(x.server.redactor, x.asked) != x.asked {
			clean = redact.Mask
		}
		if clean != name && !x.server.resolver.Keeps(context.WithoutCancel(x.r.Context()), scope) {
			name = clean
		}
	}
	return slog.String("scope", name)
}

// bodyScope returns the scope that the body or the query names.
func (x *exchange) bodyScope(given string) (resolver.Scope, error) {
	given, err := x.askedScope(given)
	if err != nil {
		return "", err
	}
	return x.scope(given)
}

// askedScope returns what the body or the query names as the scope. A parameter of the
// query that is anything else is refused.
func (x *exchange) askedScope(given string) (string, error) {
	values, err := x.query("scope")
	if err != nil {
		return "", err
	}
	return agreedScope(given, values)
}

// agreedScope is the scope of the body, given, or of the query. Both may name it, as long
// as they agree.
func agreedScope(given string, query url.Values) (string, error) {
	asked := query.Get("scope")
	if given != "" && asked != "" && given != asked {
		return "", fail(api.InvalidRequest, "the body and the query name different scopes: give one")
	}
	return cmp.Or(given, asked), nil
}

// reach returns the scope whose subtree a request is about: all that the token
// reaches, unless the request names less.
func (x *exchange) reach(given string) (resolver.Scope, error) {
	if given == "" {
		return x.caller.scope, nil
	}
	if given == rootScope {
		if x.caller.scope != "" {
			x.outOfScope = true
			return "", errOutOfScope
		}
		return "", nil
	}
	return x.scope(given)
}
