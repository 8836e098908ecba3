package server_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	wire "github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/server"
)

func TestOpenAPIIsServed(t *testing.T) {
	file, err := os.ReadFile("openapi.yaml")
	require.NoError(t, err)
	for _, build := range []struct{ name, version, described string }{
		{"devel", "", "devel"},
		{"a release", "v1.2.3", "v1.2.3"},
		{"between releases", "v1.2.4-0.20261128095000-06ec6c0d1e2f+dirty", "v1.2.4-0.20261128095000-06ec6c0d1e2f+dirty"},
	} {
		t.Run(build.name, func(t *testing.T) {
			a := start(t, func(o *server.Options) { o.Version = build.version })
			got := a.as("").call("GET", "/openapi.yaml", nil)
			require.Equal(t, 200, got.status)
			document, err := openapi3.NewLoader().LoadFromData([]byte(got.text))
			require.NoError(t, err)
			require.Equal(t, build.described, document.Info.Version)
			require.Equal(t, strings.Count(string(file), "\n"), strings.Count(got.text, "\n"))
		})
	}
}

// TestOpenAPIAndTableAgree compares the paths that are described with those
// that the server answers.
func TestOpenAPIAndTableAgree(t *testing.T) {
	built := slices.DeleteFunc(startWithStore(t, withConsole).server.Routes(), func(route string) bool {
		// Pages are for browsers, and no part of the API.
		return strings.HasPrefix(route, "GET /console") && route != "GET /console/session"
	})
	document, err := openapi3.NewLoader().LoadFromFile("openapi.yaml")
	require.NoError(t, err)
	var described []string
	for path, item := range document.Paths.Map() {
		for method := range item.Operations() {
			described = append(described, method+" "+path)
		}
	}
	slices.Sort(built)
	slices.Sort(described)
	require.Equal(t, described, built)
}

// TestOpenAPIListsTheCodesOfEachCall holds the lists against the table of codes; that
// they are whole is checked with each answer of the tests.
func TestOpenAPIListsTheCodesOfEachCall(t *testing.T) {
	forEachOperation(t, func(t *testing.T, _ *contract, operation *openapi3.Operation) {
		require.Equal(t, "#/components/responses/Problem", operation.Responses.Value("default").Ref)
		listed := codesOf(operation)
		require.NotEmpty(t, listed)
		for status, codes := range listed {
			for _, code := range codes {
				require.Equal(t, wire.Code(code).Status(), status, code)
			}
		}
	})
}

// TestOpenAPIHasExamples: every body has an example, and it is one.
func TestOpenAPIHasExamples(t *testing.T) {
	forEachOperation(t, func(t *testing.T, c *contract, operation *openapi3.Operation) {
		if operation.RequestBody != nil {
			c.requireExamples(t, operation.OperationID, operation.RequestBody.Value.Content)
		}
		for _, response := range operation.Responses.Map() {
			c.requireExamples(t, operation.OperationID, response.Value.Content)
		}
	})
}

func forEachOperation(t *testing.T, check func(*testing.T, *contract, *openapi3.Operation)) {
	c, err := loadContract()
	require.NoError(t, err)
	for _, item := range c.document.Paths.Map() {
		for _, operation := range item.Operations() {
			t.Run(operation.OperationID, func(t *testing.T) { check(t, c, operation) })
		}
	}
}

func (c *contract) requireExamples(t *testing.T, operation string, content openapi3.Content) {
	t.Helper()
	for kind, body := range content {
		examples := []any{body.Example}
		if len(body.Examples) > 0 {
			examples = nil
		}
		for _, example := range body.Examples {
			examples = append(examples, example.Value.Value)
		}
		for _, example := range examples {
			text, isText := example.(string)
			switch {
			case kind == "application/x-ndjson" && strings.Contains(text, `"done"`):
				c.requireLines(t, operation, text)
			case strings.HasSuffix(kind, "/json") || strings.HasSuffix(kind, "+json"):
				encoded, err := json.Marshal(example)
				require.NoError(t, err)
				c.requireValid(t, body.Schema, string(encoded))
			default:
				require.True(t, isText, "%s has an example", kind)
			}
		}
	}
}
