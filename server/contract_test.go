package server_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
)

// contract is openapi.yaml, as a judge of every answer that a test sees. Clients are
// told to expect fields that they do not know; the judge knows them all.
type contract struct {
	document *openapi3.T
	router   routers.Router
	mu       sync.Mutex
	// judges :: schema -> the schema, closed and compiled
	judges map[*openapi3.Schema]*jsonschema.Schema
}

var loadContract = sync.OnceValues(func() (*contract, error) {
	document, err := openapi3.NewLoader().LoadFromFile("openapi.yaml")
	if err != nil {
		return nil, err
	}
	document.Servers = nil
	if err := document.Validate(openapi3.NewLoader().Context); err != nil {
		return nil, err
	}
	router, err := gorillamux.NewRouter(document)
	return &contract{document: document, router: router, judges: map[*openapi3.Schema]*jsonschema.Schema{}}, err
})

// requireContract checks that got is an answer that openapi.yaml describes. A
// path that it does not describe must be one that does not exist.
func requireContract(t testing.TB, r *http.Request, got answer) {
	t.Helper()
	if r.Method == http.MethodHead {
		return // a GET without its body
	}
	c, err := loadContract()
	require.NoError(t, err)
	route, params, err := c.router.FindRoute(r)
	if err != nil {
		require.Contains(t, []int{404, 405}, got.status, "%s %s is not in openapi.yaml", r.Method, r.URL.Path)
		return
	}
	require.NoError(t, openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route},
		Status:                 got.status, Header: got.header,
		// It would compile the schema of each body anew.
		Options: &openapi3filter.Options{IncludeResponseStatus: true, ExcludeResponseBody: true},
	}))
	response := route.Operation.Responses.Status(got.status)
	if response == nil {
		response = route.Operation.Responses.Default()
	}
	if got.status >= http.StatusBadRequest {
		require.Contains(t, codesOf(route.Operation)[got.status], got.json["code"], "%s lists the codes of each status", route.Operation.OperationID)
	}
	if len(response.Value.Content) == 0 {
		require.Empty(t, got.text, "%s %s: %d has no body", r.Method, route.Path, got.status)
		return
	}
	kind, _, err := mime.ParseMediaType(got.header.Get("Content-Type"))
	require.NoError(t, err)
	content := response.Value.Content[kind]
	require.NotNil(t, content, "%s %s: %s with %d is not in openapi.yaml", r.Method, route.Path, kind, got.status)
	switch {
	case strings.HasSuffix(kind, "json") && kind != "application/x-ndjson":
		c.requireValid(t, content.Schema, got.text)
	case kind == "application/x-ndjson" && got.header.Get("Content-Encoding") == "":
		c.requireLines(t, route.Operation.OperationID, got.text)
	}
}

var (
	statusOfCodes = regexp.MustCompile("(\\d{3})((?: `\\w+`)+)")
	nameOfCode    = regexp.MustCompile(`\w+`)
)

// codesOf returns the codes of the problems that an operation lists.
func codesOf(of *openapi3.Operation) map[int][]string {
	codes := make(map[int][]string)
	for _, row := range statusOfCodes.FindAllStringSubmatch(*of.Responses.Value("default").Description, -1) {
		status, _ := strconv.Atoi(row[1]) // three digits
		codes[status] = nameOfCode.FindAllString(row[2], -1)
	}
	return codes
}

// requireLines checks each line of the answer to a batch.
func (c *contract) requireLines(t testing.TB, operation, text string) {
	t.Helper()
	schemas := c.document.Components.Schemas
	of := map[string]string{"renderBatch": "RenderedRecipient", "evaluateBatch": "EvaluatedRecipient"}
	for line := range strings.Lines(text) {
		name := of[operation]
		if !strings.HasPrefix(line, `{"id":`) {
			name = "BatchEnd"
		}
		c.requireValid(t, schemas[name], line)
	}
}

// requireValid checks a JSON text.
func (c *contract) requireValid(t testing.TB, schema *openapi3.SchemaRef, text string) {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	require.NoError(t, err, text)
	judge, err := c.judge(schema)
	require.NoError(t, err)
	require.NoError(t, judge.Validate(value), text)
}

// judge compiles a schema once.
func (c *contract) judge(of *openapi3.SchemaRef) (*jsonschema.Schema, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known := c.judges[of.Value]; known != nil {
		return known, nil
	}
	text, err := json.Marshal(closed(of))
	if err != nil {
		return nil, err
	}
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("schema.json", schema); err != nil {
		return nil, err
	}
	judge, err := compiler.Compile("schema.json")
	c.judges[of.Value] = judge
	return judge, err
}

// closed returns the schema without references, in which no object has another field
// than those that are described.
func closed(of *openapi3.SchemaRef) *openapi3.SchemaRef {
	schema := opened(of)
	if len(schema.Properties) > 0 || len(schema.AllOf) > 0 {
		schema.UnevaluatedProperties = openapi3.BoolSchema{Has: new(false)}
	}
	return &openapi3.SchemaRef{Value: schema}
}

// opened is closed for what an allOf lists, of which each alone has not all fields.
func opened(of *openapi3.SchemaRef) *openapi3.Schema {
	schema := *of.Value
	schema.Properties = maps.Clone(schema.Properties)
	for name, property := range schema.Properties {
		schema.Properties[name] = closed(property)
	}
	if schema.Items != nil {
		schema.Items = closed(schema.Items)
	}
	if schema.AdditionalProperties.Schema != nil {
		schema.AdditionalProperties.Schema = closed(schema.AdditionalProperties.Schema)
	}
	schema.OneOf = slices.Clone(schema.OneOf)
	for i, one := range schema.OneOf {
		schema.OneOf[i] = closed(one)
	}
	schema.AllOf = slices.Clone(schema.AllOf)
	for i, each := range schema.AllOf {
		schema.AllOf[i] = &openapi3.SchemaRef{Value: opened(each)}
	}
	return &schema
}
