package server_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

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
