package server_test

import (
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/stretchr/testify/require"
)

// contract is openapi.yaml, as a judge of every answer that a test sees.
var contract = sync.OnceValues(func() (routers.Router, error) {
	document, err := openapi3.NewLoader().LoadFromFile("openapi.yaml")
	if err != nil {
		return nil, err
	}
	document.Servers = nil
	if err := document.Validate(openapi3.NewLoader().Context); err != nil {
		return nil, err
	}
	return gorillamux.NewRouter(document)
})

// requireContract checks that got is an answer that openapi.yaml describes. A
// path that it does not describe must be one that does not exist.
func requireContract(t testing.TB, r *http.Request, got answer) {
	t.Helper()
	if r.Method == http.MethodHead {
		return // a GET without its body
	}
	router, err := contract()
	require.NoError(t, err)
	route, params, err := router.FindRoute(r)
	if err != nil {
		require.Contains(t, []int{404, 405}, got.status, "%s %s is not in openapi.yaml", r.Method, r.URL.Path)
		return
	}
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route},
		Status:                 got.status, Header: got.header,
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}
	if route.Path == "/openapi.yaml" || route.Path == "/metrics" {
		return
	}
	input.SetBodyBytes([]byte(got.text))
	require.NoError(t, openapi3filter.ValidateResponse(t.Context(), input), got.text)
}

func TestOpenAPIIsServed(t *testing.T) {
	a := start(t)
	got := a.as("").call("GET", "/openapi.yaml", nil)
	file, err := os.ReadFile("openapi.yaml")
	require.NoError(t, err)
	require.Equal(t, 200, got.status)
	require.Equal(t, string(file), got.text)
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
