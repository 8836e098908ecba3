package server_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// matrixCall is one call of the API as the matrix makes it. {alias}, {id} and
// {token} in its path or body stand for things of the scope that it is about.
type matrixCall struct {
	method, path, body string
	// needs are the roles that may call it, joined by a space.
	needs string
	// ok is the status where it is allowed.
	ok int
	// foreign is the status for a scope that the token does not reach.
	foreign int
}

const (
	everyRole   = "admin render author preview"
	sendRoles   = "admin render"
	writeRoles  = "admin author"
	reviewRoles = "admin render author"
	adminsOnly  = "admin"
)

var matrix = []matrixCall{
	{"POST", "/v1/render", `{"template":"<<Secrets.{alias}>>","scope":"{scope}"}`, sendRoles, 200, 403},
	{"POST", "/v1/render", `{"template":"<<Secrets.{alias}>>","scope":"{scope}","mode":"preview"}`, everyRole, 200, 403},
	{"POST", "/v1/render", `{"template_id":"{id}","scope":"{scope}"}`, sendRoles, 200, 403},
	{"POST", "/v1/evaluate", `{"expression":"secrets.{alias}","scope":"{scope}"}`, sendRoles, 200, 403},
	{"POST", "/v1/evaluate", `{"expression":"secrets.{alias}","scope":"{scope}","mode":"preview"}`, everyRole, 200, 403},
	{"POST", "/v1/lint", `{"template":"<<Secrets.{alias}>>","scope":"{scope}"}`, everyRole, 200, 403},
	{"POST", "/v1/redact", `{"text":"x","scope":"{scope}"}`, sendRoles, 200, 403},
	{"GET", "/v1/macros?scope={scope}", "", everyRole, 200, 403},
	{"GET", "/v1/templates?scope={scope}", "", everyRole, 200, 403},
	{"GET", "/v1/templates/{id}?scope={scope}", "", everyRole, 200, 404},
	{"PUT", "/v1/templates/{id}?scope={scope}", `{"template":"edited"}`, writeRoles, 200, 404},
	{"GET", "/v1/templates/{id}/versions?scope={scope}", "", reviewRoles, 200, 404},
	{"GET", "/v1/templates/{id}/versions/1?scope={scope}", "", reviewRoles, 200, 404},
	{"POST", "/v1/templates/{id}/versions/1/restore?scope={scope}", "", writeRoles, 422, 404},
	{"DELETE", "/v1/templates/{id}?scope={scope}", "", writeRoles, 204, 404},
	{"GET", "/v1/flows?scope={scope}", "", everyRole, 200, 403},
	{"GET", "/v1/flows/{id}?scope={scope}", "", everyRole, 200, 404},
	{"PUT", "/v1/flows/{id}?scope={scope}", `{"expressions":{"a":"2"}}`, writeRoles, 200, 404},
	{"GET", "/v1/flows/{id}/versions?scope={scope}", "", reviewRoles, 200, 404},
	{"GET", "/v1/flows/{id}/versions/1?scope={scope}", "", reviewRoles, 200, 404},
	{"POST", "/v1/flows/{id}/versions/1/restore?scope={scope}", "", writeRoles, 422, 404},
	{"DELETE", "/v1/flows/{id}?scope={scope}", "", writeRoles, 204, 404},
	{"GET", "/v1/secrets?scope={scope}", "", everyRole, 200, 403},
	{"POST", "/v1/secrets", `{"alias":"new-{alias}","type":"token","value":"value-new","scope":"{scope}"}`, adminsOnly, 201, 403},
	{"GET", "/v1/secrets/{alias}?scope={scope}", "", everyRole, 200, 404},
	{"PATCH", "/v1/secrets/{alias}", `{"value":"value-new","scope":"{scope}"}`, adminsOnly, 200, 404},
	{"DELETE", "/v1/secrets/{alias}?scope={scope}&confirm={alias}", "", adminsOnly, 204, 404},
	{"POST", "/v1/secrets/{alias}/archive?scope={scope}", "", adminsOnly, 200, 404},
	{"POST", "/v1/secrets/{alias}/restore?scope={scope}", "", adminsOnly, 422, 404},
	{"GET", "/v1/secrets/{alias}/usage?scope={scope}", "", adminsOnly, 200, 404},
	{"GET", "/v1/secrets/{alias}/resolution?scope={scope}", "", adminsOnly, 200, 404},
	{"GET", "/v1/tokens?scope={scope}", "", adminsOnly, 200, 403},
	{"POST", "/v1/tokens", `{"role":"admin","scope":"{scope}"}`, adminsOnly, 201, 403},
	{"DELETE", "/v1/tokens/{token}", "", adminsOnly, 204, 404},
	{"GET", "/v1/audit?scope={scope}", "", adminsOnly, 200, 403},
}

// TestRolesAndScopes makes every call with every role in its own, a child, the
// parent and a foreign scope.
func TestRolesAndScopes(t *testing.T) {
	a := startWithStore(t)
	const own = "acme/shop"
	scopes := map[string]string{"own": own, "child": own + "/prod", "parent": "acme", "foreign": "other"}
	callers := map[string]*api{}
	for role := range strings.FieldsSeq(everyRole) {
		got := a.call("POST", "/v1/tokens", map[string]any{"role": role, "scope": own})
		require.Equal(t, 201, got.status, got.text)
		callers[role] = a.as(got.json["token"].(string))
	}
	n := 0
	for _, call := range matrix {
		for role, caller := range callers {
			for relation, scope := range scopes {
				n++
				fill := a.things(n, scope)
				got := caller.call(call.method, fill.Replace(call.path), fill.Replace(call.body))
				want := call.ok
				switch {
				case !strings.Contains(call.needs, role):
					want = 403
				case relation == "parent" || relation == "foreign":
					want = call.foreign
				}
				require.Equal(t, want, got.status, "%s %s as %s in the %s scope: %s", call.method, call.path, role, relation, got.text)
			}
		}
	}
}

// things creates what a call of the matrix may need in scope.
func (a *api) things(n int, scope string) *strings.Replacer {
	a.t.Helper()
	alias, id := fmt.Sprintf("key-%d", n), fmt.Sprintf("template-%d", n)
	require.Equal(a.t, 201, a.create(alias, "token", "value-old", scope).status)
	require.Equal(a.t, 201, a.call("PUT", "/v1/templates/"+id+"?scope="+url.QueryEscape(scope), `{"template":"x"}`).status)
	require.Equal(a.t, 201, a.call("PUT", "/v1/flows/"+id+"?scope="+url.QueryEscape(scope), `{"expressions":{"a":"1"}}`).status)
	token := a.call("POST", "/v1/tokens", map[string]any{"role": "preview", "scope": scope}).json["id"].(string)
	return strings.NewReplacer("{alias}", alias, "{id}", id, "{token}", token, "{scope}", scope)
}

// TestForeignSecretsLookAbsent compares the answers for a foreign secret that
// exists with those for one that does not.
func TestForeignSecretsLookAbsent(t *testing.T) {
	a := startWithStore(t)
	require.Equal(t, 201, a.create("there", "token", canary, "other").status)
	token := a.call("POST", "/v1/tokens", `{"role":"admin","scope":"acme"}`).json["token"].(string)
	tenant := a.as(token)
	for _, path := range []string{
		"GET /v1/secrets/%s?scope=other", "DELETE /v1/secrets/%s?scope=other&confirm=%[1]s",
		"POST /v1/secrets/%s/archive?scope=other", "POST /v1/secrets/%s/restore?scope=other", "GET /v1/secrets/%s/usage?scope=other",
	} {
		t.Run(path, func(t *testing.T) {
			method, path, _ := strings.Cut(path, " ")
			there := tenant.call(method, fmt.Sprintf(path, "there"), nil)
			absent := tenant.call(method, fmt.Sprintf(path, "absent"), nil)
			delete(there.json, "request_id")
			delete(absent.json, "request_id")
			require.Equal(t, 404, there.status)
			require.Equal(t, absent.json, there.json)
		})
	}
}

// TestRedactKnowsTheCallersScopeAlone guards against asking for other tenants'
// values by guessing.
func TestRedactKnowsTheCallersScopeAlone(t *testing.T) {
	a := startWithStore(t)
	require.Equal(t, 201, a.create("mine", "token", "mine-12345678", "acme").status)
	require.Equal(t, 201, a.create("theirs", "token", "theirs-12345678", "other").status)
	token := a.call("POST", "/v1/tokens", `{"role":"render","scope":"acme"}`).json["token"].(string)
	require.Equal(t, "theirs-12345678", a.output("<<Secrets.theirs>>", "other"), "it is known to the process now")
	got := a.as(token).call("POST", "/v1/redact", `{"text":"mine-12345678 theirs-12345678"}`)
	require.Equal(t, "[REDACTED] theirs-12345678", got.json["text"], got.text)
}
