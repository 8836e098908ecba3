package server_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// put stores a template under conditions: header, then its value, and so on.
func (a *api) put(path, body string, conditions ...string) answer {
	return a.send(http.MethodPut, path, body, conditions...)
}

// TestPutAgain: what is stored like this already stays as it is, and of what was deleted
// no version comes again.
func TestPutAgain(t *testing.T) {
	a := startWithStore(t)
	for _, c := range []struct{ path, body, other string }{
		{"/v1/templates/mail", `{"template":"one","description":"d"}`, `{"template":"two"}`},
		{"/v1/flows/mail", `{"expressions":{"a":"1"},"description":"d"}`, `{"expressions":{"a":"2"}}`},
	} {
		t.Run(c.path, func(t *testing.T) {
			first := a.put(c.path, c.body)
			require.Equal(t, 201, first.status, first.text)
			require.Equal(t, c.path+"?scope=default", first.header.Get("Location"))
			again := a.put(c.path, c.body)
			require.Equal(t, 200, again.status, again.text)
			require.Equal(t, first.text, again.text)
			require.Equal(t, `"1"`, again.header.Get("Etag"))
			require.Equal(t, 200, a.put(c.path, c.other).status)
			require.Equal(t, 200, a.send("POST", c.path+"/versions/1/restore", "").status)
			require.Equal(t, 200, a.send("POST", c.path+"/versions/1/restore", "").status, "restored again")
			requireProblem(t, a.send("POST", c.path+"/versions/3/restore", ""), 422, "no_changes")
			require.Len(t, a.call("GET", c.path+"/versions", nil).json["items"], 3)

			require.Equal(t, 204, a.call("DELETE", c.path, nil).status)
			anew := a.put(c.path, c.other)
			require.Equal(t, 201, anew.status)
			require.Equal(t, `"4"`, anew.header.Get("Etag"))
			requireProblem(t, a.put(c.path, c.body, "If-Match", `"1"`), 412, "version_conflict")
		})
	}
}

func TestConditionsOfTemplates(t *testing.T) {
	a := startWithStore(t)
	const path = "/v1/templates/mail"
	requireProblem(t, a.put(path, `{"template":"none"}`, "If-Match", `"1"`), 412, "version_conflict")
	requireProblem(t, a.put(path, `{"template":"none"}`, "If-Match", `*`), 412, "version_conflict")
	first := a.put(path, `{"template":"one"}`, "If-None-Match", "*")
	require.Equal(t, 201, first.status, first.text)
	require.Equal(t, `"1"`, first.header.Get("Etag"))
	requireProblem(t, a.put(path, `{"template":"lost"}`, "If-None-Match", "*"), 412, "version_conflict")
	second := a.put(path, `{"template":"two"}`, "If-Match", `"7", "1"`)
	require.Equal(t, 200, second.status, second.text)
	require.Equal(t, `"2"`, second.header.Get("Etag"))
	for name, tag := range map[string]string{
		"an old one": `"1"`, "weak": `W/"2"`, "no quotes": `2`, "another spelling": `"02"`, "of another server": `"abc"`, "none": `,`,
	} {
		t.Run("If-Match with "+name, func(t *testing.T) {
			requireProblem(t, a.put(path, `{"template":"lost"}`, "If-Match", tag), 412, "version_conflict")
			requireProblem(t, a.send(http.MethodDelete, path, "", "If-Match", tag), 412, "version_conflict")
		})
	}
	requireProblem(t, a.put(path, `{"template":"lost"}`, "If-None-Match", `"2"`), 400, "invalid_request")
	got := a.call("GET", path, nil)
	require.Equal(t, "two", got.json["template"], "nothing was lost")
	for name, tag := range map[string]string{"the same": `"2"`, "weak": `W/"2"`, "one of several": `"1", "2"`, "any": "*"} {
		t.Run("If-None-Match with "+name, func(t *testing.T) {
			got := a.send(http.MethodGet, path, "", "If-None-Match", tag)
			require.Equal(t, 304, got.status)
			require.Empty(t, got.text)
			require.Equal(t, `"2"`, got.header.Get("Etag"))
		})
	}
	require.Equal(t, 200, a.send(http.MethodGet, path, "", "If-None-Match", `"1"`).status)
	require.Equal(t, 204, a.send(http.MethodDelete, path, "", "If-Match", `"2"`).status)
}

func TestVersionsOfTemplates(t *testing.T) {
	a := startWithStore(t)
	const path = "/v1/templates/mail"
	require.Equal(t, 201, a.create("key", "token", canary, "").status)
	require.Equal(t, 201, a.put(path, `{"template":"one {{ secrets.key }}","note":"first","sample_vars":{"b":1,"a":2}}`).status)
	require.Equal(t, 200, a.put(path, `{"template":"two {{ name }}","note":"second","description":"better"}`).status)

	list := a.call("GET", path+"/versions", nil)
	require.Equal(t, 200, list.status, list.text)
	items := list.json["items"].([]any)
	require.Len(t, items, 2)
	newest, oldest := items[0].(map[string]any), items[1].(map[string]any)
	require.EqualValues(t, 2, newest["version"])
	require.Equal(t, "second", newest["note"])
	require.Equal(t, "better", newest["description"])
	require.EqualValues(t, 1, oldest["version"])
	require.Equal(t, "admin", oldest["author"])
	require.Equal(t, []any{"key"}, oldest["secrets"])
	require.NotContains(t, list.text, "one {{")

	first := a.call("GET", path+"/versions/1", nil)
	require.Equal(t, "one {{ secrets.key }}", first.json["template"])
	require.Contains(t, first.text, `"sample_vars":{"b":1,"a":2}`, "in the order that the author wrote")
	require.Equal(t, `"1"`, first.header.Get("Etag"))
	for _, unknown := range []string{"0", "3", "-1", "x", "99999999999999999999"} {
		requireProblem(t, a.call("GET", path+"/versions/"+unknown, nil), 404, "not_found")
	}

	requireProblem(t, a.send("POST", path+"/versions/1/restore", "", "If-Match", `"1"`), 412, "version_conflict")
	restored := a.send("POST", path+"/versions/1/restore", "", "If-Match", `"2"`)
	require.Equal(t, 200, restored.status, restored.text)
	require.EqualValues(t, 3, restored.json["version"])
	require.Equal(t, "restored version 1", restored.json["note"])
	require.Equal(t, "one "+canary, a.call("POST", "/v1/render", `{"template_id":"mail"}`).json["output"])
}

// A version that does not compile any more is not restored.
func TestRestoreCompiles(t *testing.T) {
	a := startWithStore(t)
	require.Equal(t, 201, a.put("/v1/templates/part", `{"template":"part"}`).status)
	require.Equal(t, 201, a.put("/v1/templates/mail", `{"template":"{% render 'part' %}"}`).status)
	require.Equal(t, 200, a.put("/v1/templates/mail", `{"template":"plain"}`).status)
	require.Equal(t, 204, a.call("DELETE", "/v1/templates/part", nil).status)
	requireProblem(t, a.call("POST", "/v1/templates/mail/versions/1/restore", nil), 400, "template_syntax")
	require.Equal(t, "plain", a.call("POST", "/v1/render", `{"template_id":"mail"}`).json["output"])
}

func TestSampleVars(t *testing.T) {
	a := startWithStore(t)
	require.Equal(t, 201, a.put("/v1/templates/mail", `{"template":"Hi {{ name }}","sample_vars":{"name":"Ann"}}`).status)
	for _, c := range []struct{ name, body, want string }{
		{"a preview without vars", `{"template_id":"mail","mode":"preview"}`, "Hi Ann"},
		{"a preview with vars", `{"template_id":"mail","mode":"preview","vars":{}}`, "Hi "},
		{"a send", `{"template_id":"mail"}`, "Hi "},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, a.call("POST", "/v1/render", c.body).json["output"])
		})
	}
	requireProblem(t, a.put("/v1/templates/mail", `{"template":"x","sample_vars":[1]}`), 400, "invalid_request")
}

func TestPartsNameStoredTemplates(t *testing.T) {
	a := startWithStore(t)
	require.Equal(t, 201, a.create("key", "token", canary, "").status)
	require.Equal(t, 201, a.create("other", "token", "other-4f9a8b2c7d", "").status)
	require.Equal(t, 201, a.put("/v1/templates/title", `{"template":"{{ n }} <b>","context":"html"}`).status)
	require.Equal(t, 201, a.put("/v1/templates/declared", `{"template":"<<Secrets.key>>","required_secrets":["KEY"]}`).status)
	require.Equal(t, 201, a.put("/v1/templates/undeclared", `{"template":"<<Secrets.other>>","required_secrets":["key"]}`).status)
	require.Equal(t, 201, a.put("/v1/templates/message", `{"parts":{"a":{"template":"x"}}}`).status)

	got := a.call("POST", "/v1/render", `{"parts":{"title":{"template_id":"title"},"key":{"template_id":"declared"},"own":{"template":"<<Secrets.other>>"}},"vars":{"n":"<"}}`)
	require.Equal(t, 200, got.status, got.text)
	require.Equal(t, map[string]any{"title": "&lt; <b>", "key": canary, "own": "other-4f9a8b2c7d"}, got.json["outputs"])
	for _, c := range []struct {
		name, body string
		status     int
		code       string
	}{
		{"both", `{"parts":{"a":{"template":"x","template_id":"title"}}}`, 400, "invalid_request"},
		{"neither", `{"parts":{"a":{}}}`, 400, "invalid_request"},
		{"its own context", `{"parts":{"a":{"template_id":"title","context":"json"}}}`, 400, "invalid_request"},
		{"unknown", `{"parts":{"a":{"template_id":"nobody"}}}`, 404, "not_found"},
		{"one with parts", `{"parts":{"a":{"template_id":"message"}}}`, 400, "invalid_request"},
		{"a secret that it does not declare", `{"parts":{"a":{"template_id":"undeclared"}}}`, 422, "secret_not_declared"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := a.call("POST", "/v1/render", c.body)
			requireProblem(t, got, c.status, c.code)
			require.Contains(t, got.text, `"part":"a"`)
		})
	}
	undeclared := a.call("POST", "/v1/render", `{"parts":{"a":{"template_id":"undeclared"},"b":{"template_id":"undeclared"}}}`)
	require.Contains(t, undeclared.text, `"message":"secret \"other\" is not listed in required_secrets: add it there or remove the reference","line":1,"column":3,"alias":"other","part":"a"}`)
	require.Contains(t, undeclared.text, `"part":"b"}`)
	narrowed := a.call("POST", "/v1/render", `{"template_id":"declared","required_secrets":["other"]}`)
	requireProblem(t, narrowed, 422, "secret_not_declared")
	require.Contains(t, narrowed.text, `"alias":"other"`)

	stored := a.put("/v1/templates/whole", `{"parts":{"t":{"template_id":"title"}}}`)
	require.Equal(t, 201, stored.status, stored.text)
	require.Equal(t, map[string]any{"t": map[string]any{"template_id": "title"}}, stored.json["parts"])
	require.Equal(t, 200, a.put("/v1/templates/title", `{"template":"new"}`).status)
	batch := a.call("POST", "/v1/render/batch", `{"template_id":"whole","recipients":[{"id":"1","vars":{}}]}`)
	require.Equal(t, 200, batch.status, batch.text)
	require.Contains(t, batch.text, `"t":"new"`)
	got = a.call("POST", "/v1/render", `{"template_id":"whole"}`)
	require.Equal(t, map[string]any{"t": "new"}, got.json["outputs"], "a stored part is looked up when it is sent")
}

// What a template declares is not an author's to change.
func TestAuthorsKeepWhatIsDeclared(t *testing.T) {
	a := startWithStore(t)
	token := a.call("POST", "/v1/tokens", `{"role":"author","scope":"acme"}`).json["token"].(string)
	author := a.as(token)
	for _, alias := range []string{"one", "two"} {
		require.Equal(t, 201, a.create(alias, "token", canary+alias, "acme").status)
	}
	require.Equal(t, 201, a.put("/v1/templates/mail?scope=acme", `{"template":"x","required_secrets":["one"]}`).status)
	for _, c := range []struct {
		name, body string
		status     int
	}{
		{"widened", `{"template":"y","required_secrets":["one","two"]}`, 403},
		{"removed", `{"template":"y"}`, 403},
		{"another", `{"template":"y","required_secrets":["two"]}`, 403},
		{"the same", `{"template":"y","required_secrets":["ONE"]}`, 200},
		{"narrowed", `{"template":"z","required_secrets":[]}`, 200},
		{"widened again", `{"template":"z","required_secrets":["one"]}`, 403},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := author.put("/v1/templates/mail", c.body)
			require.Equal(t, c.status, got.status, got.text)
		})
	}
	requireProblem(t, author.call("POST", "/v1/templates/mail/versions/1/restore", nil), 403, "forbidden")
	requireProblem(t, author.call("DELETE", "/v1/templates/mail", nil), 403, "forbidden")

	require.Equal(t, 201, author.put("/v1/templates/own", `{"template":"a"}`).status)
	require.Equal(t, 200, author.put("/v1/templates/own", `{"template":"b","required_secrets":["one"]}`).status)
	requireProblem(t, author.put("/v1/templates/own", `{"template":"c"}`), 403, "forbidden")
	requireProblem(t, author.call("POST", "/v1/render", `{"template":"<<Secrets.one>>"}`), 403, "forbidden")
}

// What a parent scope declares is not undone by a template of the same id in front of it.
func TestAuthorsKeepWhatAParentDeclares(t *testing.T) {
	a := startWithStore(t)
	author := a.as(a.call("POST", "/v1/tokens", `{"role":"author","scope":"acme/shop"}`).json["token"].(string))
	require.Equal(t, 201, a.put("/v1/templates/mail?scope=acme", `{"template":"a","required_secrets":["one"]}`).status)
	require.Equal(t, 201, a.put("/v1/flows/mail?scope=acme", `{"expressions":{"a":"1"},"required_secrets":["one"]}`).status)
	for _, c := range []struct {
		name, path, body string
		status           int
	}{
		{"removed", "/v1/templates/mail", `{"template":"b"}`, 403},
		{"widened", "/v1/templates/mail", `{"template":"b","required_secrets":["one","two"]}`, 403},
		{"kept", "/v1/templates/mail", `{"template":"b","required_secrets":["ONE"]}`, 201},
		{"a flow's removed", "/v1/flows/mail", `{"expressions":{"a":"2"}}`, 403},
		{"a flow's narrowed", "/v1/flows/mail", `{"expressions":{"a":"2"},"required_secrets":[]}`, 201},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.status, author.put(c.path, c.body).status)
		})
	}
	requireProblem(t, author.put("/v1/templates/mail?scope=acme/shop/prod", `{"template":"b"}`), 403, "forbidden")
	requireProblem(t, author.call("DELETE", "/v1/templates/mail?scope=acme/shop/prod", nil), 404, "not_found")
}

// What stands in front of a parent's and declares nothing is held to what that declares,
// also where it was stored first.
func TestWhatAParentDeclaresIsInherited(t *testing.T) {
	a := startWithStore(t)
	author := a.as(a.call("POST", "/v1/tokens", `{"role":"author","scope":"acme/shop"}`).json["token"].(string))
	for _, alias := range []string{"one", "two"} {
		require.Equal(t, 201, a.create(alias, "token", canary+alias, "acme").status)
	}
	render := func(body string) answer { return a.call("POST", "/v1/render", body) }
	const (
		template, flow = "/v1/templates/mail", "/v1/flows/mail"
		asTemplate     = `{"template_id":"mail","scope":"acme/shop"}`
		asPart         = `{"parts":{"a":{"template_id":"mail"}},"scope":"acme/shop/prod"}`
	)
	require.Equal(t, 201, author.put(template, `{"template":"<<Secrets.two>>"}`).status)
	require.Equal(t, 201, author.put(flow, `{"expressions":{"a":"secrets.two"}}`).status)
	require.Equal(t, 200, render(asTemplate).status)
	require.Equal(t, 200, render(asPart).status)

	require.Equal(t, 201, a.put(template+"?scope=acme", `{"template":"a","required_secrets":["one"]}`).status)
	require.Equal(t, 201, a.put(flow+"?scope=acme", `{"expressions":{"a":"1"},"required_secrets":["one"]}`).status)
	for _, body := range []string{asTemplate, asPart, `{"template_id":"mail","scope":"acme/shop","required_secrets":["two"]}`} {
		requireProblem(t, render(body), 422, "secret_not_declared")
	}
	requireProblem(t, a.call("POST", "/v1/evaluate", `{"flow_id":"mail","scope":"acme/shop"}`), 422, "secret_not_declared")
	requireProblem(t, author.put(template, `{"template":"<<Secrets.one>><<Secrets.two>>"}`), 403, "forbidden")
	requireProblem(t, author.put(flow, `{"expressions":{"a":"2"}}`), 403, "forbidden")
	require.Equal(t, 200, author.put(flow, `{"expressions":{"a":"secrets.one"},"required_secrets":["one"]}`).status)

	// An admin says otherwise, and may; without it the parent's is there again.
	require.Equal(t, 200, a.put(template+"?scope=acme/shop", `{"template":"<<Secrets.two>>","required_secrets":["two"]}`).status)
	require.Equal(t, 200, render(asTemplate).status)
	require.Equal(t, 200, a.put(template+"?scope=acme/shop", `{"template":"<<Secrets.one>>"}`).status)
	require.Equal(t, 200, render(asTemplate).status)
	require.Equal(t, 204, author.call("DELETE", template, nil).status)
	require.Equal(t, "a", render(asTemplate).json["output"])
}

// What an author wrote is the same, whatever secrets its partials use by now.
func TestPutAgainWithOtherPartials(t *testing.T) {
	a := startWithStore(t)
	for _, alias := range []string{"one", "two"} {
		require.Equal(t, 201, a.create(alias, "token", canary+alias, "").status)
	}
	const body = `{"template":"{% render 'part' %}"}`
	require.Equal(t, 201, a.put("/v1/templates/part", `{"template":"<<Secrets.one>>"}`).status)
	first := a.put("/v1/templates/mail", body)
	require.Equal(t, []any{"one"}, first.json["secrets"])
	require.Equal(t, 200, a.put("/v1/templates/part", `{"template":"<<Secrets.two>>"}`).status)
	again := a.put("/v1/templates/mail", body)
	require.EqualValues(t, 1, again.json["version"])
	require.Equal(t, []any{"two"}, again.json["secrets"])
	require.Equal(t, again.text, a.call("GET", "/v1/templates/mail", nil).text)
	require.Len(t, a.call("GET", "/v1/templates/mail/versions", nil).json["items"], 1)
	require.Equal(t, first.json["updated_at"], again.json["updated_at"])
	inUse := a.call("POST", "/v1/secrets/two/archive", nil)
	require.Contains(t, inUse.text, `template \"mail\"`)
	require.NotContains(t, a.call("POST", "/v1/secrets/one/archive", nil).text, `template \"mail\"`)
	require.Equal(t, 200, a.put("/v1/templates/mail", body, "If-Match", `"1"`).status)
}

// An If-Match that names versions to come does not outrun an admin's declaration.
func TestAuthorsDoNotOutrunADeclaration(t *testing.T) {
	a := startWithStore(t)
	author := a.as(a.call("POST", "/v1/tokens", `{"role":"author"}`).json["token"].(string))
	for i := range 40 {
		path := fmt.Sprintf("/v1/templates/mail%d", i)
		require.Equal(t, 201, a.put(path, `{"template":"a"}`).status)
		declared := make(chan answer)
		go func() { declared <- a.put(path, `{"template":"a","required_secrets":["one"]}`) }()
		author.put(path, `{"template":"b"}`, "If-Match", `"1", "2"`)
		require.Equal(t, 200, (<-declared).status)
		require.NotNil(t, a.call("GET", path, nil).json["required_secrets"], "the admin's declaration was overwritten")
	}
}
