package server_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/server"
)

func withConsole(o *server.Options) { o.Console = true }

// browser sends the request that change makes of a call, without a token.
func (a *api) browser(method, path, body string, change ...func(*http.Request)) answer {
	a.t.Helper()
	r, err := http.NewRequest(method, a.url+path, strings.NewReader(body))
	require.NoError(a.t, err)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, f := range change {
		f(r)
	}
	return a.do(r)
}

// signIn returns what adds the cookie of a new session.
func (a *api) signIn(token string) func(*http.Request) {
	a.t.Helper()
	got := a.browser("POST", "/console/session", `{"token":"`+token+`"}`)
	require.Equal(a.t, 201, got.status, got.text)
	cookies := (&http.Response{Header: got.header}).Cookies()
	require.Len(a.t, cookies, 1)
	return func(r *http.Request) { r.AddCookie(cookies[0]) }
}

func TestSessionCookie(t *testing.T) {
	for name, test := range map[string]struct {
		public, cookie string
		secure         bool
	}{
		"plain":          {"", "sotto_session", false},
		"behind a proxy": {"https://sotto.example.com", "__Host-sotto_session", true},
	} {
		t.Run(name, func(t *testing.T) {
			a := startWithStore(t, withConsole, func(o *server.Options) { o.PublicURL = test.public })
			got := a.browser("POST", "/console/session", `{"token":"`+adminToken+`"}`)
			require.Equal(t, 201, got.status, got.text)
			require.NotContains(t, got.text, adminToken)
			require.Equal(t, "admin", got.json["role"])
			require.Equal(t, "/", got.json["scope"])
			cookie := (&http.Response{Header: got.header}).Cookies()[0]
			require.Equal(t, test.cookie, cookie.Name)
			require.True(t, cookie.HttpOnly)
			require.Equal(t, test.secure, cookie.Secure)
			require.Equal(t, http.SameSiteStrictMode, cookie.SameSite)
			require.Equal(t, "/", cookie.Path)
			require.Equal(t, 12*60*60, cookie.MaxAge)
			require.NotContains(t, a.log.String(), cookie.Value)
		})
	}
}

func TestSessionIsTheTokensOwn(t *testing.T) {
	a := startWithStore(t, withConsole)
	made := a.call("POST", "/v1/tokens", `{"role":"preview","scope":"acme"}`)
	require.Equal(t, 201, made.status, made.text)
	session := a.signIn(made.json["token"].(string))

	require.Equal(t, 200, a.browser("GET", "/v1/secrets", "", session).status)
	requireProblem(t, a.browser("GET", "/v1/secrets?scope=other", "", session), 403, "forbidden")
	requireProblem(t, a.browser("POST", "/v1/secrets", `{"alias":"a","type":"token","value":"long enough"}`, session), 403, "forbidden")
	who := a.browser("GET", "/console/session", "", session)
	require.Equal(t, made.json["id"], who.json["token"])
	require.Equal(t, "acme", who.json["scope"])

	require.Equal(t, 204, a.call("DELETE", "/v1/tokens/"+made.json["id"].(string), nil).status)
	requireProblem(t, a.browser("GET", "/v1/secrets", "", session), 401, "unauthorized")
}

func TestSessionEnds(t *testing.T) {
	a := startWithStore(t, withConsole)
	session := a.signIn(adminToken)
	require.Equal(t, 200, a.browser("GET", "/v1/tokens", "", session).status)
	got := a.browser("DELETE", "/console/session", "", session)
	require.Equal(t, 204, got.status)
	require.Contains(t, got.header.Get("Set-Cookie"), "Max-Age=0")
	requireProblem(t, a.browser("GET", "/v1/tokens", "", session), 401, "unauthorized")
	trail := a.call("GET", "/v1/audit", nil)
	require.Contains(t, trail.text, "session.create")
	require.Contains(t, trail.text, "session.end")
}

func TestSessionRefusesOtherSites(t *testing.T) {
	a := startWithStore(t, withConsole)
	session := a.signIn(adminToken)
	const secret = `{"alias":"a","type":"token","value":"long enough"}`
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	foreign := header("Sec-Fetch-Site", "cross-site")
	old := func(r *http.Request) { r.Header.Del("Sec-Fetch-Site"); r.Header.Set("Origin", "https://evil.example") }
	for name, got := range map[string]answer{
		"sign in":           a.browser("POST", "/console/session", `{"token":"`+adminToken+`"}`, foreign),
		"sign out":          a.browser("DELETE", "/console/session", "", session, foreign),
		"create":            a.browser("POST", "/v1/secrets", secret, session, foreign),
		"same site":         a.browser("POST", "/v1/secrets", secret, session, header("Sec-Fetch-Site", "same-site")),
		"older browser":     a.browser("POST", "/v1/secrets", secret, session, old),
		"call with no body": a.browser("POST", "/v1/secrets/a/archive", "", session, foreign),
	} {
		t.Run(name, func(t *testing.T) { requireProblem(t, got, 403, "forbidden") })
	}
	for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"} {
		t.Run("body as "+kind, func(t *testing.T) {
			a := *a
			a.t = t
			requireProblem(t, a.browser("POST", "/v1/secrets", secret, session, header("Content-Type", kind)), 415, "unsupported_media_type")
		})
	}
	require.Equal(t, 201, a.browser("POST", "/v1/secrets", secret, session, header("Content-Type", "application/json; charset=utf-8")).status)
}

func TestWrongTokensTakeTime(t *testing.T) {
	a := startWithStore(t, withConsole, func(o *server.Options) { o.Limits.SignIns = 3 })
	var got answer
	for range 5 {
		got = a.browser("POST", "/console/session", `{"token":"sotto_wrong"}`)
	}
	requireProblem(t, got, 429, "rate_limited")
	require.NotEmpty(t, got.header.Get("Retry-After"))
	require.Equal(t, 201, a.browser("POST", "/console/session", `{"token":"`+adminToken+`"}`).status)
}

func TestSessionOfNobody(t *testing.T) {
	a := startWithStore(t, withConsole)
	wrong := func(r *http.Request) {
		r.AddCookie(&http.Cookie{Name: "sotto_session", Value: strings.Repeat("A", 43)})
	}
	requireProblem(t, a.browser("GET", "/v1/secrets", "", wrong), 401, "unauthorized")
	session := a.signIn(adminToken)
	// Who sends a token means it, whatever the browser adds.
	requireProblem(t, a.browser("GET", "/v1/secrets", "", session, func(r *http.Request) { r.Header.Set("Authorization", "Bearer x") }), 401, "unauthorized")
	without := startWithStore(t)
	require.Equal(t, 404, without.browser("POST", "/console/session", `{"token":"`+adminToken+`"}`).status)
	require.Equal(t, 404, without.browser("GET", "/console/", "").status)
}

func TestConsoleHeaders(t *testing.T) {
	a := startWithStore(t, withConsole)
	get := func(path string) *http.Response {
		response, err := a.client.Get(a.url + path)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		return response
	}
	page := get("/console/")
	require.Equal(t, 200, page.StatusCode)
	policy := page.Header.Get("Content-Security-Policy")
	require.Contains(t, policy, "default-src 'none'")
	require.Contains(t, policy, "frame-ancestors 'none'")
	require.NotContains(t, policy, "unsafe")
	require.NotEqual(t, policy, get("/console/").Header.Get("Content-Security-Policy"), "each page has a nonce of its own")
	require.Equal(t, "nosniff", page.Header.Get("X-Content-Type-Options"))
	frame := get("/console/frame.html").Header.Get("Content-Security-Policy")
	require.Contains(t, frame, "sandbox allow-scripts")
	require.Contains(t, frame, "frame-ancestors 'self'")
	require.Contains(t, frame, "script-src 'sha256-")
	require.Equal(t, 404, get("/console/../openapi").StatusCode)
	require.Equal(t, 404, get("/console/nothing.js").StatusCode)
}

func TestSignInCode(t *testing.T) {
	a := startWithStore(t, withConsole, func(o *server.Options) { o.Limits.SignIns = 3 })
	code := a.server.SignInCode().Reveal()
	require.Len(t, code, 22, "128 bits in base64url")
	body := `{"code":"` + code + `"}`

	who := a.browser("POST", "/console/sign-in", body)
	require.Equal(t, 200, who.status, who.text)
	require.Equal(t, []any{"admin", "admin", "/"}, []any{who.json["token"], who.json["role"], who.json["scope"]})
	require.NotEmpty(t, a.browser("POST", "/console/session", `{"code":"`+code+`","token":"x"}`).json["code"], "one of both")
	requireProblem(t, a.browser("POST", "/console/session", body, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }), 403, "forbidden")
	require.Equal(t, 405, a.browser("GET", "/console/sign-in", "").status, "a link that is looked at uses nothing up")

	got := a.browser("POST", "/console/session", body)
	require.Equal(t, 201, got.status, got.text)
	cookie := (&http.Response{Header: got.header}).Cookies()[0]
	require.Equal(t, 200, a.browser("GET", "/v1/tokens", "", func(r *http.Request) { r.AddCookie(cookie) }).status)

	requireProblem(t, a.browser("POST", "/console/session", body), 401, "unauthorized")
	requireProblem(t, a.browser("POST", "/console/sign-in", body), 401, "unauthorized")
	for range 3 {
		got = a.browser("POST", "/console/session", `{"code":"AAAAAAAAAAAAAAAAAAAAAA"}`)
	}
	requireProblem(t, got, 429, "rate_limited")
	require.NotContains(t, a.log.String(), code)
	require.NotContains(t, a.call("GET", "/v1/audit", nil).text, code)
	require.Empty(t, startWithStore(t).server.SignInCode().Reveal(), "no console, no code")
}

// TestSendsOfASessionAreRecorded looks at who saw the value of an alias in a browser.
func TestSendsOfASessionAreRecorded(t *testing.T) {
	a := startWithStore(t, withConsole)
	for _, alias := range []string{"one", "two"} {
		require.Equal(t, 201, a.call("POST", "/v1/secrets", `{"alias":"`+alias+`","value":"canary-of-`+alias+`"}`).status)
	}
	session := a.signIn(adminToken)
	rows := func() (rows []string) {
		for _, row := range a.call("GET", "/v1/audit?scope=default", nil).json["items"].([]any) {
			row := row.(map[string]any)
			if what := row["what"].(string); strings.HasPrefix(what, "render") || strings.HasPrefix(what, "evaluate") {
				alias, _ := row["alias"].(string)
				rows = append(rows, what+" "+alias+" "+row["who"].(string)+" "+row["outcome"].(string))
			}
		}
		slices.Sort(rows)
		return rows
	}
	send := func(path, body string, change ...func(*http.Request)) answer {
		return a.browser("POST", path, body, change...)
	}
	require.Contains(t, send("/v1/render", `{"template":"<<Secrets.one>> <<Secrets.two>>"}`, session).text, "canary-of-one canary-of-two")
	require.Contains(t, send("/v1/render", `{"parts":{"a":{"template":"<<Secrets.one>>"}}}`, session).text, "canary-of-one")
	require.Contains(t, send("/v1/evaluate", `{"expression":"secrets.one"}`, session).text, "canary-of-one")
	require.Contains(t, send("/v1/evaluate", `{"expressions":{"a":"1"}}`, session).text, "1")
	require.Contains(t, send("/v1/render/batch", `{"template":"<<Secrets.two>>","recipients":[{"id":"1"}]}`, session).text, "canary-of-two")
	want := []string{
		"evaluate  admin ok", "evaluate one admin ok", "render one admin ok", "render one admin ok", "render two admin ok", "render.batch two admin ok",
	}
	require.Equal(t, want, rows())
	send("/v1/render", `{"template":"<<Secrets.one>>","mode":"preview"}`, session)
	send("/v1/render", `{"template":"<<Secrets.missing>>"}`, session)
	a.call("POST", "/v1/render", `{"template":"<<Secrets.one>>"}`)
	require.Equal(t, want, rows(), "a preview, what failed and a service's own sends show nothing to a person")
	require.NotContains(t, a.call("GET", "/v1/audit", nil).text, "canary")
}
