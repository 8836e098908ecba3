package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/api"
)

// contract keeps the last request that a client made, and what openapi.yaml says
// of its body.
type contract struct {
	t      *testing.T
	router routers.Router
	body   []byte
	schema *openapi3.Schema
}

// RoundTrip checks the request and answers it with an empty object.
func (c *contract) RoundTrip(r *http.Request) (*http.Response, error) {
	var err error
	c.body, err = io.ReadAll(r.Body)
	require.NoError(c.t, err)
	r.Body = io.NopCloser(bytes.NewReader(c.body))
	route, params, err := c.router.FindRoute(r)
	require.NoError(c.t, err)
	require.NoError(c.t, openapi3filter.ValidateRequest(c.t.Context(), &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	}))
	c.schema = route.Operation.RequestBody.Value.Content["application/json"].Schema.Value
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader([]byte("{}"))), Request: r}, nil
}

// TestRequestsAgreeWithOpenAPI makes each call that has a body with all that the
// request can say: openapi.yaml knows every field, with its type, and the package
// has all that openapi.yaml knows, but for those named here.
func TestRequestsAgreeWithOpenAPI(t *testing.T) {
	var (
		one, at   = "x", time.Unix(1800000000, 0)
		vars      = map[string]any{"a": 1}
		words     = map[string]any{"a": map[string]any{"b": "x"}}
		names     = []string{"a"}
		parts     = map[string]api.Part{"a": {Template: "x", Context: "json", Syntax: "macros"}}
		several   = map[string]string{"a": "1"}
		languages = map[string]api.Language{"a": api.CEL}
		value     = api.TokenValue("x")
	)
	for _, test := range []struct {
		name    string
		request any
		call    func(c *api.Client, request any)
		// lacking are the fields that the package leaves out on purpose.
		lacking []string
	}{
		{"render", api.RenderRequest{
			Template: &one, TemplateID: "x", Parts: parts, Vars: vars, Scope: "a", Context: "json", Syntax: "macros",
			Mode: api.ModePreview, RequiredSecrets: names, StrictVariables: true, Translations: words,
		}, func(c *api.Client, q any) { _, _ = c.Render(t.Context(), q.(api.RenderRequest)) }, nil},
		{"evaluate", api.EvaluateRequest{
			Expression: &one, FlowID: "x", Expressions: several, Language: api.JavaScript, Languages: languages, Vars: vars, Order: names, Scope: "a", Mode: api.ModePreview, RequiredSecrets: names, Trace: true,
		}, func(c *api.Client, q any) { _, _ = c.Evaluate(t.Context(), q.(api.EvaluateRequest)) }, nil},
		// A render's body lints as it is; its mode, strict_variables and translations change nothing.
		{"lint", api.LintRequest{
			Template: &one, TemplateID: "x", Parts: parts, Expression: &one, FlowID: "x", Expressions: several, Language: api.JavaScript, Languages: languages, Variables: names,
			Scope: "a", Context: "json", Syntax: "macros", RequiredSecrets: names,
		}, func(c *api.Client, q any) { _, _ = c.Lint(t.Context(), q.(api.LintRequest)) }, []string{"mode", "strict_variables", "translations"}},
		{"redact", one, func(c *api.Client, q any) { _, _ = c.Redact(t.Context(), q.(string)) }, nil},
		// The scope is in the query, as with all calls of one template.
		{"put template", api.TemplateDraft{
			TemplateSource: api.TemplateSource{Template: &one, Parts: parts, Context: "json", Syntax: "macros", RequiredSecrets: names, Translations: words, SampleVars: json.RawMessage(`{}`)},
			Description:    "x", Note: "x", Of: 1, New: true,
		}, func(c *api.Client, q any) { _, _ = c.PutTemplate(t.Context(), "x", q.(api.TemplateDraft)) }, []string{"scope"}},
		{"create secret", api.SecretDraft{Alias: "a", Type: api.SecretToken, Value: value, Description: "x", Unmasked: names},
			func(c *api.Client, q any) { _, _ = c.CreateSecret(t.Context(), q.(api.SecretDraft)) }, nil},
		// The server takes alias and type only to say that they cannot be changed.
		{"update secret", api.SecretPatch{Value: value, Description: &one, Unmasked: &names},
			func(c *api.Client, q any) { _, _ = c.UpdateSecret(t.Context(), "a", q.(api.SecretPatch)) }, []string{"alias", "type"}},
		{"create token", api.TokenDraft{Role: api.Preview, Scope: "a", Description: "x", ExpiresAt: &at, Limits: &api.TokenLimits{Rate: 1, Concurrency: 1, Bytes: 1}},
			func(c *api.Client, q any) { _, _ = c.CreateToken(t.Context(), q.(api.TokenDraft)) }, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			requireFull(t, reflect.ValueOf(test.request))
			seen := &contract{t: t, router: router(t)}
			client, err := api.New("http://127.0.0.1:8080", api.Options{Scope: "a", HTTP: &http.Client{Transport: seen}})
			require.NoError(t, err)
			test.call(client, test.request)
			require.NotNil(t, seen.schema, "nothing was sent")
			var sent map[string]json.RawMessage
			require.NoError(t, json.Unmarshal(seen.body, &sent))
			described := slices.Sorted(maps.Keys(seen.schema.Properties))
			require.Equal(t, described, slices.Sorted(slices.Values(append(slices.Collect(maps.Keys(sent)), test.lacking...))))
		})
	}
}

// requireFull checks that no field of a request is left empty: a new one must
// be in the request that the test makes.
func requireFull(t *testing.T, request reflect.Value) {
	t.Helper()
	if request.Kind() != reflect.Struct {
		return
	}
	for i := range request.NumField() {
		field := request.Type().Field(i)
		require.False(t, request.Field(i).IsZero(), field.Name)
		if field.Anonymous {
			requireFull(t, request.Field(i))
		}
	}
}

// router finds what openapi.yaml says of a request.
func router(t *testing.T) routers.Router {
	t.Helper()
	document, err := openapi3.NewLoader().LoadFromFile("../server/openapi.yaml")
	require.NoError(t, err)
	require.NoError(t, document.Validate(t.Context()))
	found, err := gorillamux.NewRouter(document)
	require.NoError(t, err)
	return found
}
