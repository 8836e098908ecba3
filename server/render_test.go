package server_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/server"
)

func TestRender(t *testing.T) {
	a := start(t)
	a.fake.Put("default", "weather_fx", redact.NewSecret(canary))
	tests := []struct{ name, body, want string }{
		{
			"send", `{"template":"Bearer <<Secrets.Weather_FX>>"}`,
			`{"output":"Bearer tok-4f9a8b2c7d","secrets":["weather_fx"],"mode":"send"}`,
		},
		{
			"preview", `{"template":"Bearer <<Secrets.Weather_FX>>","mode":"preview"}`,
			`{"output":"Bearer [secrets.weather_fx]","secrets":["weather_fx"],"mode":"preview"}`,
		},
		{"empty", `{"template":""}`, `{"output":"","secrets":[],"mode":"send"}`},
		{
			"numbers print as sent", `{"template":"{{a}} {{b}}","vars":{"a":9007199254740993,"b":0}}`,
			`{"output":"9007199254740993 0","secrets":[],"mode":"send"}`,
		},
		{
			"objects keep the order of their keys",
			`{"template":"{% for p in o %}{{p[0]}}={{p[1].y}} {% endfor %}{{o|json}}","vars":{"o":{"z":{"y":1},"a":{"y":2}}}}`,
			`{"output":"z=1 a=2 {\"z\":{\"y\":1},\"a\":{\"y\":2}}","secrets":[],"mode":"send"}`,
		},
		{
			"escapes in the answer", `{"template":"{{a}}","vars":{"a":"<\"\\\n\u0001é>"}}`,
			`{"output":"<\"\\\n\u0001é>","secrets":[],"mode":"send"}`,
		},
		{
			"parts inherit the context",
			`{"context":"json","parts":{"b":{"template":"{\"n\":{{n}}}"},"a":{"template":"{{n}}<","context":"text"}},"vars":{"n":"x"}}`,
			`{"outputs":{"a":"x<","b":"{\"n\":\"x\"}"},"secrets":[],"mode":"send"}`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := a.call("POST", "/v1/render", test.body)
			require.Equal(t, 200, got.status, got.text)
			require.JSONEq(t, test.want, got.text)
			require.Equal(t, "no-store", got.header.Get("Cache-Control"))
		})
	}
}

func TestRenderRefuses(t *testing.T) {
	a := start(t)
	a.fake.Put("default", "weather_fx", redact.NewSecret(canary))
	a.fake.Put("default", "binary", redact.NewSecret("bin-\xff\xfe-value"))
	tests := []struct {
		name, body string
		status     int
		code       string
	}{
		{"nothing", `{}`, 400, "invalid_request"},
		{"two sources", `{"template":"a","parts":{"a":{"template":"b"}}}`, 400, "invalid_request"},
		{"no parts", `{"parts":{}}`, 400, "invalid_request"},
		{"a part without a template", `{"parts":{"a":{}}}`, 400, "invalid_request"},
		{"unknown field", `{"template":"a","extra":1}`, 400, "invalid_request"},
		{"unknown mode", `{"template":"a","mode":"dry"}`, 400, "invalid_request"},
		{"unknown context", `{"template":"a","context":"xml"}`, 400, "invalid_request"},
		{"unknown syntax", `{"template":"a","syntax":"erb"}`, 400, "invalid_request"},
		{"bad scope", `{"template":"a","scope":"../x"}`, 400, "invalid_request"},
		{"variable called secrets", `{"template":"a","vars":{"Secrets":{}}}`, 400, "invalid_request"},
		{"unknown template", `{"template_id":"nope"}`, 404, "not_found"},
		{"syntax", `{"template":"{{ a"}`, 400, "template_syntax"},
		{"not UTF-8", `{"template":"<<Secrets.binary>>"}`, 422, "value_rejected"},
		{"missing", `{"template":"<<Secrets.nope>>"}`, 422, "secret_missing"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			requireProblem(t, a.call("POST", "/v1/render", test.body), test.status, test.code)
		})
	}
}

func TestRenderNamesThePart(t *testing.T) {
	a := start(t)
	got := a.call("POST", "/v1/render", `{"parts":{"title":{"template":"{{ a"},"url":{"template":"\n{% if %}"}}}`)
	requireProblem(t, got, 400, "template_syntax")
	errors := got.json["errors"].([]any)
	require.Len(t, errors, 2)
	require.Equal(t, "title", errors[0].(map[string]any)["part"])
	require.Equal(t, "url", errors[1].(map[string]any)["part"])
	require.EqualValues(t, 2, errors[1].(map[string]any)["line"])

	got = a.call("POST", "/v1/render", `{"parts":{"a":{"template":"<<Secrets.x>>"},"b":{"template":" <<Secrets.y>>"}}}`)
	requireProblem(t, got, 422, "secret_missing")
	errors = got.json["errors"].([]any)
	require.Len(t, errors, 2)
	require.Equal(t, "b", errors[1].(map[string]any)["part"])
}

func TestRequiredSecretThatIsMissingIsLogged(t *testing.T) {
	a := start(t)
	got := a.call("POST", "/v1/render", `{"template":"x","required_secrets":["GITHUB_TOKEN"]}`)
	requireProblem(t, got, 422, "secret_missing")
	require.Contains(t, a.log.String(), `"level":"WARN","msg":"a required secret cannot be used"`)
	require.Contains(t, a.log.String(), `"alias":"github_token"`)
}

func TestProviderThatIsDown(t *testing.T) {
	a := start(t)
	a.fake.Break(errBroken)
	requireProblem(t, a.call("POST", "/v1/render", `{"template":"<<Secrets.x>>"}`), 503, "resolver_unavailable")
	requireProblem(t, a.call("GET", "/readyz", nil), 503, "resolver_unavailable")
	require.Equal(t, 200, a.call("GET", "/healthz", nil).status)
}

// A scope that lost an edit says that, and not that something does not answer.
func TestALostEditIsCalledThat(t *testing.T) {
	a := start(t)
	a.fake.Break(fmt.Errorf("scope acme: %w", store.ErrLost))
	for _, call := range []struct{ path, body string }{
		{"/v1/render", `{"template":"<<Secrets.x>>"}`}, {"/v1/evaluate", `{"expression":"secrets.x"}`},
	} {
		got := a.call("POST", call.path, call.body)
		requireProblem(t, got, 503, "resolver_unavailable")
		require.Contains(t, got.json["detail"], "an edit was lost", call.path)
	}
}

// readyz names each reason; it is 200 while there is an answer to give.
func TestReadyzNamesItsReasons(t *testing.T) {
	a := start(t)
	full := &resolver.Condition{Reason: "out_of_memory", Answers: true, Err: errors.New("no memory")}
	refused := &resolver.Condition{Reason: "scopes_refused", Answers: true, Err: errors.New("1 scope")}
	a.fake.Break(errors.Join(full, refused))
	got := a.call("GET", "/readyz", nil)
	require.Equal(t, 200, got.status)
	require.Equal(t, "degraded", got.json["status"])
	require.Equal(t, []any{
		map[string]any{"reason": "out_of_memory", "detail": "no memory"}, map[string]any{"reason": "scopes_refused", "detail": "1 scope"},
	}, got.json["degraded"])
	got = a.call("GET", "/readyz?strict=1", nil)
	requireProblem(t, got, 503, "resolver_unavailable")
	require.Contains(t, got.json["detail"], "out_of_memory: no memory; scopes_refused: 1 scope")

	scripts := &resolver.Condition{Reason: "scripts_refused", Err: errors.New("no right")}
	a.fake.Break(scripts)
	requireProblem(t, a.call("GET", "/readyz", nil), 503, "resolver_unavailable")
	a.fake.Break(nil)
	a.fake.Put("default", "x", redact.NewSecret(canary))
	require.Equal(t, 200, a.call("POST", "/v1/render", `{"template":"<<Secrets.x>>"}`).status)
	a.fake.Break(scripts)
	require.Equal(t, 200, a.call("GET", "/readyz", nil).status, "what is cached answers")
}

func TestBigBodyIsRefused(t *testing.T) {
	a := start(t, func(o *server.Options) { o.Limits.BodyBytes = 1000 })
	big := `{"template":"` + strings.Repeat("x", 10<<20) + `"}`
	requireProblem(t, a.call("POST", "/v1/render", big), 413, "too_large")
	chunked, err := http.NewRequest("POST", a.url+"/v1/render", io.MultiReader(strings.NewReader(big)))
	require.NoError(t, err)
	chunked.Header.Set("Authorization", "Bearer "+adminToken)
	requireProblem(t, a.do(chunked), 413, "too_large")
	require.Equal(t, 200, a.call("POST", "/v1/render", `{"template":"`+strings.Repeat("x", 900)+`"}`).status)
}

func TestMacrosListsWhatCanBeInserted(t *testing.T) {
	a := startWithStore(t)
	a.fake.Put("acme", "from_provider", redact.NewSecret(canary))
	require.Equal(t, 201, a.create("SMTP", "username_password", map[string]any{"username": "u-1234", "password": "p-1234"}, "acme").status)
	require.Equal(t, 201, a.create("cfg", "json", map[string]any{"api.key": "k-1234", "another key": "k-5678"}, "acme/shop").status)
	require.Equal(t, 201, a.call("PUT", "/v1/templates/template", `{"template":"for the forms that name one","scope":"acme/shop"}`).status)
	got := a.call("GET", "/v1/macros?scope=acme/shop", nil)
	require.Equal(t, 200, got.status, got.text)
	forms := map[string][]any{}
	for _, item := range got.json["secrets"].([]any) {
		m := item.(map[string]any)
		forms[m["name"].(string)] = m["forms"].([]any)
	}
	require.Equal(t, []any{"<<Secrets.from_provider>>", "{{ secrets.from_provider }}", "secrets.from_provider", "`${secrets.from_provider}`"}, forms["from_provider"])
	require.Contains(t, forms["smtp"], "<<Secrets.smtp.password>>")
	require.NotContains(t, forms["smtp"], "<<Secrets.smtp>>", "credentials need a field")
	require.Contains(t, forms["cfg"], `{{ secrets.cfg["api.key"] }}`)
	require.NotContains(t, got.text, "another key", "a key that is no name is part of the value")
	for _, kind := range []string{"secrets", "filters", "tags"} {
		require.NotEmpty(t, got.json[kind])
		for _, item := range got.json[kind].([]any) {
			m := item.(map[string]any)
			t.Run(kind+" "+m["name"].(string), func(t *testing.T) {
				require.Equal(t, kind != "secrets", m["description"] != nil)
				require.NotEmpty(t, m["forms"])
				for _, form := range m["forms"].([]any) {
					path, body := "/v1/evaluate", map[string]any{"expression": form}
					if strings.ContainsAny(form.(string)[:1], "<{") {
						path, body = "/v1/render", map[string]any{"template": form}
					}
					body["mode"], body["scope"] = "preview", "acme/shop"
					answer := a.call("POST", path, body)
					if answer.status != 200 {
						require.Contains(t, []any{"value_rejected", "secret_missing"}, answer.json["code"], "%s: %s", form, answer.text)
					}
				}
			})
		}
	}
}

func TestMacrosListsFunctionsOfBothLanguages(t *testing.T) {
	a := startWithStore(t)
	got := a.call("GET", "/v1/macros", nil)
	require.Equal(t, 200, got.status, got.text)
	forms := map[string][]any{}
	for _, item := range got.json["functions"].([]any) {
		f := item.(map[string]any)
		name := f["language"].(string) + " " + f["name"].(string)
		require.NotContains(t, forms, name)
		require.NotEmpty(t, f["description"], name)
		forms[name] = f["forms"].([]any)
	}
	require.Equal(t, []any{`text.startsWith("a")`}, forms["cel startsWith"])
	require.Equal(t, []any{"JSON.stringify(value)", "JSON.stringify(value, null, 2)"}, forms["js JSON.stringify"])
	require.Equal(t, []any{`currency(number, "EUR")`, `currency(number, "EUR", "de")`}, forms["cel currency"])
	require.Equal(t, forms["cel currency"], forms["js currency"])
	require.NotContains(t, forms, "cel base64url", "a filter of templates and a function of JavaScript")
	require.Contains(t, forms, "js base64url")
}

func TestNumbersOutOfRangeAreRejected(t *testing.T) {
	a := start(t)
	for _, c := range []struct{ path, source string }{
		{"/v1/render", `"template":"{{ x | plus: 1 }}"`}, {"/v1/evaluate", `"expression":"x + 1"`},
	} {
		t.Run(c.path, func(t *testing.T) {
			got := a.call("POST", c.path, `{`+c.source+`,"vars":{"x":1e999999999}}`)
			requireProblem(t, got, 422, "value_rejected")
			require.Contains(t, got.text, fmt.Sprintf(`"line":1,"column":%d`, len(c.source)+15))
			require.NotContains(t, got.text, "999999999")
		})
	}
}

func TestMacrosComeInPages(t *testing.T) {
	a := startWithStore(t)
	a.fake.Put("acme", "b-provided", redact.NewSecret(canary))
	credentials := map[string]any{"username": "u-1234", "password": "p-1234"}
	var want []string
	for _, row := range []struct{ alias, scope string }{
		{"A", "acme"}, {"b1", "acme/shop"}, {"c", "acme"}, {"c", "acme/shop"}, {"d", "acme"}, {"e", "acme/shop"},
	} {
		require.Equal(t, 201, a.create(row.alias, "username_password", credentials, row.scope).status)
	}
	require.Equal(t, 200, a.call("POST", "/v1/secrets/d/archive?scope=acme", nil).status)
	whole := a.call("GET", "/v1/macros?scope=acme/shop", nil)
	require.NotContains(t, whole.json, "next")
	for _, item := range whole.json["secrets"].([]any) {
		want = append(want, fmt.Sprint(item))
	}
	for _, limit := range []int{1, 2, 3} {
		var got []string
		cursor := ""
		for {
			page := a.call("GET", fmt.Sprintf("/v1/macros?scope=acme/shop&limit=%d&cursor=%s", limit, cursor), nil)
			require.Equal(t, 200, page.status, page.text)
			require.LessOrEqual(t, len(page.json["secrets"].([]any)), limit)
			require.Equal(t, cursor == "", len(page.json["filters"].([]any)) > 0)
			require.Equal(t, cursor == "", len(page.json["tags"].([]any)) > 0)
			require.Equal(t, cursor == "", len(page.json["functions"].([]any)) > 0)
			for _, item := range page.json["secrets"].([]any) {
				got = append(got, fmt.Sprint(item))
			}
			next, more := page.json["next"].(string)
			if !more {
				break
			}
			cursor = next
		}
		require.Equal(t, want, got, limit)
	}
	requireProblem(t, a.call("GET", "/v1/macros?cursor=%21", nil), 400, "invalid_request")
	requireProblem(t, a.call("GET", "/v1/macros?limit=x", nil), 400, "invalid_request")
}
